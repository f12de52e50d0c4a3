// npm run bench:start
// How long people wait for the program itself: `--help` beside a bare node, in turns, and the first and a further compilation of the visual
// wake words model for an M4. Minimum and median of wall time and of processor time; the minimum is the figure to compare, processor
// time what is left on a machine that does nothing else. Goals: --help at most 100 ms above bare node; vww 3 s cold, 1 s warm.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBoard } from "../../host/board/board.ts";
import { importModel } from "../../host/import/import.ts";
import { build } from "../../host/pipeline.ts";
import { corpusPath } from "../corpus.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist", "host", "cli", "main.js");
const rounds = 15;

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Loaded first: says at the end what the process has used. */
const reportCpu = `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write("\\ncpu " + (user + system) / 1000);
});`;

function runNode(args: readonly string[]): Cost {
  const started = performance.now();
  const preload = `data:text/javascript,${encodeURIComponent(reportCpu)}`;
  const said = spawnSync(process.execPath, ["--import", preload, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const wall = performance.now() - started;
  return { wall, cpu: Number(/cpu ([\d.]+)$/.exec(String(said.stderr))?.[1]) };
}

function row(name: string, costs: readonly Cost[]): void {
  const figure = (of: (cost: Cost) => number): string => {
    const sorted = costs.map(of).sort((a, b) => a - b);
    return `${sorted[0]!.toFixed(0).padStart(6)} ${sorted[sorted.length >> 1]!.toFixed(0).padStart(6)}`;
  };
  console.log(`${name.padEnd(24)}${figure(({ wall }) => wall)}   ${figure(({ cpu }) => cpu)}`);
}

console.log(`load ${loadavg()[0]!.toFixed(1)}; milliseconds: wall least, median; processor least, median`);
const [bare, help]: [Cost[], Cost[]] = [[], []];
for (let i = 0; i < rounds; i++) {
  bare.push(runNode(["-e", "0"]));
  help.push(runNode([main, "--help"]));
}
row("bare node", bare);
row("thumbelina --help", help);
const difference = Math.min(...help.map(({ wall }) => wall)) - Math.min(...bare.map(({ wall }) => wall));
console.log(`--help costs ${difference.toFixed(0)} ms above bare node (goal 100)`);

const vww = corpusPath("models/vww_96_int8/model.tflite");
if (existsSync(vww)) {
  const folder = mkdtempSync(join(tmpdir(), "thumbelina-bench-"));
  const cold = [0, 1, 2, 3, 4].map(() =>
    runNode([main, "build", vww, "--board", "cortex-m4", "-o", join(folder, "v.elf")]),
  );
  rmSync(folder, { recursive: true });
  row("vww, process to ELF", cold);
  const graph = importModel(readFileSync(vww));
  const warm: Cost[] = [];
  for (let i = 0; i < 4; i++) {
    const [started, before] = [performance.now(), process.cpuUsage()];
    await build(graph, findBoard("cortex-m4"));
    const { user, system } = process.cpuUsage(before);
    warm.push({ wall: performance.now() - started, cpu: (user + system) / 1000 });
  }
  row("vww again, same process", warm.slice(1));
}
