// REVERSE_V2: the named dimensions run backwards.

import { error } from "../errors.ts";
import { gather, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator } from "./data-movement.ts";
import { axisExists, constantIntegers, hasArity, integersAreConstant, positiveAxis } from "./operands.ts";

function reversed(node: Node): readonly number[] {
  const rank = node.input(0).shape.length;
  return certain(constantIntegers(node, 1)).map((axis) => positiveAxis(axis, rank));
}

function check(node: CheckedNode): boolean {
  if (!hasArity(node, 2) || !integersAreConstant(node, 1, "axis")) return false;
  const rank = node.input(0).shape.length;
  if (!certain(constantIntegers(node, 1)).every((axis) => axisExists(node, axis, rank))) return false;
  const axes = reversed(node);
  if (new Set(axes).size === axes.length) return true;
  const facts = {
    kind: "reverse_v2",
    attribute: "axis",
    found: axes.join(", "),
    wanted: "each dimension at most once",
  };
  node.problem(error("attribute", facts));
  return false;
}

export const reverseV2 = movementOperator({
  kind: "reverse_v2",
  tflite: [{ builtin: 105, name: "REVERSE_V2", options: { tag: 81, fields: {} } }],
  check,
  infer: (node) => [node.input(0).shape],
  transfers(node) {
    const { shape } = node.input(0);
    const from = strides(shape);
    const axes = reversed(node);
    const base = axes.reduce((sum, axis) => sum + (shape[axis]! - 1) * from[axis]!, 0);
    const steps = from.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
    return [{ input: 0, output: 0, movement: gather(shape, steps, base) }];
  },
});
