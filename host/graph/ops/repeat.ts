// TILE and BROADCAST_TO: a tensor repeated along its dimensions.

import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { type Axis, gather, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator } from "./data-movement.ts";
import { constantIntegers, hasArity, integersAreConstant } from "./operands.ts";

function checkTile(node: CheckedNode): boolean {
  if (!hasArity(node, 2) || !integersAreConstant(node, 1, "multiples", node.input(0).shape.length)) return false;
  const multiples = certain(constantIntegers(node, 1));
  if (multiples.every((count) => count >= 1)) return true;
  const facts = { kind: "tile", attribute: "multiples", found: multiples.join(", "), wanted: "1 or more" };
  node.problem(error("attribute", facts));
  return false;
}

export const tile = movementOperator({
  kind: "tile",
  tflite: [{ builtin: 69, name: "TILE", options: { tag: 51, fields: {} } }],
  check: checkTile,
  infer(node) {
    const multiples = certain(constantIntegers(node, 1));
    return [node.input(0).shape.map((size, i) => size * multiples[i]!)];
  },
  transfers(node) {
    const { shape } = node.input(0);
    const from = strides(shape);
    const to = strides(node.output(0).shape);
    const multiples = certain(constantIntegers(node, 1));
    const axes = shape.flatMap((size, i): Axis[] => [
      { count: multiples[i]!, to: size * to[i]!, from: 0 },
      { count: size, to: to[i]!, from: from[i]! },
    ]);
    return [{ input: 0, output: 0, movement: { axes } }];
  },
});

const wantedShape = (node: Node): Shape => certain(constantIntegers(node, 1));

function checkBroadcast(node: CheckedNode): boolean {
  if (!hasArity(node, 2) || !integersAreConstant(node, 1, "shape")) return false;
  const { shape } = node.input(0);
  const wanted = wantedShape(node);
  const skipped = wanted.length - shape.length;
  const fits = skipped >= 0 && shape.every((size, i) => size === 1 || size === wanted[i + skipped]);
  if (fits && wanted.every((size) => size >= 1)) return true;
  const rule = `one to which [${shape.join(", ")}] can be repeated`;
  const facts = { kind: "broadcast_to", attribute: "shape", found: `[${wanted.join(", ")}]`, wanted: rule };
  node.problem(error("attribute", facts));
  return false;
}

export const broadcastTo = movementOperator({
  kind: "broadcast_to",
  tflite: [{ builtin: 130, name: "BROADCAST_TO", options: { tag: 104, fields: {} } }],
  check: checkBroadcast,
  infer: (node) => [wantedShape(node)],
  transfers(node) {
    const { shape } = node.input(0);
    const from = strides(shape);
    const wanted = wantedShape(node);
    const skipped = wanted.length - shape.length;
    const steps = wanted.map((_, i) => (i < skipped || shape[i - skipped] === 1 ? 0 : from[i - skipped]!));
    return [{ input: 0, output: 0, movement: gather(wanted, steps) }];
  },
});
