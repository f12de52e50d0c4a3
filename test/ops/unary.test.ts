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

const fixedOutputs: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  logistic: [1 / 256, -128],
  tanh: [1 / 128, 0],
};

/** Scales as calibration finds them, zero points anywhere; int16 is symmetric. */
function quantizationOf(dtype: DType, random: Random) {
  if (dtype === "int8") return perTensor(random.between(20, 900) / 10_000, random.between(-128, 127));
  if (dtype === "uint8") return perTensor(random.between(20, 900) / 10_000, random.between(0, 255));
  return dtype === "int16" || dtype === "int32" ? perTensor(random.between(20, 900) / 3_000_000, 0) : undefined;
}

function unaryCase(kind: string, dtype: DType, random: Random): Case {
  const input: Operand = { dtype, shape: [random.between(1, 3), 97], quantization: quantizationOf(dtype, random) };
  const fixed = fixedOutputs[kind];
  const [scale, zeroPoint] = dtype === "int16" ? [2 ** -15, 0] : (fixed ?? [0, 0]);
  const quantization = fixed && input.quantization ? perTensor(scale, zeroPoint) : quantizationOf(dtype, random);
  const attributes = kind === "leaky_relu" ? { alpha: Math.fround(random.between(-15, 20) / 10) } : {};
  if (kind === "gelu")
    return {
      kind,
      attributes: { approximate: random.chance(50) },
      inputs: [input],
      outputs: [{ dtype, quantization }],
    };
  return { kind, attributes, inputs: [input], outputs: [{ dtype, quantization }] };
}

const quantised: readonly DType[] = ["int8", "int16"];
const forms: Readonly<Record<string, readonly DType[]>> = {
  logistic: [...quantised, "float32"],
  tanh: [...quantised, "float32"],
  relu: [...quantised, "float32"],
  relu6: [...quantised, "float32"],
  relu_n1_to_1: [...quantised, "float32"],
  relu_0_to_1: [...quantised, "float32"],
  leaky_relu: [...quantised, "float32"],
  abs: [...quantised, "int32", "float32"],
  neg: [...quantised, "int32", "float32"],
  hard_swish: ["int8", "float32"],
  elu: ["int8", "float32"],
  gelu: [...quantised, "float32"],
  exp: [...quantised, "float32"],
  log: [...quantised, "float32"],
  sqrt: [...quantised, "float32"],
  rsqrt: [...quantised, "float32"],
  square: ["float32"],
  sin: ["float32"],
  cos: ["float32"],
  floor: ["float32"],
  ceil: ["float32"],
  round: ["float32"],
  logical_not: ["bool"],
};

describe("engines against the reference", () => {
  it.each(["int8", "int16", "int32", "float32", "bool"] as const)("functions of %s", async (dtype) => {
    const random = new Random(dtype.length + 77);
    const kinds = Object.keys(forms).filter((kind) => forms[kind]!.includes(dtype));
    const cases = kinds.flatMap((kind) => [unaryCase(kind, dtype, random), unaryCase(kind, dtype, random)]);
    await expectSameOnEngines(cases, 3);
  });

  it("every type that a function's row names is in the list above", () => {
    for (const [kind, types] of Object.entries(forms))
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

type Scaled = readonly [scale: number, zeroPoint: number];

/** Ten inputs each with TFLite Micro's answers, or TFLite's reference kernels' where Micro has none (or is wrong: RELU6). */
const goldens: readonly (readonly [
  kind: string,
  dtype: "int8" | "int16",
  Scaled,
  Scaled,
  number[],
  number[],
  object?,
])[] = [
  [
    "logistic",
    "int8",
    [0.055668849498033524, 40],
    [0.00390625, -128],
    [-127, -108, -74, -50, -24, 7, 37, 61, 93, 126],
    [-128, -128, -128, -126, -121, -93, -11, 67, 115, 126],
  ],
  [
    "tanh",
    "int8",
    [0.018569927662611008, 10],
    [0.0078125, 0],
    [-123, -103, -82, -49, -8, 14, 56, 83, 103, 125],
    [-126, -124, -120, -102, -41, 9, 89, 112, 120, 124],
  ],
  [
    "logistic",
    "int16",
    [0.0002167076017940417, 0],
    [2 ** -15, 0],
    [-32299, -21275, -15466, -6796, 366, 7165, 14259, 20111, 28441, 32470],
    [30, 323, 1109, 6112, 17034, 27043, 31342, 32354, 32699, 32739],
  ],
  [
    "tanh",
    "int16",
    [0.000291955191642046, 0],
    [2 ** -15, 0],
    [-31670, -27913, -11892, -7983, -2252, 5784, 12122, 19392, 22807, 32095],
    [-32767, -32767, -32705, -32155, -18896, 30605, 32713, 32767, 32767, 32767],
  ],
  [
    "hard_swish",
    "int8",
    [0.012448608875274658, 37],
    [0.004482310265302658, -44],
    [-128, -94, -79, -58, -39, -11, 15, 50, 92, 122],
    [-116, -127, -128, -124, -116, -97, -72, -25, 50, 116],
  ],
  [
    "relu6",
    "int8",
    [0.004872890654951334, -74],
    [0.00383272604085505, -128],
    [-127, -97, -70, -45, -19, 15, 42, 61, 89, 124],
    [-128, -128, -123, -91, -58, -15, 19, 44, 79, 124],
  ],
  [
    "leaky_relu",
    "int16",
    [0.000298017606837675, 0],
    [0.000298017606837675, 0],
    [-32571, -25378, -17650, -5880, -796, 7842, 16118, 19970, 26907, 32664],
    [-9772, -7614, -5295, -1764, -239, 7842, 16118, 19970, 26907, 32664],
    { alpha: Math.fround(0.3) },
  ],
  [
    "leaky_relu",
    "int8",
    [0.04669816419482231, -36],
    [0.05005519464612007, -25],
    [-124, -90, -61, -50, -21, -1, 20, 50, 76, 123],
    [-124, -85, -53, -41, -11, 8, 27, 55, 79, 123],
    { alpha: Math.fround(1.2) },
  ],
  [
    "rsqrt",
    "int8",
    [0.04559391364455223, -128],
    [0.03921568766236305, -128],
    [-113, -102, -68, -50, -33, -17, -5, 7, 68, 116],
    [-97, -105, -113, -114, -116, -117, -117, -118, -119, -120],
  ],
  [
    "sqrt",
    "int8",
    [0.04436538740992546, -128],
    [0.013190221041440964, -128],
    [-126, -91, -52, -32, -15, 16, 38, 71, 105, 125],
    [-106, -31, 11, 28, 41, 63, 77, 97, 115, 125],
  ],
  [
    "log",
    "int8",
    [0.02831881307065487, -128],
    [0.01950104720890522, 26],
    [-128, -90, -67, -47, -26, -1, 43, 67, 100, 125],
    [-128, 30, 54, 69, 80, 92, 107, 114, 122, 127],
  ],
  [
    "exp",
    "int8",
    [0.024024581536650658, 38],
    [0.03287655860185623, -128],
    [-124, -98, -71, -53, -30, 1, 38, 52, 74, 127],
    [-127, -127, -126, -125, -122, -115, -98, -85, -56, 127],
  ],
  [
    "gelu",
    "int8",
    [0.01363594550639391, 25],
    [0.005645103752613068, -98],
    [-111, -102, -84, -57, -35, -21, 1, 50, 79, 127],
    [-108, -111, -116, -124, -128, -127, -120, -60, 2, 127],
  ],
  [
    "gelu",
    "int8",
    [0.02226470410823822, -7],
    [0.012326549738645554, -114],
    [-123, -101, -89, -33, -4, 8, 55, 77, 89, 126],
    [-115, -117, -119, -127, -111, -97, -11, 33, 57, 126],
    { approximate: true },
  ],
  [
    "abs",
    "int8",
    [0.05659933015704155, 34],
    [0.03596081957221031, -128],
    [-128, -99, -67, -39, -16, 2, 38, 73, 102, 127],
    [127, 81, 31, -13, -49, -78, -122, -67, -21, 18],
  ],
  [
    "quantize",
    "int8",
    [0.11773434281349182, -128],
    [0.07934902608394623, 12],
    [-115, -66, -30, 12, 38, 41, 61, 69, 102, 120],
    [31, 104, 127, 127, 127, 127, 127, 127, 127, 127],
  ],
];

describe("TensorFlow Lite's own values", () => {
  it("on every engine", async () => {
    const cases = goldens.map(
      ([kind, dtype, from, to, , , attributes]): Case => ({
        kind,
        attributes: { ...attributes },
        inputs: [{ dtype, shape: [10], quantization: perTensor(...from) }],
        outputs: [{ dtype, quantization: perTensor(...to) }],
      }),
    );
    const inputs = goldens.map(([, dtype, , , values]) => bytesOf(dtype, [10], values));
    const outputs = await expectSameOnEngines(cases, 1, inputs);
    goldens.forEach(([kind, dtype, , , , wanted], i) => {
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
    for (const kind of Object.keys(forms)) expect(operatorDefinition(kind), kind).toBeDefined();
  });
});
