// Operators that move elements: random shapes and operands, engines against the reference; and small cases worked out by
// hand, against which the reference itself stands.

import { describe, expect, it } from "vitest";
import { elementCount } from "../../host/graph/dtype.ts";
import type { DType, Shape } from "../../host/graph/graph.ts";
import { moveValues } from "../../host/graph/movement.ts";
import { Random } from "../plan/int8-graph.ts";
import {
  bytesOf,
  type Case,
  expectSameOnEngines,
  graphOf,
  int32,
  type Operand,
  perTensor,
  problemsOf,
} from "./many-operators.ts";

const types: readonly DType[] = ["int8", "uint8", "int16", "int32", "int64", "float32", "bool"];

function shapeOf(random: Random, rank = random.between(1, 5)): number[] {
  return Array.from({ length: rank }, () => random.between(1, random.chance(30) ? 9 : 4));
}

function operand(random: Random, shape: Shape, dtype = types[random.between(0, types.length - 1)]!): Operand {
  const quantized = dtype === "int8" || dtype === "uint8";
  return { dtype, shape, quantization: quantized ? perTensor(0.1, dtype === "int8" ? -7 : 13) : undefined };
}

const each = (shape: Shape, value: (size: number, i: number) => number): number[] => shape.map(value);

const makers: Readonly<Record<string, (random: Random) => Case>> = {
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
    return { kind: "split_v", inputs: [value, int32(given), int32([axis - shape.length], [])], outputs };
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

describe("engines against the reference", () => {
  it.each(Object.keys(makers))("%s", async (kind) => {
    const random = new Random(kind.length * 7919 + kind.charCodeAt(0));
    const cases = Array.from({ length: 10 }, () => makers[kind]!(random)).filter((one) => !problemsOfShape(one));
    expect(cases.length).toBeGreaterThan(6);
    await expectSameOnEngines(cases, 5);
  });
});

/** A random slice may be empty or outside, which check() refuses. */
function problemsOfShape(one: Case): boolean {
  try {
    const { tensors, outputs } = graphOf([one]);
    return (
      problemsOf(
        one,
        outputs.map((output) => tensors[output]!.shape),
      ) !== undefined
    );
  } catch {
    return true;
  }
}

interface Golden {
  readonly name: string;
  readonly one: Case;
  readonly input: readonly number[];
  readonly outputs: readonly (readonly number[])[];
}

const q = perTensor(1, 0);
const s8 = (shape: Shape, quantization = q): Operand => ({ dtype: "int8", shape, quantization });

const goldens: readonly Golden[] = [
  {
    name: "transpose [2, 3]",
    one: { kind: "transpose", inputs: [s8([2, 3]), int32([1, 0])] },
    input: [1, 2, 3, 4, 5, 6],
    outputs: [[1, 4, 2, 5, 3, 6]],
  },
  {
    name: "reflect leaves the edge out, symmetric repeats it",
    one: { kind: "mirror_pad", attributes: { mode: "reflect" }, inputs: [s8([3]), int32([2, 1], [1, 2])] },
    input: [1, 2, 3],
    outputs: [[3, 2, 1, 2, 3, 2]],
  },
  {
    name: "symmetric",
    one: { kind: "mirror_pad", attributes: { mode: "symmetric" }, inputs: [s8([3]), int32([2, 1], [1, 2])] },
    input: [1, 2, 3],
    outputs: [[2, 1, 1, 2, 3, 3]],
  },
  {
    name: "strided slice x[..., ::-2] with an ellipsis",
    one: {
      kind: "strided_slice",
      attributes: { ellipsisMask: 1, beginMask: 2, endMask: 2 },
      inputs: [s8([2, 4]), int32([0, 0]), int32([0, 0]), int32([1, -2])],
    },
    input: [1, 2, 3, 4, 5, 6, 7, 8],
    outputs: [[4, 2, 8, 6]],
  },
  {
    name: "strided slice x[1, newaxis]",
    one: {
      kind: "strided_slice",
      attributes: { shrinkAxisMask: 1, newAxisMask: 2 },
      inputs: [s8([2, 3]), int32([-1, 0]), int32([0, 0]), int32([1, 1])],
    },
    input: [1, 2, 3, 4, 5, 6],
    outputs: [[4, 5, 6]],
  },
  {
    name: "pad with the zero point",
    one: { kind: "pad", inputs: [s8([1, 2], perTensor(1, -5)), int32([0, 1, 1, 0], [2, 2])] },
    input: [1, 2],
    outputs: [[-5, 1, 2, -5, -5, -5]],
  },
  {
    name: "space to depth keeps a pixel's channels together",
    one: { kind: "space_to_depth", attributes: { blockSize: 2 }, inputs: [s8([1, 2, 2, 2])] },
    input: [1, 2, 3, 4, 5, 6, 7, 8],
    outputs: [[1, 2, 3, 4, 5, 6, 7, 8]],
  },
  {
    name: "depth to space",
    one: { kind: "depth_to_space", attributes: { blockSize: 2 }, inputs: [s8([1, 1, 2, 4])] },
    input: [1, 2, 3, 4, 5, 6, 7, 8],
    outputs: [[1, 2, 5, 6, 3, 4, 7, 8]],
  },
  {
    name: "space to batch pads with the zero point",
    one: {
      kind: "space_to_batch_nd",
      inputs: [s8([1, 3, 1], perTensor(1, 9)), int32([2]), int32([1, 0], [1, 2])],
    },
    input: [1, 2, 3],
    outputs: [[9, 2, 1, 3]],
  },
  {
    name: "split",
    one: {
      kind: "split_v",
      inputs: [s8([2, 3]), int32([1, -1]), int32([1], [])],
      outputs: [
        { dtype: "int8", quantization: q },
        { dtype: "int8", quantization: q },
      ],
    },
    input: [1, 2, 3, 4, 5, 6],
    outputs: [
      [1, 4],
      [2, 3, 5, 6],
    ],
  },
  {
    name: "gather along the last axis",
    one: { kind: "gather", attributes: { axis: -1 }, inputs: [s8([2, 3]), int32([2, 0])] },
    input: [1, 2, 3, 4, 5, 6],
    outputs: [[3, 1, 6, 4]],
  },
  {
    name: "bilinear rounds halves away from zero",
    one: { kind: "resize_bilinear", inputs: [s8([1, 1, 2, 1]), int32([1, 4])] },
    input: [-3, 0],
    outputs: [[-3, -2, 0, 0]],
  },
];

describe("worked out by hand", () => {
  it("on every engine", async () => {
    const inputs = goldens.map(({ one, input }) => bytesOf("int8", one.inputs[0]!.shape, input));
    const outputs = await expectSameOnEngines(
      goldens.map(({ one }) => one),
      1,
      inputs,
    );
    let next = 0;
    for (const { name, outputs: wanted } of goldens)
      for (const values of wanted) expect([...new Int8Array(outputs[next++]!)], name).toEqual(values);
  });

  it("computed indices outside are taken as the nearest inside", async () => {
    const one: Case = { kind: "gather", inputs: [s8([3, 1]), { dtype: "int32", shape: [4] }] };
    const inputs = [bytesOf("int8", [3, 1], [7, 8, 9]), bytesOf("int32", [4], [-1, 1, 99, 0])];
    expect([...new Int8Array((await expectSameOnEngines([one], 1, inputs))[0]!)]).toEqual([7, 8, 9, 7]);
  });

  it("a movement's tables add up on both sides", () => {
    const axes = [
      { count: 2, to: [3, 0], from: 2 },
      { count: 2, to: 1, from: [1, 0] },
    ];
    const to = new Int8Array(5);
    moveValues({ axes, to: 0 }, Int8Array.of(1, 2, 3, 4), to);
    expect([...to]).toEqual([4, 3, 0, 2, 1]);
  });
});

const computed = (shape: Shape): Operand => ({ dtype: "int32", shape });

describe("refused with what is wrong", () => {
  const refused: readonly (readonly [string, Case, string])[] = [
    ["perm at run time", { kind: "transpose", inputs: [s8([2, 3]), computed([2])] }, "computed at run time"],
    [
      "perm twice the same",
      { kind: "transpose", inputs: [s8([2, 3]), int32([1, 1])] },
      "each of the 2 dimensions once",
    ],
    ["slice outside", { kind: "slice", inputs: [s8([4]), int32([3]), int32([2])] }, "within its 4 elements"],
    ["begin at run time", { kind: "slice", inputs: [s8([4]), computed([1]), int32([2])] }, "computed at run time"],
    ["stride 0", { kind: "strided_slice", inputs: [s8([4]), int32([0]), int32([2]), int32([0])] }, "other than 0"],
    ["empty", { kind: "strided_slice", inputs: [s8([4]), int32([2]), int32([2]), int32([1])] }, "an empty range"],
    ["tile by 0", { kind: "tile", inputs: [s8([4]), int32([0])] }, "1 or more"],
    ["negative padding", { kind: "pad", inputs: [s8([4]), int32([-1, 0], [1, 2])] }, "0 or more"],
    ["mirror further than the input", { kind: "mirror_pad", inputs: [s8([4]), int32([4, 0], [1, 2])] }, "from 0 to 3"],
    ["axis", { kind: "concatenation", attributes: { axis: 2 }, inputs: [s8([4]), s8([4])] }, "from -1 to 0"],
    [
      "rescaling concatenation",
      { kind: "concatenation", inputs: [s8([4]), s8([4], perTensor(2, 0))] },
      "as the output",
    ],
    ["index outside", { kind: "gather", inputs: [s8([4]), int32([4])] }, "from 0 to 3"],
    ["address outside", { kind: "gather_nd", inputs: [s8([4]), int32([4], [1, 1])] }, "from 0 to 3"],
    ["block", { kind: "space_to_depth", attributes: { blockSize: 3 }, inputs: [s8([1, 4, 3, 1])] }, "divides"],
    ["broadcast", { kind: "broadcast_to", inputs: [s8([3]), int32([4])] }, "can be repeated"],
    ["reversed twice", { kind: "reverse_v2", inputs: [s8([3]), int32([0, -1])] }, "at most once"],
    [
      "corners and half pixels",
      {
        kind: "resize_bilinear",
        attributes: { alignCorners: true, halfPixelCenters: true },
        inputs: [s8([1, 2, 2, 1]), int32([2, 2])],
      },
      "false when halfPixelCenters",
    ],
  ];
  it.each(refused)("%s", (_, one, words) => {
    const error = problemsOf(one);
    expect(error?.code).toMatch(/^graph\/(attribute|type-mismatch)$/);
    expect(error?.exit).toBe(3);
    expect(error?.message).toContain(words);
  });
});
