// An emulated device for programs outside: on a TCP port, and on a pseudo-terminal in front of it (socat). Always closed by the caller.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

export async function serveTcp(device: EmulatedDevice): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    device.connect({
      now: () => performance.now(),
      send: (bytes, after = 0) => {
        if (after > 0) setTimeout(() => socket.write(bytes), after);
        else socket.write(bytes);
      },
    });
    socket.on("data", (bytes) => device.receive(bytes));
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    port: address.port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** `path`: /dev/pts/N. */
export async function servePty(device: EmulatedDevice): Promise<Served & { readonly path: string }> {
  const served = await serveTcp(device);
  const folder = mkdtempSync(join(tmpdir(), "thumbelina-pty-"));
  const link = join(folder, "tty");
  const socat = spawn("socat", [`pty,raw,echo=0,link=${link}`, `tcp:127.0.0.1:${served.port},nodelay`], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => socat.on("close", () => resolve()));
  for (let wait = 0; wait < 100 && !existsSync(link); wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    ...served,
    path: realpathSync(link),
    close: async () => {
      socat.kill();
      await ended;
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
