// Random cases of the operators that move elements: shapes, types and operands that a model could have, from a seed.

import { elementCount } from "../../host/graph/dtype.ts";
import type { DType, Shape } from "../../host/graph/graph.ts";
import type { Random } from "../plan/int8-graph.ts";
import { type Case, graphOf, int32, type Operand, perTensor, problemsOf } from "./many-operators.ts";

const types: readonly DType[] = ["int8", "uint8", "int16", "int32", "int64", "float32", "bool"];

function shapeOf(random: Random, rank = random.between(1, 5)): number[] {
  return Array.from({ length: rank }, () => random.between(1, random.chance(30) ? 9 : 4));
}

function operand(random: Random, shape: Shape, dtype = types[random.between(0, types.length - 1)]!): Operand {
  const quantized = dtype === "int8" || dtype === "uint8";
  return { dtype, shape, quantization: quantized ? perTensor(0.1, dtype === "int8" ? -7 : 13) : undefined };
}

const each = (shape: Shape, value: (size: number, i: number) => number): number[] => shape.map(value);

export const movementMakers: Readonly<Record<string, (random: Random) => Case>> = {
  transpose(random) {
    const shape = shapeOf(random, random.between(1, 6));
    const perm = shape.map((_, i) => i).sort(() => random.between(-1, 1));
    return { kind: "transpose", inputs: [operand(random, shape), int32(perm)] };
  },
  slice(random) {
    const shape = shapeOf(random);
    const begin = each(shape, (size) => random.between(0, size - 1));
    const size = each(shape, (n, i) => (random.chance(30) ? -1 : random.between(1, n - begin[i]!)));
    return { kind: "slice", inputs: [operand(random, shape), int32(begin), int32(size)] };
  },
  strided_slice(random) {
    const shape = shapeOf(random);
    const entries = shape.slice(0, random.between(1, shape.length));
    const stride = each(entries, () => [1, 1, 2, 3, -1, -2][random.between(0, 5)]!);
    const begin = each(entries, (size, i) => (stride[i]! > 0 ? 0 : size - 1) - (random.chance(50) ? size : 0));
    const end = each(entries, (size, i) => (stride[i]! > 0 ? size : -size - 1));
    const attributes = {
      beginMask: random.between(0, 31),
      endMask: random.between(0, 31),
      shrinkAxisMask: random.chance(50) ? 1 << random.between(0, entries.length - 1) : 0,
    };
    const [value, ...rest] = [operand(random, shape), int32(begin), int32(end), int32(stride)];
    return { kind: "strided_slice", attributes, inputs: [value!, ...rest] };
  },
  split(random) {
    const shape = shapeOf(random);
    const axis = random.between(0, shape.length - 1);
    const parts = random.between(1, 3);
    const value = operand(random, shape.with(axis, parts * shape[axis]!));
    const outputs = Array.from({ length: parts }, () => value);
    return { kind: "split", attributes: { numSplits: parts }, inputs: [int32([axis], []), value], outputs };
  },
  split_v(random) {
    const shape = shapeOf(random);
    const axis = random.between(0, shape.length - 1);
    const sizes = Array.from({ length: random.between(1, 4) }, () => random.between(1, 3));
    const value = operand(
      random,
      shape.with(
        axis,
        sizes.reduce((a, b) => a + b),
      ),
    );
    const given = random.chance(40) ? sizes.with(0, -1) : sizes;
    const outputs = sizes.map(() => value);
    return {
      kind: "split_v",
      attributes: { numSplits: sizes.length },
      inputs: [value, int32(given), int32([axis - shape.length], [])],
      outputs,
    };
  },
  unpack(random) {
    const shape = shapeOf(random);
    const axis = random.between(0, shape.length - 1);
    const value = operand(random, shape);
    const outputs = Array.from({ length: shape[axis]! }, () => value);
    return { kind: "unpack", attributes: { num: shape[axis]!, axis }, inputs: [value], outputs };
  },
  pack(random) {
    const shape = shapeOf(random, random.between(1, 4));
    const axis = random.between(-shape.length - 1, shape.length);
    const value = operand(random, shape);
    const inputs = Array.from({ length: random.between(1, 4) }, () => value);
    return { kind: "pack", attributes: { valuesCount: inputs.length, axis }, inputs };
  },
  concatenation(random) {
    const shape = shapeOf(random);
    const axis = random.between(0, shape.length - 1);
    const value = operand(random, shape);
    const inputs = Array.from({ length: random.between(1, 4) }, () => ({
      ...value,
      shape: shape.with(axis, random.between(1, 5)),
    }));
    return { kind: "concatenation", attributes: { axis: axis - shape.length }, inputs };
  },
  pad(random) {
    const shape = shapeOf(random);
    const pads = shape.flatMap(() => [random.between(0, 2), random.between(0, 2)]);
    return { kind: "pad", inputs: [operand(random, shape), int32(pads, [shape.length, 2])] };
  },
  padv2(random) {
    const shape = shapeOf(random);
    const pads = shape.flatMap(() => [random.between(0, 2), random.between(0, 2)]);
    const value = operand(random, shape);
    const filler = { ...value, shape: [], values: random.chance(60) ? [random.between(0, 1)] : undefined };
    return { kind: "padv2", inputs: [value, int32(pads, [shape.length, 2]), filler] };
  },
  mirror_pad(random) {
    const shape = shapeOf(random);
    const mode = random.chance(50) ? "reflect" : "symmetric";
    const limit = (size: number) => Math.min(3, mode === "reflect" ? size - 1 : size);
    const pads = shape.flatMap((size) => [random.between(0, limit(size)), random.between(0, limit(size))]);
    return {
      kind: "mirror_pad",
      attributes: { mode },
      inputs: [operand(random, shape), int32(pads, [shape.length, 2])],
    };
  },
  tile(random) {
    const shape = shapeOf(random);
    return { kind: "tile", inputs: [operand(random, shape), int32(shape.map(() => random.between(1, 3)))] };
  },
  broadcast_to(random) {
    const shape = shapeOf(random, random.between(1, 4));
    const wanted = [...shapeOf(random, random.between(0, 2)), ...shape];
    const from = shape.map((size) => (random.chance(50) ? 1 : size));
    return { kind: "broadcast_to", inputs: [operand(random, from), int32(wanted)] };
  },
  reverse_v2(random) {
    const shape = shapeOf(random);
    const axes = shape.map((_, i) => i).filter((i) => i === 0 || random.chance(50));
    return { kind: "reverse_v2", inputs: [operand(random, shape), int32(axes)] };
  },
  gather(random) {
    const shape = shapeOf(random, random.between(2, 4));
    const batchDims = random.between(0, 1);
    const axis = random.between(batchDims, shape.length - 1);
    const indexShape = [...shape.slice(0, batchDims), ...shapeOf(random, random.between(1, 2))];
    const values = Array.from({ length: elementCount(indexShape) }, () => random.between(0, shape[axis]! - 1));
    // computed indices are random words: most lie outside, and are taken as the nearest inside
    const dtype = random.chance(50) ? "int32" : "int64";
    const indices: Operand = { dtype, shape: indexShape, values: random.chance(60) ? values : undefined };
    return { kind: "gather", attributes: { axis, batchDims }, inputs: [operand(random, shape), indices] };
  },
  gather_nd(random) {
    const shape = shapeOf(random, random.between(1, 4));
    const depth = random.between(1, shape.length);
    const count = random.between(1, 5);
    const values = Array.from({ length: count * depth }, (_, i) => random.between(0, shape[i % depth]! - 1));
    const dtype = random.chance(50) ? "int32" : "int64";
    const indices: Operand = { dtype, shape: [count, depth], values: random.chance(60) ? values : undefined };
    return { kind: "gather_nd", inputs: [operand(random, shape), indices] };
  },
  space_to_depth(random) {
    const [b, y, x, c, block] = [...shapeOf(random, 4), random.between(1, 3)] as [
      number,
      number,
      number,
      number,
      number,
    ];
    const value = operand(random, [b, y * block, x * block, c]);
    return { kind: "space_to_depth", attributes: { blockSize: block }, inputs: [value] };
  },
  depth_to_space(random) {
    const [b, y, x, c, block] = [...shapeOf(random, 4), random.between(1, 3)] as [
      number,
      number,
      number,
      number,
      number,
    ];
    const value = operand(random, [b, y, x, c * block * block]);
    return { kind: "depth_to_space", attributes: { blockSize: block }, inputs: [value] };
  },
  space_to_batch_nd(random) {
    const spatial = random.between(1, 2);
    const blocks = Array.from({ length: spatial }, () => random.between(1, 3));
    const pads = blocks.map(() => random.between(0, 2));
    const sizes = blocks.map((block, i) => block * random.between(2, 3) - (pads[i]! % 3));
    const after = blocks.map((block, i) => (block * 9 - sizes[i]! - pads[i]!) % block);
    const value = operand(random, [random.between(1, 2), ...sizes, random.between(1, 4)]);
    const edges = int32(
      pads.flatMap((before, i) => [before, after[i]!]),
      [spatial, 2],
    );
    return { kind: "space_to_batch_nd", inputs: [value, int32(blocks), edges] };
  },
  batch_to_space_nd(random) {
    const blocks = [random.between(1, 3), random.between(1, 2)];
    const value = operand(random, [blocks[0]! * blocks[1]! * random.between(1, 2), 3, 4, random.between(1, 4)]);
    const crops = int32([random.between(0, 1), random.between(0, 1), 0, random.between(0, 2)], [2, 2]);
    return { kind: "batch_to_space_nd", inputs: [value, int32(blocks), crops] };
  },
  resize_nearest_neighbor(random) {
    const value = operand(random, shapeOf(random, 4));
    const mode = random.between(0, 2);
    const attributes = { alignCorners: mode === 1, halfPixelCenters: mode === 2 };
    const size = int32([random.between(1, 9), random.between(1, 9)]);
    return { kind: "resize_nearest_neighbor", attributes, inputs: [value, size] };
  },
  resize_bilinear(random) {
    const value = operand(random, shapeOf(random, 4), (["int8", "int16", "float32"] as const)[random.between(0, 2)]!);
    const mode = random.between(0, 2);
    const attributes = { alignCorners: mode === 1, halfPixelCenters: mode === 2 };
    const size = int32([random.between(1, 9), random.between(1, 9)]);
    return { kind: "resize_bilinear", attributes, inputs: [value, size] };
  },
  fill(random) {
    return { kind: "fill", like: 1, inputs: [int32(shapeOf(random)), operand(random, [])] };
  },
};

/** A random slice may be empty or outside, which check() refuses. */
export function isLegal(one: Case): boolean {
  try {
    const { tensors, outputs } = graphOf([one]);
    const shapes = outputs.map((output) => tensors[output]!.shape);
    return problemsOf(one, shapes) === undefined;
  } catch {
    return false;
  }
}
