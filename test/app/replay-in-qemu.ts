// An app's image in QEMU, fed by replay over its console as fast as it gives credit: QEMU's cores and UARTs are others' work. In: a machine,
// an image, samples; out: every line that it printed, and the CRC that this computer makes of the samples.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Image, writeImage } from "../../host/image/image.ts";
import { attach, type Port, replay } from "../../host/serial/serial.ts";
import type { Line } from "./on-board.ts";

export interface ReplayedInQemu {
  readonly lines: readonly Line[];
  readonly crc: number;
  /** Bytes of the console that were no whole frame or line. */
  readonly damaged: number;
}

export async function replayInQemu(
  machine: string,
  image: Image,
  request: { readonly samples: Int16Array; readonly channels: number; readonly rateHz: number },
): Promise<ReplayedInQemu> {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  const elf = join(folder, "app.elf");
  writeFileSync(elf, writeImage(image, "elf"));
  const options = ["-M", machine, "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", elf];
  const qemu = spawn("qemu-system-arm", options, { stdio: ["pipe", "pipe", "ignore"] });
  try {
    return await run(portOf(qemu), request);
  } finally {
    qemu.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(port: Port, request: Parameters<typeof replay>[1]): Promise<ReplayedInQemu> {
  const { smp, batches } = attach(port);
  const lines: Line[] = [];
  let damaged = 0;
  const reading = (async () => {
    for await (const batch of batches)
      for (const item of batch) {
        if (item.kind === "result" || item.kind === "notice") lines.push(JSON.parse(item.line));
        else if (item.kind === "damaged") damaged++;
        if (item.kind === "notice" && item.name === "summary") return;
      }
  })();
  const { crc } = await replay(smp, request);
  await reading;
  return { lines, crc, damaged };
}

function portOf(qemu: ChildProcess): Port {
  return {
    info: { path: "qemu" },
    readable: Readable.toWeb(qemu.stdout!) as unknown as ReadableStream<Uint8Array>,
    write: (bytes) =>
      new Promise((resolve, reject) => qemu.stdin!.write(bytes, (cause) => (cause ? reject(cause) : resolve()))),
    configure: async () => {},
    setSignals: async () => false,
    onState: () => () => {},
    close: async () => {},
  };
}
