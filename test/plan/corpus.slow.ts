// The corpus through the planner: every model and operator case rewritten (same bits on the reference), planned for both
// forms (the checker proves each), and the memory of the models held against corpus-memory.json.
// BLESS=1 writes that file; it may get better silently, worse only so.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Graph, operatorDefinition } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { describePlan, type Plan, plan } from "../../host/plan/plan.ts";
import { rewriteGraph } from "../../host/plan/rewrite/passes.ts";
import { caseFilter, corpus, corpusPath, readCorpusJson } from "../corpus.ts";
import { device } from "./fake-operators.ts";
import { Random } from "./int8-graph.ts";
import { rewriteExactly } from "./same-bits.ts";

interface Entry {
  readonly name: string;
  readonly model: string;
}

interface Figures {
  readonly arenaBytes: number;
  /** Without scratch, which is the kernels'. */
  readonly activationBytes: number;
  readonly macs: number;
  readonly weightBytes: number;
}

const large = {
  flash: { base: 0, bytes: 2 ** 28 },
  flashReserved: 64,
  ram: { base: 2 ** 28, bytes: 2 ** 30 },
};
const simd = { form: "simd", dsp: false } as const;
const memoryFile = fileURLToPath(new URL("corpus-memory.json", import.meta.url));

function read({ model }: Entry): Graph | undefined {
  try {
    return importModel(readFileSync(corpusPath(model)));
  } catch {
    return undefined; // The import suites say why.
  }
}

function entries(list: readonly Entry[]): readonly (readonly [Entry, Graph])[] {
  const chosen = list.filter(({ name }) => name.includes(caseFilter));
  return chosen.flatMap((entry) => {
    const graph = read(entry);
    return graph ? [[entry, graph] as const] : [];
  });
}

const rewrite = (graph: Graph) =>
  rewriteGraph(graph, { rewrite: true, definitions: operatorDefinition, channelMultiple: 1 });

const models = corpus ? entries(readCorpusJson<{ models: Entry[] }>("models", "index.json").models) : [];

describe.skipIf(!corpus)("the corpus", () => {
  it("has models whose rewriting keeps every bit", () => {
    expect(models.length).toBeGreaterThan(caseFilter ? -1 : 8);
    for (const [{ name }, graph] of models) keeps(name, graph);
  });

  it("has operator cases whose rewriting keeps every bit, and which can be planned", () => {
    const all = readCorpusJson<{ cases: Entry[] }>("ops", "index.json").cases;
    const cases = entries(all);
    expect(cases.length).toBe(all.filter(({ name }) => name.includes(caseFilter)).length);
    for (const [{ name }, graph] of cases) {
      keeps(name, graph);
      for (const target of [device, simd]) plan(graph, { map: large, target });
    }
  });

  it("needs no more memory than was reached before", () => {
    const known = JSON.parse(readFileSync(memoryFile, "utf8")) as Record<string, Figures>;
    const found: Record<string, Figures> = {};
    for (const [{ name }, graph] of models) {
      plan(graph, { map: large, target: simd });
      found[name] = figuresOf(plan(graph, { map: large, target: device }));
    }
    if (process.env.BLESS) writeFileSync(memoryFile, `${JSON.stringify({ ...known, ...found }, undefined, 2)}\n`);
    else
      for (const [name, figures] of Object.entries(found))
        for (const [key, value] of Object.entries(figures))
          expect(value, `${key} of ${name}`).toBeLessThanOrEqual(known[name]?.[key as keyof Figures] ?? 0);
    console.log(found);
  });

  it.each([
    ["kws_ref_model", 17.5 * 1024],
    ["vww_96_int8", 57_000],
    ["pretrainedResnet_quant", 51_000],
    ["ad01_int8", 1_500],
  ])("fits %s into its goal, scratch included", (model, goal) => {
    const [, graph] = models.find(([{ name }]) => name === model) ?? [];
    if (graph) expect(plan(graph, { map: large, target: device }).arenaBytes).toBeLessThanOrEqual(goal);
    else expect(caseFilter).not.toBe("");
  });

  it("has half a model less to compute in vww_96_int8", () => {
    const [, graph] = models.find(([{ name }]) => name === "vww_96_int8") ?? [];
    if (!graph) return expect(caseFilter).not.toBe("");
    const least = plan(graph, { map: large, target: device, channelMultiple: 1 });
    expect(describePlan(least).originalMacs).toBe(7_489_664);
    expect(describePlan(least).macs).toBe(3_733_073);
    expect(describePlan(plan(graph, { map: large, target: device })).macs).toBe(3_774_684);
  });
});

function keeps(name: string, graph: Graph): void {
  try {
    rewriteExactly(graph, new Random(name.length), rewrite);
  } catch (cause) {
    throw new Error(`rewriting ${name} changes it`, { cause });
  }
}

function figuresOf(made: Plan): Figures {
  const { peak, macs } = describePlan(made);
  const used = new Set(made.graph.operators.flatMap(({ inputs }) => inputs));
  const weightBytes = made.graph.tensors.reduce((sum, { data }, i) => sum + (used.has(i) ? (data?.length ?? 0) : 0), 0);
  return { arenaBytes: made.arenaBytes, activationBytes: peak.activationBytes, macs, weightBytes };
}
