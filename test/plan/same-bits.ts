// The judge of rewrites: the original graph and the rewritten one, both on the reference arithmetic, bit for bit: outputs,
// and every tensor of the original that the rewritten one claims to give back.

import { expect } from "vitest";
import { Problems } from "../../host/base/errors.ts";
import {
  checkGraph,
  elementCount,
  type Graph,
  initialState,
  integerRange,
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
  const states = [initialState(graph), initialState(rewritten.graph)] as const;
  // Twice, so that what was written to the state is read.
  for (let run = states[0].size > 0 ? 2 : 1; run > 0; run--) {
    const inputs = graph.inputs.map((tensor) => inputValues(graph.tensors[tensor]!, random, fill));
    const before = runReference(graph, inputs, states[0]);
    const after = runReference(rewritten.graph, inputs, states[1]);
    compareRuns(graph, rewritten, before, after);
  }
}

type Run = readonly (Values | undefined)[];

function compareRuns(graph: Graph, rewritten: Rewritten, before: Run, after: Run): void {
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
  const values = zeroValues(tensor);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return values;
  // Floats, and integers that are too wide for a product of two, stay small.
  const [low, high] = integerRange(tensor.dtype) ?? [-1000, 1000];
  const [least, greatest] = high - low > 65535 ? [-1000, 1000] : [low, high];
  const scale = tensor.dtype === "float32" ? 1 / 256 : 1;
  for (let i = 0; i < elementCount(tensor.shape); i++)
    values[i] = scale * (fill === "random" ? random.between(least, greatest) : fill === "least" ? least : greatest);
  return values;
}
