// npm run bench:console [-- --bless]
// The console reader under load: result lines, one SMP and one raw frame among a hundred, in the pieces that USB and sockets deliver. Figures
// are lines a second of processor time, and what the heap keeps after a million lines. `--bless` writes console.json, which is committed.

import { readFileSync, writeFileSync } from "node:fs";
import { rawFrame } from "../../host/serial/cobs.ts";
import { ConsoleReader } from "../../host/serial/console.ts";
import { frameLines } from "../../host/serial/smp/framing.ts";

const lines = 1_000_000;
const file = new URL("console.json", import.meta.url);

interface Row {
  readonly pieceBytes: number;
  readonly linesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Heap after the run less heap before it, garbage collected. */
  readonly keptBytes: number;
}

/** A hundred lines and two frames. */
function block(): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (let i = 0; i < 100; i++) {
    const result = {
      seq: i,
      t_us: 640_000 * i,
      label: "walk",
      score: 0.9531,
      mean: 0.9,
      detected: null,
      window: 128 + 32 * i,
    };
    const line = { ...result, lag_us: 1234, cycles: 123_456, model: "0011aabb", app: "ccdd2233" };
    parts.push(encoder.encode(`${JSON.stringify(line)}\n`));
  }
  parts.push(frameLines(new Uint8Array(200).fill(7)), rawFrame(new Uint8Array(245).fill(9)));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function measure(pieceBytes: number): Row {
  const bytes = block();
  let [results, others] = [0, 0];
  const reader = new ConsoleReader((item) => {
    if (item.kind === "result") results++;
    else if (item.kind !== "damaged") others++;
  });
  const once = () => {
    for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  };
  for (let i = 0; i < 200; i++) once();
  [results, others] = [0, 0];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const started = process.cpuUsage();
  for (let i = 0; i < lines / 100; i++) once();
  const { user, system } = process.cpuUsage(started);
  globalThis.gc?.();
  const keptBytes = process.memoryUsage().heapUsed - before;
  if (results !== lines || others !== lines / 50) throw new Error(`${results} results, ${others} frames`);
  const seconds = (user + system) / 1e6;
  const megabytesPerSecond = Math.round(((lines / 100) * bytes.length) / seconds / 1e6);
  return { pieceBytes, linesPerSecond: Math.round(lines / seconds / 1000) * 1000, megabytesPerSecond, keptBytes };
}

if (!globalThis.gc) throw new Error("run with --expose-gc");
const rows = [64, 4096, 65_536].map(measure);
for (const { pieceBytes, linesPerSecond, megabytesPerSecond, keptBytes } of rows)
  console.log(
    `pieces of ${pieceBytes} bytes: ${linesPerSecond} lines/s (goal 10000), ${megabytesPerSecond} MB/s, ${keptBytes} bytes kept after ${lines} lines`,
  );
if (process.argv.includes("--bless"))
  writeFileSync(file, `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
else {
  const before = JSON.parse(readFileSync(file, "utf8")) as { readonly rows: readonly Row[] };
  rows.forEach(({ linesPerSecond }, i) => {
    const was = before.rows[i]?.linesPerSecond ?? linesPerSecond;
    console.log(`  ${Math.round(100 * (linesPerSecond / was - 1))} % to console.json`);
  });
}
