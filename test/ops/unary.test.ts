// Operators of one operand, quantise, dequantise and cast: random values of every type they take, engines against the
// reference bit for bit; and the reference against values that TensorFlow Lite (Micro) computed.

import { describe, expect, it } from "vitest";
import { type DType, operatorDefinition } from "../../host/graph/graph.ts";
import { sigmoidTable } from "../../host/graph/ops/sigmoid.ts";
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
import { quantizationOf, unaryCase, unaryForms } from "./unary-cases.ts";
import { unaryGoldens } from "./unary-goldens.ts";

describe("engines against the reference", () => {
  it.each(["int8", "int16", "int32", "float32", "bool"] as const)("functions of %s", async (dtype) => {
    const random = new Random(dtype.length + 77);
    const kinds = Object.keys(unaryForms).filter((kind) => unaryForms[kind]!.includes(dtype));
    const cases = kinds.flatMap((kind) => [unaryCase(kind, dtype, random), unaryCase(kind, dtype, random)]);
    await expectSameOnEngines(cases, 3);
  });

  it("every type that a function's row names is in the list above", () => {
    for (const [kind, types] of Object.entries(unaryForms))
      for (const dtype of ["int8", "uint8", "int16", "int32", "float32", "bool"] as const) {
        const made = unaryCase(kind, dtype, new Random(1));
        // the fixed zero point −128 is none of uint8, which would be refused first
        const one = dtype === "uint8" ? { ...made, outputs: made.inputs } : made;
        const error = problemsOf(one, [one.inputs[0]!.shape]);
        const refused = error && [error, ...error.also].some(({ code }) => code === "graph/unsupported-type");
        expect(refused ?? false, `${kind} of ${dtype}`).toBe(!types.includes(dtype));
      }
  });

  it("quantise between all types", async () => {
    const random = new Random(11);
    const integers: readonly DType[] = ["int8", "uint8", "int16", "int32"];
    const pairs = [
      ...integers.flatMap((from) => integers.map((to) => [from, to] as const)),
      ...(["int8", "uint8", "int16"] as const).map((to) => ["float32", to] as const),
    ];
    const cases = pairs.map(([from, to]): Case => {
      const outputs = [{ dtype: to, quantization: quantizationOf(to, random) }];
      return {
        kind: "quantize",
        inputs: [{ dtype: from, shape: [101], quantization: quantizationOf(from, random) }],
        outputs,
      };
    });
    await expectSameOnEngines(cases, 4);
  });

  it("dequantise, also constants with a scale per channel", async () => {
    const random = new Random(12);
    const cases = (["int8", "uint8", "int16"] as const).map((from): Case => {
      const input = { dtype: from, shape: [101], quantization: quantizationOf(from, random) };
      return { kind: "dequantize", inputs: [input], outputs: [{ dtype: "float32" }] };
    });
    const weights: Operand = {
      dtype: "int8",
      shape: [2, 3],
      values: [1, 2, 3, 4, 5, 6],
      quantization: { scales: [0.5, 0.25, 2], zeroPoints: [0, 0, 0], axis: 1 },
    };
    const constant: Case = { kind: "dequantize", inputs: [weights], outputs: [{ dtype: "float32" }] };
    await expectSameOnEngines(cases, 6);
    const [values] = await expectSameOnEngines([constant], 6, []);
    expect([...new Float32Array(values!.slice().buffer)]).toEqual([0.5, 0.5, 6, 2, 1.25, 12]);
  });

  it("cast between all types", async () => {
    const types: readonly DType[] = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "float32", "bool"];
    const cases = types
      .flatMap((from) =>
        types.map((to): Case => ({ kind: "cast", inputs: [{ dtype: from, shape: [57] }], outputs: [{ dtype: to }] })),
      )
      .filter((one) => !problemsOf(one, [[57]]));
    expect(cases.length).toBe(79);
    await expectSameOnEngines(cases, 8);
  });

  it("values known from shapes", async () => {
    const input: Operand = { dtype: "int8", shape: [2, 3, 4], quantization: perTensor(1, 0) };
    const cases: readonly Case[] = [
      { kind: "shape", inputs: [input], outputs: [{ dtype: "int32" }] },
      { kind: "rank", inputs: [input], outputs: [{ dtype: "int32" }] },
      { kind: "zeros_like", inputs: [input] },
      { kind: "range", inputs: [int32([3], []), int32([-4], []), int32([-2], [])] },
    ];
    const ones = new Uint8Array(24).fill(1);
    const outputs = await expectSameOnEngines(cases, 9, [ones, ones, ones]);
    const numbers = outputs.map((bytes) => [...new Int32Array(bytes.slice().buffer)]);
    expect(numbers).toEqual([[2, 3, 4], [3], [0, 0, 0, 0, 0, 0], [3, 1, -1, -3]]);
  });
});

describe("TensorFlow Lite's own values", () => {
  it("on every engine", async () => {
    const cases = unaryGoldens.map(
      ([kind, dtype, from, to, , , attributes]): Case => ({
        kind,
        attributes: { ...attributes },
        inputs: [{ dtype, shape: [10], quantization: perTensor(...from) }],
        outputs: [{ dtype, quantization: perTensor(...to) }],
      }),
    );
    const inputs = unaryGoldens.map(([, dtype, , , values]) => bytesOf(dtype, [10], values));
    const outputs = await expectSameOnEngines(cases, 1, inputs);
    unaryGoldens.forEach(([kind, dtype, , , , wanted], i) => {
      expect([...outputs[i]!], `${kind} ${dtype}`).toEqual([...bytesOf(dtype, [10], wanted)]);
    });
  });

  it("the table of sigmoids: its first, middle and last entries", () => {
    expect(sigmoidTable.slice(0, 8)).toEqual([32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513]);
    expect(sigmoidTable.slice(99, 105)).toEqual([64494, 64536, 64576, 64614, 64652, 64687]);
    expect(sigmoidTable.slice(-3)).toEqual([65534, 65534, 65535]);
  });
});

describe("refused with what is wrong", () => {
  const s8 = (scale: number, zeroPoint: number, shape = [4]): Operand => ({
    dtype: "int8",
    shape,
    quantization: perTensor(scale, zeroPoint),
  });
  const refused: readonly (readonly [string, Case, string])[] = [
    [
      "LOGISTIC of another scale",
      { kind: "logistic", inputs: [s8(0.1, 0)], outputs: [s8(0.1, -128)] },
      "scale 0.00390625",
    ],
    [
      "TANH of int16 off zero",
      {
        kind: "tanh",
        inputs: [{ dtype: "int16", shape: [4], quantization: perTensor(0.001, 5) }],
        outputs: [{ dtype: "int16", quantization: perTensor(2 ** -15, 0) }],
      },
      "zero point 0",
    ],
    ["HARD_SWISH too steep", { kind: "hard_swish", inputs: [s8(10, 0)], outputs: [s8(0.001, 0)] }, "above 128"],
    [
      "LEAKY_RELU of NaN",
      { kind: "leaky_relu", attributes: { alpha: Number.NaN }, inputs: [s8(1, 0)] },
      "a finite number",
    ],
    ["no scale", { kind: "relu", inputs: [{ dtype: "int8", shape: [4] }] }, "without a scale"],
    [
      "float to int32",
      {
        kind: "quantize",
        inputs: [{ dtype: "float32", shape: [4] }],
        outputs: [{ dtype: "int32", quantization: perTensor(1, 0) }],
      },
      "must be int8",
    ],
    [
      "64 bits to float",
      { kind: "cast", inputs: [{ dtype: "int64", shape: [4] }], outputs: [{ dtype: "float32" }] },
      "must be int8",
    ],
    [
      "computed range",
      { kind: "range", inputs: [{ dtype: "int32", shape: [] }, int32([1], []), int32([1], [])] },
      "computed at run time",
    ],
  ];
  it.each(refused)("%s", (_, one, words) => {
    const error = problemsOf(one, [one.inputs[0]!.shape]);
    expect(error?.code).toMatch(/^graph\/(attribute|type-mismatch)$/);
    expect(error?.message).toContain(words);
  });
  it("every operator of this list exists", () => {
    for (const kind of Object.keys(unaryForms)) expect(operatorDefinition(kind), kind).toBeDefined();
  });
});
