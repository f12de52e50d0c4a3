// SPLIT, SPLIT_V, UNPACK: one tensor cut along an axis into several. SPLIT makes equal parts, SPLIT_V parts of given sizes
// (one may be −1: the rest), UNPACK one part an index, without the axis.

import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { gather, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator, type Transfer } from "./data-movement.ts";
import { axisExists, constantIntegers, hasArity, integersAreConstant, positiveAxis } from "./operands.ts";

/** Transfers of consecutive parts of `sizes[i]` indices along `axis` of input `data`. */
function cut(node: Node, data: number, axis: number, sizes: readonly number[]): readonly Transfer[] {
  const { shape } = node.input(data);
  const from = strides(shape);
  let start = 0;
  return sizes.map((size, output) => {
    const base = start * from[axis]!;
    start += size;
    return { input: data, output, movement: gather(shape.with(axis, size), from, base) };
  });
}

function checkParts(node: CheckedNode, attribute: string, found: number, size: number): boolean {
  const parts = node.operator.outputs.length;
  if (found === parts && parts > 0 && size % parts === 0) return true;
  const wanted = `${parts}, the number of outputs, and divide the dimension's ${size}`;
  node.problem(error("attribute", { kind: node.operator.kind, attribute, found, wanted }));
  return false;
}

const splitAxis = (node: Node): number =>
  positiveAxis(certain(constantIntegers(node, 0))[0]!, node.input(1).shape.length);

const splitSizes = (node: Node): readonly number[] => {
  const parts = node.operator.outputs.length;
  return new Array<number>(parts).fill(node.input(1).shape[splitAxis(node)]! / parts);
};

export const split = movementOperator({
  kind: "split",
  data: 1,
  tflite: [
    {
      builtin: 49,
      name: "SPLIT",
      options: { tag: 35, fields: { numSplits: { slot: 0, type: "int32", default: 0 } } },
    },
  ],
  check(node) {
    if (!hasArity(node, 2, 2, "any") || !integersAreConstant(node, 0, "axis", 1)) return false;
    const { shape } = node.input(1);
    if (!axisExists(node, certain(constantIntegers(node, 0))[0]!, shape.length)) return false;
    return checkParts(node, "numSplits", node.attributes["numSplits"] as number, shape[splitAxis(node)]!);
  },
  infer: (node) => splitSizes(node).map((size) => node.input(1).shape.with(splitAxis(node), size)),
  transfers: (node) => cut(node, 1, splitAxis(node), splitSizes(node)),
});

const splitVAxis = (node: Node): number =>
  positiveAxis(certain(constantIntegers(node, 2))[0]!, node.input(0).shape.length);

function splitVSizes(node: Node): readonly number[] {
  const sizes = certain(constantIntegers(node, 1));
  const total = node.input(0).shape[splitVAxis(node)]!;
  const rest = sizes.reduce((sum, size) => sum - Math.max(size, 0), total);
  return sizes.map((size) => (size === -1 ? rest : size));
}

function checkSplitV(node: CheckedNode): boolean {
  if (!hasArity(node, 3, 3, "any") || !integersAreConstant(node, 2, "axis", 1)) return false;
  const { shape } = node.input(0);
  if (!axisExists(node, certain(constantIntegers(node, 2))[0]!, shape.length)) return false;
  if (!integersAreConstant(node, 1, "sizes", node.operator.outputs.length)) return false;
  const unknown = certain(constantIntegers(node, 1)).filter((size) => size === -1).length;
  const sizes = splitVSizes(node);
  const total = shape[splitVAxis(node)]!;
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (unknown <= 1 && sizes.every((size) => size >= 1) && sum === total) return true;
  const wanted = `positive, ${total} together`;
  node.problem(error("attribute", { kind: "split_v", attribute: "sizes", found: sizes.join(", "), wanted }));
  return false;
}

export const splitV = movementOperator({
  kind: "split_v",
  tflite: [
    {
      builtin: 102,
      name: "SPLIT_V",
      options: { tag: 79, fields: { numSplits: { slot: 0, type: "int32", default: 0 } } },
    },
  ],
  check: checkSplitV,
  infer: (node) => splitVSizes(node).map((size) => node.input(0).shape.with(splitVAxis(node), size)),
  transfers: (node) => cut(node, 0, splitVAxis(node), splitVSizes(node)),
});

const unpackAxis = (node: Node): number => positiveAxis(node.attributes["axis"] as number, node.input(0).shape.length);

const withoutAxis = (shape: Shape, axis: number): Shape => shape.filter((_, i) => i !== axis);

export const unpack = movementOperator({
  kind: "unpack",
  tflite: [
    {
      builtin: 88,
      name: "UNPACK",
      options: {
        tag: 64,
        fields: { num: { slot: 0, type: "int32", default: 0 }, axis: { slot: 1, type: "int32", default: 0 } },
      },
    },
  ],
  check(node) {
    if (!hasArity(node, 1, 1, "any")) return false;
    const { shape } = node.input(0);
    if (!axisExists(node, node.attributes["axis"] as number, shape.length)) return false;
    const size = shape[unpackAxis(node)]!;
    if (size === node.operator.outputs.length) return checkParts(node, "num", node.attributes["num"] as number, size);
    return checkParts(node, "dimension of the axis", size, size);
  },
  infer: (node) => node.operator.outputs.map(() => withoutAxis(node.input(0).shape, unpackAxis(node))),
  transfers(node) {
    const ones = new Array<number>(node.operator.outputs.length).fill(1);
    return cut(node, 0, unpackAxis(node), ones);
  },
});
