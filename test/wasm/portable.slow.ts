// Judges of the portable module: wasm3 and wasmtime run it, wabt validates it as WebAssembly 1.0 with everything newer turned off.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import { importModel } from "../../host/import/import.ts";
import { buildPortable } from "../../host/pipeline.ts";
import { corpus, corpusPath } from "../corpus.ts";
import { generator, tinyModels } from "../import/tiny-models.ts";

const read = (file: string) => () => new Uint8Array(readFileSync(file));
const inCorpus = (name: string) => read(corpusPath("models", name, "model.tflite"));
const models: Readonly<Record<string, () => Uint8Array>> = {
  ...tinyModels,
  motion: read(fileURLToPath(new URL("../../models/motion/motion.tflite", import.meta.url))),
  ...(corpus
    ? {
        hello_world: inCorpus("hello_world_int8"),
        kws: inCorpus("kws_ref_model"),
        vww: inCorpus("vww_96_int8"),
        ad: inCorpus("ad01_int8"),
        lstm: inCorpus("trained_lstm_int8"),
        kws_float: inCorpus("kws_ref_model_float32"),
      }
    : {}),
};

/** THUMBELINA_PYTHON: an interpreter that has the runtimes. */
const python = process.env.THUMBELINA_PYTHON ?? "python3";

function present(what: string, command: string, ...args: string[]): boolean {
  const found = spawnSync(command, args).status === 0;
  if (!found && process.env.CI_JUDGES === "1") throw new Error(`${what} is missing`);
  if (!found) console.log(`SKIPPED: ${what} is not here`);
  return found;
}

const folder = mkdtempSync(join(tmpdir(), "portable-"));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

async function make(name: string) {
  const graph = importModel(models[name]!());
  const { bytes, plan } = await buildPortable(graph);
  const file = join(folder, `${name}.wasm`);
  writeFileSync(file, bytes);
  const random = generator(bytes.length);
  const isFloat = graph.tensors[graph.inputs[0]!]!.dtype === "float32";
  const inputs = plan.inputs.map(({ bytes }) =>
    isFloat
      ? new Uint8Array(Float32Array.from({ length: bytes / 4 }, () => 8 * random() - 4).buffer)
      : Uint8Array.from({ length: bytes }, () => 256 * random()),
  );
  return { file, inputs, outputs: referenceEngine(graph).invoke(inputs).outputs };
}

const made = new Map<string, ReturnType<typeof make>>();
const moduleOf = (name: string) => made.get(name) ?? made.set(name, make(name)).get(name)!;

for (const runtime of ["wasm3", "wasmtime"])
  describe.skipIf(!present(runtime, python, "-c", `import ${runtime}`))(runtime, () => {
    it.each(Object.keys(models))("computes %s", async (name) => {
      const { file, inputs, outputs } = await moduleOf(name);
      const request = JSON.stringify({ module: file, inputs: inputs.map(hex), outputs: outputs.length });
      const script = fileURLToPath(new URL("runtimes.py", import.meta.url));
      const answer = execFileSync(python, [script, runtime], { input: `${request}\n`, encoding: "utf8" });
      expect(JSON.parse(answer)).toEqual({ outputs: outputs.map(hex), again: outputs.map(hex) });
    });
  });

describe.skipIf(!present("wabt", "wasm-validate", "--version"))("wabt", () => {
  const newer = ["sign-extension", "saturating-float-to-int", "bulk-memory", "multi-value", "mutable-globals"];
  const off = [...newer, "reference-types", "simd"].map((feature) => `--disable-${feature}`);
  it.each(Object.keys(models))("finds nothing newer than WebAssembly 1.0 in %s", async (name) => {
    const { file } = await moduleOf(name);
    expect(String(spawnSync("wasm-validate", [...off, file]).stderr)).toBe("");
  });
});
