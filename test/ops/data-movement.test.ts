// Operators that move elements: random shapes and operands, engines against the reference; and small cases worked out by
// hand, against which the reference itself stands.

import { describe, expect, it } from "vitest";
import type { Shape } from "../../host/graph/graph.ts";
import { moveValues } from "../../host/graph/movement.ts";
import { Random } from "../plan/int8-graph.ts";
import {
  bytesOf,
  type Case,
  expectSameOnEngines,
  int32,
  type Operand,
  perTensor,
  problemsOf,
} from "./many-operators.ts";
import { isLegal, movementMakers } from "./movement-cases.ts";

describe("engines against the reference", () => {
  it.each(Object.keys(movementMakers))("%s", async (kind) => {
    const random = new Random(kind.length * 7919 + kind.charCodeAt(0));
    const cases = Array.from({ length: 10 }, () => movementMakers[kind]!(random)).filter(isLegal);
    expect(cases.length).toBeGreaterThan(6);
    await expectSameOnEngines(cases, 5);
  });
});

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
