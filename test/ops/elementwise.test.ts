// Binary element-wise operators, select and their broadcasting: random shapes and quantisation, every form of the kernels
// against the reference bit for bit; the reference against values that TensorFlow Lite Micro computed; and what is refused.

import { describe, expect, it } from "vitest";
import { broadcastShape, broadcastWalk } from "../../host/graph/broadcast.ts";
import type { DType } from "../../host/graph/graph.ts";
import { Random } from "../plan/int8-graph.ts";
import { activations, expectSameOnForms } from "./mac-cases.ts";
import { bytesOf, type Case, expectSameOnEngines, type Operand, perTensor, problemsOf } from "./many-operators.ts";

/** Two shapes that broadcast to each other, up to four dimensions, each with some ones and missing leading dimensions. */
function shapes(random: Random): readonly [number[], number[]] {
  const full = Array.from({ length: random.between(1, 4) }, () => random.between(1, 6));
  if (random.chance(25)) full[full.length - 1] = 12;
  const part = (): number[] => full.map((n) => (random.chance(30) ? 1 : n)).slice(random.between(0, full.length - 1));
  if (random.chance(40)) return [full, full];
  return random.chance(50) ? [full, part()] : [part(), part()];
}

function quantizationOf(dtype: DType, random: Random) {
  if (dtype === "int8") return perTensor(random.between(1, 2000) / 4000, random.between(-128, 127));
  return dtype === "int16" ? perTensor(random.between(1, 2000) / 1_000_000, 0) : undefined;
}

function binary(kind: string, dtype: DType, random: Random): Case {
  const [a, b] = shapes(random);
  const first: Operand = { dtype, shape: a, quantization: quantizationOf(dtype, random) };
  const shared = kind === "maximum" || kind === "minimum";
  const second: Operand = {
    dtype: kind === "prelu" && dtype === "int16" ? "int8" : dtype,
    shape: b,
    quantization: shared ? first.quantization : quantizationOf(kind === "prelu" ? "int8" : dtype, random),
  };
  const plain = dtype === "float32" || dtype === "int32";
  const quantization = shared ? first.quantization : quantizationOf(dtype, random);
  const fused = ["add", "sub", "mul"].includes(kind) ? activations[random.between(0, 3)] : undefined;
  const attributes = fused ? { activation: fused } : {};
  const output = comparisons.includes(kind)
    ? { dtype: "bool" as const }
    : { dtype, ...(plain ? {} : { quantization }) };
  return {
    kind,
    attributes,
    inputs: [first, { ...second, ...(plain && { quantization: undefined }) }],
    outputs: [output],
  };
}

const comparisons = ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"];
const arithmetic = ["add", "sub", "mul", "maximum", "minimum", "squared_difference"];

describe("every form against the reference", () => {
  it.each(["int8", "int16", "int32", "float32"] as const)("arithmetic and comparisons of %s", async (dtype) => {
    const random = new Random(dtype.length * 31 + dtype.charCodeAt(0));
    const kinds = [...arithmetic, ...comparisons, ...(dtype === "int32" ? [] : ["prelu"])];
    const cases = kinds.flatMap((kind) => Array.from({ length: 3 }, () => binary(kind, dtype, random)));
    await expectSameOnForms(cases, random);
  });

  it("logical operators and select", async () => {
    const random = new Random(5);
    const cases = ["logical_and", "logical_or", "equal", "not_equal"].map((kind) => {
      const [a, b] = shapes(random);
      const inputs = [a, b].map((shape): Operand => ({ dtype: "bool", shape }));
      return { kind, inputs, outputs: [{ dtype: "bool" as const }] };
    });
    const selects = (["int8", "int16", "int32", "float32", "bool"] as const).flatMap((dtype) =>
      ["select", "select_v2"].map((kind): Case => {
        const [a, b] = shapes(random);
        const condition: Operand = { dtype: "bool", shape: random.chance(50) ? a : b };
        return { kind, inputs: [condition, { dtype, shape: a }, { dtype, shape: b }], like: 1 };
      }),
    );
    const rows: Case = {
      kind: "select",
      inputs: [
        { dtype: "bool", shape: [3] },
        { dtype: "int8", shape: [3, 2, 2] },
        { dtype: "int8", shape: [3, 2, 2] },
      ],
      like: 1,
    };
    await expectSameOnEngines([...cases, ...selects, rows], 6);
  });
});

describe("the reference against TensorFlow Lite Micro", () => {
  type Scaled = readonly [scale: number, zeroPoint: number];
  // From the corpus's hb_add_006, hb_sub_000 and hb_mul_000: [2, 3] each, activation as named.
  const goldens: readonly (readonly [string, string, Scaled, Scaled, Scaled, number[], number[], number[]])[] = [
    [
      "add",
      "relu_n1_to_1",
      [0.0869220569729805, -88],
      [0.0037400100845843554, -60],
      [0.46929147839546204, -128],
      [42, -63, -13, 43, -44, 89],
      [100, 7, 18, -42, 118, 108],
      [-126, -126, -126, -126, -126, -126],
    ],
    [
      "sub",
      "none",
      [0.14126145839691162, -128],
      [0.001034917775541544, 127],
      [0.03779115900397301, -48],
      [7, 33, 14, 22, 86, -26],
      [-94, 115, 50, 86, -74, -115],
      [127, 127, 127, 127, 127, 127],
    ],
    [
      "mul",
      "relu",
      [0.2879525423049927, -128],
      [0.042101990431547165, 127],
      [0.23574671149253845, 53],
      [58, 96, -13, -112, -86, 49],
      [14, 52, 117, 38, -16, -38],
      [53, 53, 53, 53, 53, 53],
    ],
  ];

  it.each(goldens)("%s with %s", async (kind, activation, a, b, out, x, y, wanted) => {
    const one: Case = {
      kind,
      attributes: { activation },
      inputs: [a, b].map((q): Operand => ({ dtype: "int8", shape: [2, 3], quantization: perTensor(...q) })),
      outputs: [{ dtype: "int8", quantization: perTensor(...out) }],
    };
    const [bytes] = await expectSameOnEngines([one], 1, [bytesOf("int8", [6], x), bytesOf("int8", [6], y)]);
    expect([...new Int8Array(bytes!)]).toEqual(wanted);
  });
});

describe("broadcasting", () => {
  it("merges loops that every operand walks as one", () => {
    expect(
      broadcastWalk(
        [2, 3, 4],
        [
          [2, 3, 4],
          [2, 3, 4],
        ],
      ),
    ).toEqual({ counts: [24], strides: [[1], [1]] });
    expect(broadcastWalk([2, 3, 4], [[2, 3, 4], [4]])).toEqual({
      counts: [6, 4],
      strides: [
        [4, 1],
        [0, 1],
      ],
    });
    expect(broadcastWalk([2, 3, 4], [[2, 3, 4], []])).toEqual({ counts: [24], strides: [[1], [0]] });
    expect(broadcastWalk([], [[], [1, 1]], 2)).toEqual({
      counts: [1, 1],
      strides: [
        [0, 0],
        [0, 0],
      ],
    });
  });

  it("refuses shapes that do not fit", () => {
    expect(broadcastShape([[2, 3], [3]])).toEqual([2, 3]);
    expect(broadcastShape([[2, 3], [2]])).toBeUndefined();
  });
});

describe("refused", () => {
  const q = perTensor(0.1, 0);
  const int8 = (shape: number[]): Operand => ({ dtype: "int8", shape, quantization: q });
  const problem = (one: Case): string | undefined => problemsOf(one, [[2, 3]])?.message;

  it.each([
    ["shapes", { kind: "add", inputs: [int8([2, 3]), int8([2])] }, /shape of the inputs is \[2, 3\] and \[2\]/],
    [
      "types",
      { kind: "add", inputs: [int8([2, 3]), { dtype: "int16", shape: [3], quantization: q }] },
      /input 1 is int16/,
    ],
    [
      "activation",
      { kind: "mul", attributes: { activation: "tanh" }, inputs: [int8([3]), int8([3])] },
      /activation is tanh/,
    ],
    [
      "scales",
      { kind: "maximum", inputs: [int8([3]), { ...int8([3]), quantization: perTensor(0.2, 0) }] },
      /quantisation/,
    ],
    ["one operand", { kind: "sub", inputs: [int8([3])] }, /1 inputs, needs 2/],
    ["condition", { kind: "select_v2", inputs: [int8([3]), int8([3]), int8([3])] }, /input 0 of type int8/],
    [
      "too many runs",
      { kind: "add", inputs: [int8([2, 1, 2, 1, 2, 1]), int8([1, 2, 1, 2, 1, 2])] },
      /repeated in at most 4 runs/,
    ],
  ] as const)("%s", (_, one, words) => {
    expect(problem(one as unknown as Case)).toMatch(words);
  });
});
