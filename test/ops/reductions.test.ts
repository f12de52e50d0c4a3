// Pools, reductions, arg_max and arg_min, and the operators over rows (softmax, log_softmax, l2_normalization, topk_v2):
// random shapes, every form of the kernels against the reference bit for bit; small values worked out by hand; refusals.

import { describe, expect, it } from "vitest";
import type { DType } from "../../host/graph/graph.ts";
import { Random } from "../plan/int8-graph.ts";
import { activations, expectSameOnForms } from "./mac-cases.ts";
import {
  bytesOf,
  type Case,
  expectSameOnEngines,
  int32,
  type Operand,
  perTensor,
  problemsOf,
} from "./many-operators.ts";

function quantizationOf(dtype: DType, random: Random) {
  if (dtype === "int8") return perTensor(random.between(20, 900) / 10_000, random.between(-128, 127));
  return dtype === "int16" ? perTensor(random.between(20, 900) / 3_000_000, 0) : undefined;
}

function pool(kind: string, dtype: DType, random: Random): Case {
  const channels = random.chance(50) ? 4 * random.between(1, 3) : random.between(1, 7);
  const [h, w] = [random.between(1, 9), random.between(1, 9)];
  const global = random.chance(30);
  const attributes = {
    padding: global || random.chance(50) ? "valid" : "same",
    filterH: global ? h : random.between(1, h),
    filterW: global ? w : random.between(1, w),
    strideH: random.between(1, 3),
    strideW: random.between(1, 3),
    activation: activations[random.between(0, 3)],
  };
  const shape = [random.between(1, 2), h, w, channels];
  return { kind, attributes, inputs: [{ dtype, shape, quantization: quantizationOf(dtype, random) }] };
}

function reduction(kind: string, dtype: DType, random: Random): Case {
  const rank = random.between(1, 5);
  const shape = Array.from({ length: rank }, () => random.between(1, 5));
  const axes = shape.map((_, i) => (random.chance(50) ? i : i - rank)).filter(() => random.chance(50));
  const input: Operand = { dtype, shape, quantization: quantizationOf(dtype, random) };
  const rescales = kind === "mean" || kind === "sum" || kind === "reduce_prod";
  const quantization = rescales ? quantizationOf(dtype, random) : input.quantization;
  const attributes = { keepDims: random.chance(50) };
  return { kind, attributes, inputs: [input, int32(axes)], outputs: [{ dtype, quantization }] };
}

const some = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe("every form against the reference", () => {
  it.each(["int8", "int16", "float32"] as const)("pools of %s", async (dtype) => {
    const random = new Random(dtype.length + 3);
    const cases = ["average_pool_2d", "max_pool_2d"].flatMap((kind) => some(5, () => pool(kind, dtype, random)));
    await expectSameOnForms(cases, random);
  });

  it.each(["int8", "int16", "int32", "float32"] as const)("reductions of %s", async (dtype) => {
    const random = new Random(dtype.length + 4);
    const kinds = ["mean", "sum", "reduce_max", "reduce_min", "reduce_prod"];
    const cases = kinds.flatMap((kind) => some(3, () => reduction(kind, dtype, random)));
    const args = ["arg_max", "arg_min"].flatMap((kind) =>
      (
        [
          ["int32", -1],
          ["int64", 0],
          ["int32", 1],
        ] as const
      ).map(([to, axis]): Case => {
        const input: Operand = { dtype, shape: [3, 4, 5], quantization: quantizationOf(dtype, random) };
        return { kind, inputs: [input, int32([axis])], outputs: [{ dtype: to }] };
      }),
    );
    await expectSameOnForms([...cases, ...args], random);
  });

  it("a mean over more elements than halfwords can sum", async () => {
    const random = new Random(9);
    const global = { padding: "valid", filterH: 17, filterW: 16, strideH: 1, strideW: 1 };
    const wide: Operand = { dtype: "int8", shape: [1, 17, 16, 4], quantization: perTensor(0.1, -128) };
    const pool: Case = { kind: "average_pool_2d", attributes: global, inputs: [wide] };
    const mean: Case = { kind: "mean", inputs: [wide, int32([1, 2])] };
    await expectSameOnForms([pool, mean], random);
  });

  it("softmax, log_softmax, l2_normalization and topk_v2", async () => {
    const random = new Random(10);
    const rows = (dtype: DType): Operand => {
      const shape = [random.between(1, 4), random.between(1, 40)];
      return {
        dtype,
        shape,
        quantization: dtype === "float32" ? undefined : perTensor(random.between(1, 4000) / 8000, 0),
      };
    };
    const to = (dtype: DType, scale: number, zeroPoint: number) => [
      { dtype, quantization: perTensor(scale, zeroPoint) },
    ];
    const softmaxes = some(2, (): Case[] => [
      { kind: "softmax", attributes: { beta: 1 }, inputs: [rows("int8")], outputs: to("int8", 2 ** -8, -128) },
      { kind: "softmax", attributes: { beta: 0.5 }, inputs: [rows("int8")], outputs: to("int16", 2 ** -16, -32768) },
      { kind: "softmax", attributes: { beta: 1 }, inputs: [rows("float32")] },
      { kind: "log_softmax", inputs: [rows("int8")], outputs: to("int8", 1 / 16, 127) },
      { kind: "log_softmax", inputs: [rows("float32")] },
      { kind: "l2_normalization", inputs: [rows("int8")], outputs: to("int8", 1 / 128, 0) },
      { kind: "l2_normalization", inputs: [rows("float32")] },
    ]).flat();
    const int16: Operand = { dtype: "int16", shape: [3, 11], quantization: perTensor(1 / 4096, 0) };
    const wide: Case = { kind: "softmax", attributes: { beta: 1 }, inputs: [int16], outputs: to("int16", 2 ** -15, 0) };
    const tops = (["int8", "int16", "int32", "float32"] as const).map((dtype): Case => {
      const input: Operand = { dtype, shape: [3, 9], quantization: quantizationOf(dtype, random) };
      return { kind: "topk_v2", inputs: [input, int32([4], [])], outputs: [{ ...input }, { dtype: "int32" }] };
    });
    await expectSameOnForms([...softmaxes, wide], random);
    await expectSameOnEngines(tops, 8);
  });
});

describe("values by hand", () => {
  const q = perTensor(1, 0);
  const int8 = (shape: number[]): Operand => ({ dtype: "int8", shape, quantization: q });

  it("averages round halves away from zero and divide by what was read", async () => {
    const attributes = { padding: "same", filterH: 2, filterW: 2, strideH: 2, strideW: 2 };
    const one: Case = { kind: "average_pool_2d", attributes, inputs: [int8([1, 1, 3, 1])] };
    const [bytes] = await expectSameOnEngines([one], 1, [bytesOf("int8", [3], [-4, -3, 7])]);
    expect([...new Int8Array(bytes!)]).toEqual([-4, 7]); // −3.5 → −4; one element alone
  });

  it("equal values keep their order in topk_v2 and the first wins in arg_max", async () => {
    const top: Case = {
      kind: "topk_v2",
      inputs: [int8([5]), int32([3], [])],
      outputs: [{ dtype: "int8", quantization: q }, { dtype: "int32" }],
    };
    const arg: Case = { kind: "arg_max", inputs: [int8([5]), int32([0])], outputs: [{ dtype: "int32" }] };
    const values = bytesOf("int8", [5], [3, 9, -7, 9, 3]);
    const [best, indices, index] = await expectSameOnEngines([top, arg], 1, [values, values]);
    expect([...new Int8Array(best!)]).toEqual([9, 9, 3]);
    expect([...new Int32Array(indices!.slice().buffer)]).toEqual([1, 3, 0]);
    expect([...new Int32Array(index!.slice().buffer)]).toEqual([1]);
  });

  it("softmax of equal values", async () => {
    const one: Case = {
      kind: "softmax",
      attributes: { beta: 1 },
      inputs: [{ dtype: "int8", shape: [1, 4], quantization: perTensor(0.1, 0) }],
      outputs: [{ dtype: "int8", quantization: perTensor(2 ** -8, -128) }],
    };
    const [bytes] = await expectSameOnEngines([one], 1, [bytesOf("int8", [4], [5, 5, 5, 5])]);
    expect([...new Int8Array(bytes!)]).toEqual([-64, -64, -64, -64]);
  });
});

describe("refused", () => {
  const int8 = (shape: number[]): Operand => ({ dtype: "int8", shape, quantization: perTensor(0.1, 0) });
  const pool = { padding: "valid", filterH: 3, filterW: 3, strideH: 1, strideW: 1 };
  const other = [{ dtype: "int8" as const, quantization: perTensor(0.2, 0) }];

  it.each([
    [
      "a pool of rank 3",
      { kind: "max_pool_2d", attributes: pool, inputs: [int8([4, 4, 4])] },
      /rank of the input is 3/,
    ],
    ["a filter too large", { kind: "max_pool_2d", attributes: pool, inputs: [int8([1, 2, 2, 1])] }, /filter is 3 × 3/],
    [
      "stride 0",
      { kind: "max_pool_2d", attributes: { ...pool, strideH: 0 }, inputs: [int8([1, 4, 4, 1])] },
      /strideH is 0/,
    ],
    [
      "a pool that rescales",
      { kind: "average_pool_2d", attributes: pool, inputs: [int8([1, 4, 4, 1])], outputs: other },
      /quantisation/,
    ],
    ["an axis too far", { kind: "mean", inputs: [int8([2, 3]), int32([2])] }, /axis is 2, must be from -2 to 1/],
    [
      "computed axes",
      { kind: "sum", inputs: [int8([2, 3]), { dtype: "int32", shape: [1] }] },
      /axes is computed at run time/,
    ],
    [
      "reduce_max that rescales",
      { kind: "reduce_max", inputs: [int8([2]), int32([0])], outputs: other },
      /quantisation/,
    ],
    [
      "softmax's scale",
      { kind: "softmax", attributes: { beta: 1 }, inputs: [int8([4])], outputs: other },
      /output (scale|zero point)/,
    ],
    [
      "softmax of a scalar",
      { kind: "softmax", attributes: { beta: 1 }, inputs: [{ dtype: "float32", shape: [] }] },
      /rank is 0/,
    ],
    [
      "log_softmax's scale",
      { kind: "log_softmax", inputs: [int8([4])], outputs: other },
      /output zero point is 0, must be 127/,
    ],
    ["l2's scale", { kind: "l2_normalization", inputs: [int8([4])], outputs: other }, /output scale/],
    [
      "k too great",
      { kind: "topk_v2", inputs: [int8([4]), int32([5], [])], outputs: [...other, { dtype: "int32" }] },
      /k is 5|quantisation/,
    ],
  ] as const)("%s", (_, one, words) => {
    const found = problemsOf(one as unknown as Case, [[1], [1]]);
    expect([found, ...(found?.also ?? [])].map((error) => error?.message).join("\n")).toMatch(words);
  });
});
