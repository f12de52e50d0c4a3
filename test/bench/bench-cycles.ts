// npm run bench:cycles [-- --bless] [model…]
// Cycles of one inference and sizes of the image, per model of models/ and of the corpus, on a simulated Cortex-M4 and M0+ (zero wait
// states, the cores' manuals' cycle tables). `--bless` writes cycles.json and size.json, which are committed; without it the difference
// to them is printed. The input is pseudo-random and the same in every run; inputs hardly change cycles.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBoard } from "../../host/board/board.ts";
import { importModel } from "../../host/import/import.ts";
import { build, simulate } from "../../host/pipeline.ts";
import { corpus } from "../corpus.ts";
import { generator } from "../import/tiny-models.ts";

const boards = ["cortex-m4", "cortex-m0plus"] as const;
type BoardName = (typeof boards)[number];

/** Models of the corpus that a board is meant to run. */
const fromCorpus = [
  ...["kws_ref_model", "vww_96_int8", "pretrainedResnet_quant", "ad01_int8", "str_ww_ref_model", "hello_world_int8"],
  ...["micro_speech_quantized", "person_detect", "trained_lstm_int8"],
];

interface Sizes {
  readonly flash: number;
  readonly code: number;
  readonly constants: number;
  readonly arena: number;
  readonly state: number;
  readonly stack: number;
}
type Table<T> = Record<string, Partial<Record<BoardName, T>>>;

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = { cycles: join(root, "test/bench/cycles.json"), size: join(root, "test/bench/size.json") };

function modelFiles(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(root, "models")).sort()) {
    const file = join(root, "models", name, `${name}.tflite`);
    if (existsSync(file)) found.set(name, file);
  }
  for (const name of corpus ? fromCorpus : []) found.set(name, join(corpus!, "models", name, "model.tflite"));
  return found;
}

async function measure(file: string, board: BoardName): Promise<{ readonly cycles: number; readonly sizes: Sizes }> {
  const built = await build(importModel(new Uint8Array(readFileSync(file)), { name: file }), findBoard(board));
  const random = generator(1);
  const inputs = built.plan.inputs.map(({ bytes }) => Uint8Array.from({ length: bytes }, () => 256 * random()));
  const { cycles } = simulate(built).invoke(inputs);
  const { plan, linked } = built;
  const sizes = {
    ...{ flash: linked.flashBytes, code: linked.codeBytes, constants: plan.constBytes },
    ...{ arena: plan.arenaBytes, state: plan.stateBytes, stack: linked.stackBytes },
  };
  return { cycles: cycles!, sizes };
}

function readTable<T>(file: string): Table<T> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Table<T>) : {};
}

function change(now: number, before: number | undefined): string {
  if (before === undefined) return " (new)";
  if (now === before) return "";
  const percent = before ? ` ${now > before ? "+" : ""}${((now / before - 1) * 100).toFixed(2)} %` : "";
  return ` (was ${before},${percent})`;
}

const bless = process.argv.includes("--bless");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const cycles = readTable<number>(files.cycles);
const size = readTable<Sizes>(files.size);
for (const [name, file] of modelFiles()) {
  if (wanted.length && !wanted.includes(name)) continue;
  for (const board of boards) {
    const now = await measure(file, board);
    const before = size[name]?.[board];
    const parts = (Object.keys(now.sizes) as (keyof Sizes)[]).map(
      (part) => `${part} ${now.sizes[part]}${change(now.sizes[part], before?.[part])}`,
    );
    console.log(`${name} on ${board}: ${now.cycles} cycles${change(now.cycles, cycles[name]?.[board])}`);
    console.log(`  ${parts.join(", ")}`);
    cycles[name] = { ...cycles[name], [board]: now.cycles };
    size[name] = { ...size[name], [board]: now.sizes };
  }
}
if (bless) {
  writeFileSync(files.cycles, `${JSON.stringify(cycles, null, 2)}\n`);
  writeFileSync(files.size, `${JSON.stringify(size, null, 2)}\n`);
}
