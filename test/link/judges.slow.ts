// Judges of images that are not ours: Unicorn and QEMU run harness ELFs of real models and give the right bytes; binutils and gdb read
// them; the reference cycle model (tools/mcycles.py beside the corpus) agrees with the simulator within 1 %.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { referenceEngine } from "../../host/engine/engine.ts";
import type { Graph } from "../../host/graph/graph.ts";
import { writeImage } from "../../host/image/image.ts";
import { importModel } from "../../host/import/import.ts";
import { type Built, build, simulate } from "../../host/pipeline.ts";
import { corpus, corpusPath } from "../corpus.ts";
import { generator } from "../import/tiny-models.ts";
import { runOnQemu } from "./qemu.ts";

const inCorpus = (name: string) => corpusPath("models", name, "model.tflite");
const files: Readonly<Record<string, string>> = {
  motion: fileURLToPath(new URL("../../models/motion/motion.tflite", import.meta.url)),
  ...(corpus
    ? {
        hello_world: inCorpus("hello_world_int8"),
        kws: inCorpus("kws_ref_model"),
        vww: inCorpus("vww_96_int8"),
        ic: inCorpus("pretrainedResnet_quant"),
        ad: inCorpus("ad01_int8"),
      }
    : {}),
};
const large = Object.keys(files).filter((name) => name !== "hello_world");

function present(what: string, command: string, ...args: string[]): boolean {
  const found = spawnSync(command, args).status === 0;
  if (!found && process.env.CI_JUDGES === "1") throw new Error(`${what} is missing`);
  if (!found) console.log(`SKIPPED: ${what} is not here`);
  return found;
}
const hasUnicorn = present("unicorn or pyelftools", "python3", "-c", "import unicorn, elftools");
const hasQemu = present("QEMU", "qemu-system-arm", "--version") && present("gdb", "gdb-multiarch", "--version");
const hasBinutils = present("binutils", "arm-none-eabi-objdump", "--version");
const cycleModel = corpus && join(corpus, "..", "tools", "mcycles.py");
const hasCycleModel = cycleModel && existsSync(cycleModel) && present("capstone", "python3", "-c", "import capstone");

const folder = mkdtempSync(join(tmpdir(), "judges-"));

interface Harness {
  readonly built: Built;
  readonly elf: string;
  readonly inputs: readonly Uint8Array[];
  readonly expected: readonly Uint8Array[];
}

const known = new Map<string, Promise<Harness>>();

/** Each image is built once; what is right is what the reference arithmetic says. */
function harness(model: string, board: string): Promise<Harness> {
  const key = `${model}-${board}`;
  const made = known.get(key) ?? make(model, board, join(folder, `${key}.elf`));
  known.set(key, made);
  return made;
}

async function make(model: string, board: string, elf: string): Promise<Harness> {
  const graph = importModel(new Uint8Array(readFileSync(files[model]!)));
  const built = await build(graph, findBoard(board));
  writeFileSync(elf, writeImage(built.linked.image, "elf"));
  const inputs = randomInputs(graph, built);
  return { built, elf, inputs, expected: referenceEngine(graph).invoke(inputs).outputs };
}

function randomInputs({ inputs }: Graph, { plan }: Built): Uint8Array[] {
  const random = generator(inputs.length + plan.arenaBytes);
  return plan.inputs.map(({ bytes }) => Uint8Array.from({ length: bytes }, () => 256 * random()));
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe.skipIf(!hasUnicorn)("Unicorn", () => {
  const judge = async (model: string, board: string, cpu: string) => {
    const { elf, inputs, expected } = await harness(model, board);
    const script = fileURLToPath(new URL("harness.py", import.meta.url));
    const request = JSON.stringify({ elf, cpu, inputs: inputs.map(hex) });
    const answer = execFileSync("python3", [script], { input: `${request}\n`, encoding: "utf8" });
    expect(JSON.parse(answer)).toEqual({ outputs: expected.map(hex) });
  };
  it.each(Object.keys(files))("runs %s as a Cortex-M4", (model) => judge(model, "cortex-m4", "m4"));
  it.each(Object.keys(files))("runs %s as a Cortex-M0", (model) => judge(model, "cortex-m0plus", "m0"));
});

describe.skipIf(!hasQemu)("QEMU", () => {
  const judge = async (model: string, board: string) => {
    const { built, elf, inputs, expected } = await harness(model, board);
    const outputs = runOnQemu(board, elf, built.linked.image, inputs);
    expect(outputs.map(hex)).toEqual(expected.map(hex));
  };
  for (const board of ["mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505"])
    it.each(large)(`runs %s on ${board}`, (model) => judge(model, board));
  it.each(["motion", ...(corpus ? ["hello_world"] : [])])("runs %s on microbit", (model) => judge(model, "microbit"));
});

describe.skipIf(!hasBinutils)("binutils", () => {
  let elf: string;
  let built: Built;
  const run = (tool: string, ...args: string[]) =>
    execFileSync(tool, [...args, elf], { encoding: "utf8", stdio: "pipe" });
  beforeAll(async () => {
    ({ elf, built } = await harness("motion", "mps2-an386"));
  });

  it("readelf finds nothing to warn of, and the attributes of the core", () => {
    expect(run("arm-none-eabi-readelf", "-a", "-W")).not.toMatch(/warning|error/i);
    expect(run("arm-none-eabi-readelf", "-A")).toMatch(/Tag_CPU_arch: v7E-M\n.*Microcontroller/);
  });

  it("objdump sees instructions where there are some, and words where there are none", () => {
    const listing = run("arm-none-eabi-objdump", "-d");
    expect(listing).not.toMatch(/undefined|UNDEFINED|unpredictable|<unknown>/i);
    for (const { name } of built.linked.image.layers) expect(listing).toContain(`<${name}>:`);
    expect(listing).toMatch(/\.word\t0x/);
  });

  it("size counts what link counted", () => {
    const { flashBytes, ramBytes, stackBytes } = built.linked;
    const [text, data, bss] = run("arm-none-eabi-size").split("\n")[1]!.split("\t").map(Number);
    // from the vectors on, without the gaps that align sections
    expect(Math.abs(text! + data! - flashBytes)).toBeLessThan(64);
    expect(Math.abs(bss! - ramBytes - stackBytes)).toBeLessThan(64);
  });

  it.skipIf(!hasQemu)("gdb knows the symbols", () => {
    const said = run(
      "gdb-multiarch",
      "-nx",
      "-batch",
      "-ex",
      "info line thumbelina_invoke",
      "-ex",
      "print &thumbelina_arena",
    );
    expect(said).toContain("thumbelina_invoke");
    expect(said).toMatch(/0x20000000 <thumbelina_(output_0|arena)>/);
  });
});

/** Million cycles of CMSIS-NN compiled with gcc -O3, by the same model: to be beaten. */
const compiledC: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  m4: { kws: 9.5, vww: 30.5, ic: 36.75, ad: 0.737 },
  m0: { kws: 39.96, vww: 119.8, ic: 137.3, ad: 2.36 },
};

describe.skipIf(!hasCycleModel)("reference cycle model", () => {
  const judge = async (model: string, board: string, core: string) => {
    const { built, elf, inputs } = await harness(model, board);
    const pokes = inputs.flatMap((bytes, i) => {
      const file = join(folder, `${model}-${i}.bin`);
      writeFileSync(file, bytes);
      return ["--poke", `thumbelina_input_${i}:${file}`];
    });
    const said = execFileSync("python3", [cycleModel!, elf, "--core", core, ...pokes], { encoding: "utf8" });
    const theirs = Number(/ (\d+) cycles/.exec(said)?.[1]);
    const ours = simulate(built).invoke(inputs).cycles!;
    console.log(`${model} on ${board}: ${ours} cycles, the reference model counts ${theirs}`);
    expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.01);
    expect(theirs / 1e6).toBeLessThan(compiledC[core]![model] ?? Number.POSITIVE_INFINITY);
  };
  it.each(large)("agrees on %s, M4", (model) => judge(model, "cortex-m4", "m4"));
  it.each(large)("agrees on %s, M0+", (model) => judge(model, "cortex-m0plus", "m0"));
});
