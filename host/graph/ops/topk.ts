// TOPK_V2 over the last dimension: the k greatest values in falling order (output 0) and their indices (output 1); of equal
// values the one with the lower index comes first.

import { elementBytes } from "../dtype.ts";
import { error } from "../errors.ts";
import type { CheckedNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { rowsOf } from "./last-dimension.ts";
import {
  constantIntegers,
  hasArity,
  inputHasType,
  integersAreConstant,
  outputHasType,
  sameQuantization,
} from "./operands.ts";

function count(node: Node): number {
  return constantIntegers(node, 1)?.[0] ?? 0;
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 2, 2, 2) || !inputHasType(node, 0, ["int8", "int16", "int32", "float32"])) return;
  const { kind } = node.operator;
  const { dtype, shape, quantization } = node.input(0);
  outputHasType(node, 0, [dtype]);
  outputHasType(node, 1, ["int32"]);
  if (!sameQuantization(quantization, node.output(0).quantization)) {
    const facts = { kind, attribute: "quantisation of output 0", found: "another", wanted: "the input's" };
    node.problem(error("attribute", facts));
  }
  if (!integersAreConstant(node, 1, "k", 1)) return;
  const [k, depth] = [count(node), shape.at(-1) ?? 0];
  if (k >= 1 && k <= depth) return;
  node.problem(error("attribute", { kind, attribute: "k", found: k, wanted: `from 1 to ${depth}` }));
}

function run(node: RunNode): void {
  const [input, values, indices] = [node.value(0), node.result(0), node.result(1)] as [
    Int8Array,
    Int8Array,
    Int32Array,
  ];
  const { rows, depth } = rowsOf(node.input(0).shape);
  const k = count(node);
  for (let row = 0; row < rows; row++) {
    const order = Array.from({ length: depth }, (_, i) => i);
    const at = (i: number): number => input[row * depth + i]!;
    order.sort((i, j) => at(j) - at(i) || i - j);
    order.slice(0, k).forEach((i, place) => {
      values[row * k + place] = at(i);
      indices[row * k + place] = i;
    });
  }
}

export const topK: OperatorDefinition = {
  kind: "topk_v2",
  tflite: [{ builtin: 48, name: "TOPK_V2", options: { tag: 34, fields: {} } }],
  check,
  infer(node) {
    const shape = [...node.input(0).shape.slice(0, -1), count(node)];
    return [shape, shape];
  },
  reference: run,
  lower(node) {
    const { dtype, shape } = node.input(0);
    const { rows, depth } = rowsOf(shape);
    const suffix = dtype === "float32" ? "f32" : `s${elementBytes(dtype) * 8}`;
    const call = {
      kernel: `topk_${suffix}`,
      arguments: [node.out(0), node.out(1), node.in(0), rows, depth, count(node)],
    };
    return { calls: [call] };
  },
};
