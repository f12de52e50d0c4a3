// Rules of a legal graph: one graph per error code of room graph, made from a legal one by changing one thing.

import { describe, expect, it } from "vitest";
import { Problems, type UserError } from "../../host/base/errors.ts";
import type { error } from "../../host/graph/errors.ts";
import { checkGraph, type Graph, limits, type Operator, type Tensor } from "../../host/graph/graph.ts";

const quantization = { scales: [0.5], zeroPoints: [3], axis: 0 };
const int8 = (...shape: number[]): Tensor => ({ name: "t", dtype: "int8", shape, quantization });
const reshapeTo = (newShape: number[], input = 0, output = 1): Operator => ({
  kind: "reshape",
  inputs: [input],
  outputs: [output],
  attributes: { newShape },
  origin: 0,
});

const legal: Graph = {
  name: "legal",
  tensors: [int8(1, 4), int8(2, 2)],
  operators: [reshapeTo([2, 2])],
  inputs: [0],
  outputs: [1],
};

const withInput = (change: Partial<Tensor>): Graph => ({
  ...legal,
  tensors: [{ ...legal.tensors[0]!, ...change }, legal.tensors[1]!],
});
const withOperator = (change: Partial<Operator>): Graph => ({
  ...legal,
  operators: [{ ...legal.operators[0]!, ...change }],
});

const illegal: Readonly<Record<keyof typeof error.rows, Graph>> = {
  "bad-index": withOperator({ inputs: [10_000] }),
  "not-produced": { ...legal, operators: [] },
  "two-producers": withInput({ data: new Uint8Array(4) }),
  "no-outputs": { ...legal, outputs: [] },
  arity: withOperator({ inputs: [0, 0, 0] }),
  "type-mismatch": withInput({ dtype: "uint8" }),
  "bad-shape": withInput({ shape: [1, -4] }),
  "too-large": withInput({ shape: [65536, 65536, 65536, 65536] }),
  "shape-mismatch": withOperator({ attributes: { newShape: [4, 1] } }),
  "data-size": { ...legal, tensors: [...legal.tensors, { ...int8(3), data: new Uint8Array(2) }] },
  "bad-scale": withInput({ quantization: { scales: [Number.NaN], zeroPoints: [0], axis: 0 } }),
  "bad-zero-point": withInput({ quantization: { scales: [1], zeroPoints: [300], axis: 0 } }),
  "scale-count": withInput({ quantization: { scales: [1, 2], zeroPoints: [0, 0], axis: 1 } }),
  "unsupported-type": withInput({ dtype: "float64" }),
  attribute: withOperator({ kind: "squeeze", attributes: { squeezeDims: [7] } }),
};

function errorsOf(graph: Graph): readonly UserError[] {
  const problems = new Problems();
  checkGraph(graph, problems);
  return problems.errors;
}

const codesOf = (graph: Graph) => errorsOf(graph).map(({ code }) => code);

describe("checkGraph", () => {
  it("finds nothing wrong with a legal graph", () => {
    expect(codesOf(legal)).toEqual([]);
  });

  for (const [name, graph] of Object.entries(illegal))
    it(`says graph/${name}`, () => {
      expect(codesOf(graph)).toContain(`graph/${name}`);
      for (const problem of errorsOf(graph)) {
        expect(problem.exit).toBe(3);
        expect(problem.message).not.toMatch(/undefined|\[object/);
      }
    });

  it("refuses a cycle", () => {
    const tensors = [int8(1, 4), int8(2, 2), int8(4, 1)];
    const operators = [reshapeTo([2, 2], 2, 1), reshapeTo([4, 1], 1, 2)];
    expect(codesOf({ ...legal, tensors, operators })).toEqual(["graph/not-produced"]);
  });

  it("refuses scales that are zero, negative or infinite, at any index", () => {
    for (const bad of [0, -1, Number.POSITIVE_INFINITY]) {
      const scales = [1, bad, 1, 1];
      const graph = withInput({ quantization: { scales, zeroPoints: [0, 0, 0, 0], axis: 1 } });
      expect(codesOf(graph)).toContain("graph/bad-scale");
    }
  });

  it("bounds the sum of all activations", () => {
    const side = limits.tensorBytes / 16;
    const tensors = Array.from({ length: 5 }, () => int8(16, side));
    const operators = [1, 2, 3, 4].map((i) => reshapeTo([16, side], i - 1, i));
    expect(codesOf({ ...legal, tensors, operators, outputs: [4] })).toEqual(["graph/too-large"]);
  });

  it("accepts per-channel scales along any dimension of that size", () => {
    const scales = [1, 2, 3, 4];
    expect(codesOf(withInput({ quantization: { scales, zeroPoints: [0, 0, 0, 0], axis: 1 } }))).toEqual([]);
  });

  it("collects the problems of several operators", () => {
    const tensors = [int8(1, 4), int8(2, 2), int8(4, 1)];
    const operators = [reshapeTo([1, 1]), { ...reshapeTo([4, 1], 1, 2), inputs: [1, 1, 1] }];
    expect(codesOf({ ...legal, tensors, operators, outputs: [2] })).toEqual(["graph/shape-mismatch", "graph/arity"]);
  });
});
