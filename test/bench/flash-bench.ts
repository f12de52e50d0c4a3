// npm run bench:flash [-- --bless]
// Flashing over a line: an image of 256 KB (240 KB where the flash is 256 KB) through each serial boot loader, emulated on a byte-timed
// UART of 115200 baud in virtual time, behind a USB bridge that holds answers 1 ms or 16 ms. The share is the protocol's own least time
// (rom-benches.ts: frames, stop-and-wait, what the chip needs for erasing and writing) through the time it took; goal 0.9. Figures do
// not depend on the machine. `--bless` writes flash.json, which is committed.

import { readFileSync, writeFileSync } from "node:fs";
import { romBenches, throughput } from "../serial/rom-benches.ts";

const file = new URL("flash.json", import.meta.url);

interface Row {
  readonly protocol: string;
  readonly turnaroundMs: number;
  readonly seconds: number;
  readonly bytesPerSecond: number;
  readonly shareOfProtocol: number;
}

async function lines(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const bench of romBenches)
    for (const turnaround of [1, 16]) {
      const { bytes, milliseconds, floor, right } = await throughput(bench, turnaround);
      if (!right) throw new Error(`${bench.name}: the flash does not hold the image`);
      rows.push({
        protocol: bench.name,
        turnaroundMs: turnaround,
        seconds: Number((milliseconds / 1000).toFixed(2)),
        bytesPerSecond: Math.round((1000 * bytes) / milliseconds),
        shareOfProtocol: Number((floor / milliseconds).toFixed(3)),
      });
    }
  return rows;
}

const rows = await lines();
const before: readonly Row[] = process.argv.includes("--bless") ? rows : JSON.parse(readFileSync(file, "utf8"));
for (const [i, row] of rows.entries()) {
  const was = before[i]?.shareOfProtocol ?? row.shareOfProtocol;
  const change = was === row.shareOfProtocol ? "" : ` (was ${was})`;
  console.log(
    `${row.protocol}, ${row.turnaroundMs} ms: ${row.seconds} s, ${row.bytesPerSecond} bytes/s, share ${row.shareOfProtocol}${change}`,
  );
}
if (process.argv.includes("--bless")) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
