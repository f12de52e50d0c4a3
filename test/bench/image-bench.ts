// npm run bench:image
// How fast image files are read and written: 1 MB of code as UF2 (2 MB of file), Intel HEX and ELF. The best of many runs counts: other
// work on the machine only adds time. Goal for UF2: under 100 ms each way; test/image/peers.slow.ts holds it.

import { fileURLToPath } from "node:url";
import { type ImageFormat, imageOf, readImage, writeImage } from "../../host/image/image.ts";
import { randomBytes } from "../serial/flash-scene.ts";

export interface ImageTiming {
  readonly format: ImageFormat;
  readonly bytes: number;
  readonly writeMs: number;
  readonly readMs: number;
}

export function timeFormat(format: ImageFormat, payloadBytes: number, runs: number): ImageTiming {
  const image = imageOf([{ address: 0x10000000, data: randomBytes(payloadBytes, 1) }], { uf2Family: 0xe48bff56 });
  const file = writeImage(image, format);
  const best = (action: () => void) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < runs; i++) {
      const start = performance.now();
      action();
      least = Math.min(least, performance.now() - start);
    }
    return least;
  };
  return {
    format,
    bytes: file.length,
    writeMs: best(() => writeImage(image, format)),
    readMs: best(() => readImage(file)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const format of ["uf2", "hex", "elf"] as const) {
    const { bytes, writeMs, readMs } = timeFormat(format, 1 << 20, 20);
    const goal = format === "uf2" ? "  goal 100" : "";
    console.log(`${format}  ${bytes} bytes  write ${writeMs.toFixed(1)} ms  read ${readMs.toFixed(1)} ms${goal}`);
  }
}
