// SLICE: `size` elements from `begin` along each dimension; size −1 is all that follow.

import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { gather, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator } from "./data-movement.ts";
import { constantIntegers, hasArity, integersAreConstant } from "./operands.ts";

function bounds(node: Node): { readonly begin: readonly number[]; readonly size: Shape } {
  const begin = certain(constantIntegers(node, 1));
  const size = certain(constantIntegers(node, 2));
  return { begin, size: size.map((count, i) => (count === -1 ? node.input(0).shape[i]! - begin[i]! : count)) };
}

function check(node: CheckedNode): boolean {
  if (!hasArity(node, 3)) return false;
  const { shape } = node.input(0);
  const known = [
    integersAreConstant(node, 1, "begin", shape.length),
    integersAreConstant(node, 2, "size", shape.length),
  ];
  if (known.includes(false)) return false;
  const { begin, size } = bounds(node);
  const wrong = shape.findIndex((count, i) => !(begin[i]! >= 0 && size[i]! >= 1 && begin[i]! + size[i]! <= count));
  if (wrong < 0) return true;
  const found = `${begin[wrong]} and ${size[wrong]} in dimension ${wrong}`;
  const wanted = `within its ${shape[wrong]} elements`;
  node.problem(error("attribute", { kind: "slice", attribute: "begin and size", found, wanted }));
  return false;
}

export const slice = movementOperator({
  kind: "slice",
  tflite: [{ builtin: 65, name: "SLICE", options: { tag: 48, fields: {} } }],
  check,
  infer: (node) => [bounds(node).size],
  transfers(node) {
    const from = strides(node.input(0).shape);
    const { begin } = bounds(node);
    const base = begin.reduce((sum, start, i) => sum + start * from[i]!, 0);
    return [{ input: 0, output: 0, movement: gather(node.output(0).shape, from, base) }];
  },
});
