// TRANSPOSE: dimension i of the output is dimension perm[i] of the input.

import { error } from "../errors.ts";
import { gather, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator } from "./data-movement.ts";
import { constantIntegers, hasArity, integersAreConstant, positiveAxis } from "./operands.ts";

function permutation(node: Node): readonly number[] {
  const rank = node.input(0).shape.length;
  return certain(constantIntegers(node, 1)).map((axis) => positiveAxis(axis, rank));
}

function check(node: CheckedNode): boolean {
  if (!hasArity(node, 2)) return false;
  const rank = node.input(0).shape.length;
  if (!integersAreConstant(node, 1, "perm", rank)) return false;
  const perm = permutation(node);
  if (perm.every((axis) => axis >= 0 && axis < rank) && new Set(perm).size === rank) return true;
  const wanted = `each of the ${rank} dimensions once`;
  node.problem(error("attribute", { kind: "transpose", attribute: "perm", found: perm.join(", "), wanted }));
  return false;
}

export const transpose = movementOperator({
  kind: "transpose",
  tflite: [{ builtin: 39, name: "TRANSPOSE", options: { tag: 26, fields: {} } }],
  check,
  infer: (node) => [permutation(node).map((axis) => node.input(0).shape[axis]!)],
  transfers(node) {
    const from = strides(node.input(0).shape);
    const movement = gather(
      node.output(0).shape,
      permutation(node).map((axis) => from[axis]!),
    );
    return [{ input: 0, output: 0, movement }];
  },
});
