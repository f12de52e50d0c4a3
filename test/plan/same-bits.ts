// The judge of rewrites: the original graph and the rewritten one, both on the reference arithmetic, bit for bit: outputs,
// and every tensor of the original that the rewritten one claims to give back.

import { expect } from "vitest";
import { Problems } from "../../host/base/errors.ts";
import {
  checkGraph,
  type Graph,
  operatorDefinition,
  runReference,
  type Tensor,
  type Values,
  zeroValues,
} from "../../host/graph/graph.ts";
import { rewriteGraph } from "../../host/plan/rewrite/passes.ts";
import type { Rewritten } from "../../host/plan/rewrite/rewrite.ts";
import type { Random } from "./int8-graph.ts";

/** The passes, or only those given, on `graph`; fails unless bits stay. */
export function rewriteExactly(
  graph: Graph,
  random: Random,
  rewrite = (from: Graph): Rewritten =>
    rewriteGraph(from, { rewrite: true, definitions: operatorDefinition, channelMultiple: 1 }),
): Rewritten {
  expectLegal(graph);
  const rewritten = rewrite(graph);
  expectLegal(rewritten.graph);
  for (const fill of ["random", "least", "greatest"] as const) expectSameBits(graph, rewritten, random, fill);
  return rewritten;
}

function expectLegal(graph: Graph): void {
  const problems = new Problems();
  checkGraph(graph, problems);
  problems.done();
}

function expectSameBits(graph: Graph, rewritten: Rewritten, random: Random, fill: "random" | "least" | "greatest") {
  const inputs = graph.inputs.map((tensor) => inputValues(graph.tensors[tensor]!, random, fill));
  const before = runReference(graph, inputs);
  const after = runReference(rewritten.graph, inputs);
  graph.outputs.forEach((tensor, i) => {
    expect(after[rewritten.graph.outputs[i]!], `output ${i}`).toEqual(before[tensor]);
  });
  graph.tensors.forEach((_, index) => {
    let from = index;
    for (let same = rewritten.sameAs.get(from); same !== undefined; same = rewritten.sameAs.get(from)) from = same;
    const got = after[from];
    const wanted = before[index];
    if (!got || !wanted) return;
    const channels = rewritten.channels.get(from);
    if (channels) expect(spread(got, channels, wanted.length), `tensor ${index}`).toEqual([...wanted]);
    else if (got.length === wanted.length) expect(got, `tensor ${index}`).toEqual(wanted);
  });
}

function spread(values: Values, { map, fill }: { map: readonly number[]; fill: readonly number[] }, length: number) {
  const pixels = length / fill.length;
  expect(values.length).toBe(pixels * map.length);
  return Array.from({ length }, (_, i) => {
    const at = map.indexOf(i % fill.length);
    return at < 0 ? fill[i % fill.length] : values[Math.floor(i / fill.length) * map.length + at];
  });
}

function inputValues(tensor: Tensor, random: Random, fill: "random" | "least" | "greatest"): Values {
  const values = zeroValues(tensor) as Int8Array;
  for (let i = 0; i < values.length; i++)
    values[i] = fill === "random" ? random.between(-128, 127) : fill === "least" ? -128 : 127;
  return values;
}
