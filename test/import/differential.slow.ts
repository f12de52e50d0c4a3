// Accepted mutants on every engine: a strange but legal model (odd scales, zero points, weights, windows) is computed to
// the same bytes by reference, wasm and host, with memory guarded, and never traps. THUMBELINA_FUZZ_COUNT: how many.

import { describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { byteLength, type Graph } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { corpus, readCorpusFile } from "../corpus.ts";
import { engineNames, engines } from "../engines.ts";
import { operatorCases } from "../ops/report.ts";
import { mutator } from "./mutate.ts";
import { smallEnough } from "./survive.ts";
import { generator, tinyModels } from "./tiny-models.ts";

const seed = Number(process.env.THUMBELINA_FUZZ_SEED ?? 77);
const wanted = Number(process.env.THUMBELINA_FUZZ_COUNT ?? 500);

function bases(): readonly Uint8Array[] {
  const own = Object.values(tinyModels).map((make) => make());
  return corpus ? [...own, ...operatorCases("").map(({ model }) => new Uint8Array(readCorpusFile(model)))] : own;
}

function accepted(bytes: Uint8Array): Graph | undefined {
  try {
    const graph = importModel(bytes);
    return smallEnough(graph) ? graph : undefined;
  } catch (caught) {
    if (caught instanceof UserError) return undefined;
    throw caught;
  }
}

/** Any bytes; floats are moderate numbers, since inputs may not be NaN. */
function inputsOf(graph: Graph, random: () => number): readonly Uint8Array[] {
  return graph.inputs.map((index) => {
    const tensor = graph.tensors[index]!;
    const size = byteLength(tensor);
    if (tensor.dtype.startsWith("float"))
      return new Uint8Array(Float32Array.from({ length: size / 4 }, () => Math.fround(8 * random() - 4)).buffer);
    const most = tensor.dtype === "bool" ? 2 : 256;
    return Uint8Array.from({ length: size }, () => Math.floor(most * random()));
  });
}

async function outputsOn(graph: Graph, inputs: readonly Uint8Array[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of engineNames)
    try {
      const engine = await engines[name](graph);
      // Twice: kept state is compared as well.
      const hex = [engine.invoke(inputs), engine.invoke(inputs)].map(({ outputs }) =>
        outputs.map((bytes) => Buffer.from(bytes).toString("hex")).join(),
      );
      found.set(name, hex.join(";"));
    } catch (caught) {
      // A refusal (it does not fit, or cannot be planned) must be everybody's who plans.
      if (!(caught instanceof UserError)) found.set(name, `defect: ${(caught as Error).stack?.slice(0, 600)}`);
    }
  return found;
}

describe("mutants on every engine", () => {
  it(`gives ${wanted} accepted mutants the same bytes`, async () => {
    const files = bases();
    const random = generator(seed);
    const mutators = files.map((bytes, i) => mutator(bytes, seed + i));
    const wrong: string[] = [];
    let compared = 0;
    for (let tries = 0; compared < wanted && tries < 100 * wanted; tries++) {
      const mutant = mutators[Math.floor(files.length * random())]!.next();
      const graph = accepted(mutant.bytes);
      if (!graph) continue;
      const outputs = await outputsOn(graph, inputsOf(graph, random));
      compared++;
      const kinds = graph.operators.map(({ kind }) => kind).join(" ");
      const expected = outputs.get("reference") ?? [...outputs.values()][0];
      for (const [name, found] of outputs)
        if (found !== expected || found.startsWith("defect"))
          wrong.push(
            `${kinds} (${mutant.what}) on ${name}: ${found.slice(0, 700)}, reference ${expected?.slice(0, 200)}`,
          );
    }
    expect(wrong.slice(0, 20), `${wrong.length} of ${compared}`).toEqual([]);
    expect(compared).toBe(wanted);
  });
});
