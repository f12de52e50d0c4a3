// SPACE_TO_DEPTH and DEPTH_TO_SPACE: blocks of block × block pixels become channels, and back. NHWC; the channels of a
// pixel stay together, the pixels of a block follow each other row by row:
//
//   deep[b, y, x, (by · block + bx) · channels + c] = wide[b, y · block + by, x · block + bx, c]

import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { type Axis, strides } from "../movement.ts";
import type { CheckedNode, Node, TfliteRow } from "../operator.ts";
import { movementOperator } from "./data-movement.ts";
import { hasArity } from "./operands.ts";

const blockOf = (node: Node): number => node.attributes["blockSize"] as number;

function check(node: CheckedNode, fits: (shape: Shape, block: number) => boolean): boolean {
  if (!hasArity(node, 1)) return false;
  const { shape } = node.input(0);
  const block = blockOf(node);
  if (shape.length === 4 && block >= 1 && fits(shape, block)) return true;
  const { kind } = node.operator;
  const found = `${block} on [${shape.join(", ")}]`;
  const wanted = "a block that divides a tensor of 4 dimensions evenly";
  node.problem(error("attribute", { kind, attribute: "blockSize", found, wanted }));
  return false;
}

/** Axes over batch, y, by, x, bx, channel, with the strides of both forms. */
function blocks(wide: Shape, deep: Shape, block: number): readonly { count: number; wide: number; deep: number }[] {
  const w = strides(wide);
  const d = strides(deep);
  const channels = wide[3]!;
  return [
    { count: deep[0]!, wide: w[0]!, deep: d[0]! },
    { count: deep[1]!, wide: block * w[1]!, deep: d[1]! },
    { count: block, wide: w[1]!, deep: block * channels },
    { count: deep[2]!, wide: block * w[2]!, deep: d[2]! },
    { count: block, wide: w[2]!, deep: channels },
    { count: channels, wide: 1, deep: 1 },
  ];
}

const row = (builtin: number, name: string, tag: number): TfliteRow => ({
  builtin,
  name,
  options: { tag, fields: { blockSize: { slot: 0, type: "int32", default: 0 } } },
});

export const spaceToDepth = movementOperator({
  kind: "space_to_depth",
  tflite: [row(26, "SPACE_TO_DEPTH", 19)],
  check: (node) => check(node, (shape, block) => shape[1]! % block === 0 && shape[2]! % block === 0),
  infer(node) {
    const [batch, height, width, channels] = node.input(0).shape as [number, number, number, number];
    const block = blockOf(node);
    return [[batch, height / block, width / block, channels * block * block]];
  },
  transfers(node) {
    const axes = blocks(node.input(0).shape, node.output(0).shape, blockOf(node)).map(
      ({ count, wide, deep }): Axis => ({ count, to: deep, from: wide }),
    );
    return [{ input: 0, output: 0, movement: { axes } }];
  },
});

export const depthToSpace = movementOperator({
  kind: "depth_to_space",
  tflite: [row(5, "DEPTH_TO_SPACE", 94)],
  check: (node) => check(node, (shape, block) => shape[3]! % (block * block) === 0),
  infer(node) {
    const [batch, height, width, channels] = node.input(0).shape as [number, number, number, number];
    const block = blockOf(node);
    return [[batch, height * block, width * block, channels / (block * block)]];
  },
  transfers(node) {
    const axes = blocks(node.output(0).shape, node.input(0).shape, blockOf(node)).map(
      ({ count, wide, deep }): Axis => ({ count, to: wide, from: deep }),
    );
    return [{ input: 0, output: 0, movement: { axes } }];
  },
});
