// What a hung-up line gives to who reads it, on files that behave so: /dev/null is always at its end, a FIFO has nothing yet.

import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endsWhenHungUp } from "../../host/serial/node/hang-up.ts";

interface Fake {
  fd: number | null;
  readonly poller: { once(event: "readable", heard: (cause: Error | null) => void): void };
  read: (buffer: Buffer, offset: number, length: number) => Promise<{ bytesRead: number }>;
}

function portOf(fd: number | null, once: Fake["poller"]["once"] = () => {}): Fake {
  const port: Fake = { fd, poller: { once }, read: () => Promise.reject(new Error("the package's own")) };
  endsWhenHungUp(port);
  return port;
}

describe.skipIf(process.platform === "win32")("a serial line", () => {
  test("that is hung up: an end, not another try", async () => {
    const fd = openSync("/dev/null", "r");
    const port = portOf(fd);
    await expect(port.read(Buffer.alloc(8), 0, 8)).rejects.toMatchObject({ disconnect: true });
    closeSync(fd);
  });

  test("that has nothing yet is waited for; closed meanwhile, nothing is read", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thumbelina-fifo-"));
    const fifo = join(folder, "line");
    spawnSync("sh", ["-c", 'mkfifo "$0"', fifo]);
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const heard: ((cause: Error | null) => void)[] = [];
    const port = portOf(fd, (_, wake) => void heard.push(wake));
    const buffer = Buffer.alloc(8);
    const first = port.read(buffer, 2, 3);
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    writeSync(fd, "abcdef");
    heard.pop()!(null);
    expect([(await first).bytesRead, buffer.toString("latin1", 2, 5)]).toEqual([3, "abc"]);
    expect((await port.read(buffer, 0, 8)).bytesRead).toBe(3);

    const second = port.read(buffer, 0, 8);
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    port.fd = null;
    heard.pop()!(null);
    await expect(second).rejects.toMatchObject({ canceled: true });

    // Closed while the system reads: the poller, destroyed by then, is not asked.
    port.fd = fd;
    const third = port.read(buffer, 0, 8);
    port.fd = null;
    await expect(third).rejects.toMatchObject({ canceled: true });
    expect(heard).toEqual([]);
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  test("without a file descriptor (Windows) keeps its own read", async () => {
    await expect(portOf(null).read(Buffer.alloc(1), 0, 1)).rejects.toThrow("the package's own");
    endsWhenHungUp(undefined);
  });
});
