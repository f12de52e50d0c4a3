// npm run bench [-- --bless] [model…]
// How fast the host engine is, how soon the first result is there, and how much memory device code needs: per model of the
// corpus (../shared/data/models) and of models/, each in a process of its own (measure-model.ts), one after the other.
//
// The minimum is the figure to compare: other work on the machine only adds time. Goals are those set for this class of machine
// (one thread). `--bless` writes host.json, which is committed; without it the difference to host.json is printed.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { corpus } from "../corpus.ts";
import type { Measurement } from "./measure-model.ts";

interface Row extends Measurement {
  /** From process start to the first result written, of `thumbelina run`; the best of three. */
  readonly firstResultMs: number;
  /** Processor time of that run, user and system: what is left of it on a machine that does nothing else. */
  readonly firstResultCpuMs: number;
  /** Processes that wanted to run, on average over the minute before. */
  readonly load: number;
}

interface Bench {
  readonly machine: { readonly cpu: string; readonly node: string };
  readonly models: Readonly<Record<string, Row>>;
}

const goals: Readonly<Record<string, { readonly us: number; readonly arenaBytes: number; readonly firstMs?: number }>> =
  {
    kws_ref_model: { us: 330, arenaBytes: 17_500 },
    vww_96_int8: { us: 1000, arenaBytes: 57_000, firstMs: 2000 },
    pretrainedResnet_quant: { us: 1700, arenaBytes: 51_000 },
    ad01_int8: { us: 60, arenaBytes: 1500 },
  };

const root = fileURLToPath(new URL("../..", import.meta.url));
const committed = join(root, "test", "bench", "host.json");

/** Model name → file. */
function modelFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of [join(root, "models"), ...(corpus ? [join(corpus, "models")] : [])]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort())
      for (const file of [`${name}.tflite`, "model.tflite"])
        if (existsSync(join(folder, name, file))) files.set(name, join(folder, name, file));
  }
  return files;
}

function measure(file: string): Measurement | string {
  const script = join(root, "test", "bench", "measure-model.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, file], { cwd: root });
  if (status === 0) return JSON.parse(String(stdout)) as Measurement;
  const said = String(stderr).trim().split("\n");
  return said.find((line) => /^\w*Error\b/.test(line)) ?? said.at(-1) ?? "";
}

/** Loaded before the command line: says at the end what the process has used. */
const reportCpu = `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write("\\ncpu " + Math.round((user + system) / 1000) + "\\n");
});`;

function firstResult(file: string, inputBytes: readonly number[]): Pick<Row, "firstResultMs" | "firstResultCpuMs"> {
  const folder = mkdtempSync(join(tmpdir(), "thumbelina-bench-"));
  try {
    const inputs = inputBytes.flatMap((bytes, i) => {
      writeFileSync(join(folder, `${i}.bin`), new Uint8Array(bytes));
      return ["--input", join(folder, `${i}.bin`)];
    });
    const main = join(root, "dist", "host", "cli", "main.js");
    const cpu = `data:text/javascript,${encodeURIComponent(reportCpu)}`;
    const runs = [0, 1, 2].map(() => {
      const started = performance.now();
      const stdio = ["ignore", "ignore", "pipe"] as const;
      const said = spawnSync(process.execPath, ["--import", cpu, main, "run", file, ...inputs], { stdio: [...stdio] });
      const elapsed = performance.now() - started;
      if (said.status !== 0) throw new Error(`run ${file}: ${said.stderr}`);
      return { elapsed, cpuMs: Number(/^cpu (\d+)$/m.exec(String(said.stderr))?.[1]) };
    });
    return {
      firstResultMs: Math.round(Math.min(...runs.map(({ elapsed }) => elapsed))),
      firstResultCpuMs: Math.min(...runs.map(({ cpuMs }) => cpuMs)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const against = (value: number, goal: number | undefined) =>
  goal === undefined ? "" : value <= goal ? ` (goal ${goal}: met)` : ` (goal ${goal}: MISSED)`;

function printRow(name: string, row: Row, before: Row | undefined): void {
  const goal = goals[name];
  const change = before
    ? ` ${row.minUs >= before.minUs ? "+" : ""}${percent(row.minUs / before.minUs - 1)} to host.json`
    : "";
  console.log(
    [
      `${name}: ${row.minUs} µs${against(row.minUs, goal?.us)}, median ${row.medianUs}, noise ${row.noisePercent} %${change}`,
      `  arena ${row.arenaBytes} B${against(row.arenaBytes, goal?.arenaBytes)}, state ${row.stateBytes} B, flash ${row.constBytes} B`,
      `  first result ${row.firstResultMs} ms${against(row.firstResultMs, goal?.firstMs)}, processor ${row.firstResultCpuMs} ms; load ${row.load}`,
    ].join("\n"),
  );
}

const percent = (fraction: number) => `${(fraction * 100).toFixed(0)} %`;

const bless = process.argv.includes("--bless");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const before = existsSync(committed) ? (JSON.parse(readFileSync(committed, "utf8")) as Bench) : undefined;
const models: Record<string, Row> = {};
for (const [name, file] of modelFiles()) {
  if (wanted.length && !wanted.includes(name)) continue;
  const measured = measure(file);
  if (typeof measured === "string") {
    console.log(`${name}: not run: ${measured}`);
    continue;
  }
  const load = Math.round(loadavg()[0]! * 10) / 10;
  models[name] = { ...measured, ...firstResult(file, measured.inputBytes), load };
  printRow(name, models[name], before?.models[name]);
}
if (bless) {
  const machine = { cpu: cpus()[0]?.model ?? "unknown", node: process.version };
  writeFileSync(committed, `${JSON.stringify({ machine, models: { ...before?.models, ...models } }, null, 2)}\n`);
}
