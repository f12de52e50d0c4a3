// Convolutions, depthwise convolutions and their transposes: random shapes, every form of the kernels against the reference,
// with the shapes that have kernels or borders of their own among them; and problems each check reports.

import { describe, expect, it } from "vitest";
import { Random } from "../plan/int8-graph.ts";
import { activations, expectSameOnForms, operands, type Types } from "./mac-cases.ts";
import { type Case, int32, problemsOf } from "./many-operators.ts";

interface Shape {
  readonly size: readonly [height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number];
  readonly outputs: number;
  readonly stride?: readonly [height: number, width: number];
  readonly dilation?: readonly [height: number, width: number];
  readonly batches?: number;
  readonly groups?: number;
  readonly padding?: "same" | "valid" | "explicit";
  readonly pad?: readonly number[];
  readonly types?: Types;
}

function attributesOf(random: Random, shape: Shape) {
  const [strideH, strideW] = shape.stride ?? [1, 1];
  const [dilationH, dilationW] = shape.dilation ?? [1, 1];
  const activation = activations[random.between(0, 3)]!;
  const padding = shape.padding ?? "same";
  return { padding, pad: shape.pad, strideH, strideW, dilationH, dilationW, activation };
}

function conv(random: Random, shape: Shape): Case {
  const { size, kernel, outputs: channels, groups = 1, batches = 1, types = "int8" } = shape;
  const perGroup = size[2] / groups;
  const weights = [channels, ...kernel, perGroup];
  const depth = kernel[0] * kernel[1] * perGroup;
  const choice = { types, channels, depth, weights, axis: 0, input: [batches, ...size] };
  return { kind: "conv_2d", attributes: attributesOf(random, shape), ...operands(random, choice) };
}

function depthwise(random: Random, shape: Shape): Case {
  const { size, kernel, outputs: channels, batches = 1, types = "int8" } = shape;
  const weights = [1, ...kernel, channels];
  const choice = { types, channels, depth: kernel[0] * kernel[1], weights, axis: 3, input: [batches, ...size] };
  return { kind: "depthwise_conv_2d", attributes: attributesOf(random, shape), ...operands(random, choice) };
}

function randomShape(random: Random, types: Types, depthwise = false): Shape {
  const pick = <T>(values: readonly T[]): T => values[random.between(0, values.length - 1)]!;
  const kernel = [pick([1, 1, 2, 3, 3, 5]), pick([1, 1, 2, 3, 3, 4])] as const;
  const groups = depthwise ? 1 : pick([1, 1, 1, 2, 3]);
  const channels = pick(depthwise ? [1, 3, 4, 8] : [1, 2, 3, 4, 5, 8]) * groups;
  const strided = random.chance(60);
  return {
    types,
    size: [random.between(kernel[0] * 2, 11), random.between(kernel[1] * 2, 9), channels],
    kernel,
    groups,
    outputs: depthwise ? channels * pick([1, 1, 2, 3]) : pick([1, 2, 3, 4, 6]) * groups,
    stride: strided ? [pick([1, 2]), pick([1, 2, 3])] : undefined,
    dilation: strided ? undefined : [pick([1, 1, 2]), pick([1, 1, 2])],
    batches: pick([1, 1, 2]),
    padding: pick(["same", "valid", "explicit"]),
    pad: Array.from({ length: 4 }, () => random.between(0, 2)),
  };
}

// Layers of the models this is for (KWS, VWW, ResNet, streaming wakeword), made smaller, and edges of the kernels' blocks.
const convolutions: readonly Shape[] = [
  { size: [13, 10, 1], kernel: [10, 4], outputs: 16, stride: [2, 2] },
  { size: [12, 12, 3], kernel: [3, 3], outputs: 8, stride: [2, 2] },
  { size: [8, 8, 16], kernel: [3, 3], outputs: 16 },
  { size: [5, 5, 64], kernel: [1, 1], outputs: 64 },
  { size: [8, 8, 16], kernel: [1, 1], outputs: 32, stride: [2, 2] },
  { size: [1, 1, 128], kernel: [1, 1], outputs: 32 },
  { size: [1, 2, 12], kernel: [1, 1], outputs: 5 },
  { size: [2, 2, 7], kernel: [1, 1], outputs: 3, batches: 3 },
  { size: [3, 4, 5], kernel: [3, 4], outputs: 6, padding: "valid" },
  { size: [1, 30, 40], kernel: [1, 5], outputs: 12, dilation: [1, 2] },
  { size: [3, 3, 2], kernel: [5, 5], outputs: 3 },
];

const depthwises: readonly Shape[] = [
  { size: [9, 5, 16], kernel: [3, 3], outputs: 16 },
  { size: [10, 10, 8], kernel: [3, 3], outputs: 8, stride: [2, 2] },
  { size: [9, 9, 8], kernel: [3, 3], outputs: 8, stride: [2, 2], padding: "valid" },
  { size: [30, 1, 12], kernel: [5, 1], outputs: 12, padding: "valid" },
  { size: [15, 1, 8], kernel: [15, 1], outputs: 8, padding: "valid" },
  { size: [40, 40, 4], kernel: [3, 3], outputs: 4 },
  { size: [33, 35, 6], kernel: [5, 4], outputs: 12, stride: [2, 1] },
  { size: [7, 7, 4], kernel: [3, 3], outputs: 4, dilation: [2, 1] },
  { size: [7, 7, 4], kernel: [3, 3], outputs: 4, dilation: [2, 2] },
];

describe("convolutions: every form has the reference's bits", () => {
  it("layers of known models", async () => {
    const random = new Random(1);
    const cases = [...convolutions.map((shape) => conv(random, shape)), ...depthwises.map((s) => depthwise(random, s))];
    await expectSameOnForms(cases, random);
  });

  it("channels that are the same for every input, beside others", async () => {
    const random = new Random(6);
    const shapes: Shape[] = [
      { size: [5, 4, 8], kernel: [1, 1], outputs: 6 },
      { size: [5, 4, 8], kernel: [3, 3], outputs: 8 },
      { size: [1, 1, 8], kernel: [1, 1], outputs: 7 },
    ];
    // A channel without weights and a bias of ±2^30, one that always saturates, one whose factor is 0.
    const withFixed = (one: Case): Case => {
      const [input, weights, bias] = one.inputs;
      const channels = weights!.quantization!.scales.length;
      const dead = (i: number): boolean =>
        (one.kind === "conv_2d" ? Math.floor(i / (weights!.values!.length / channels)) : i % channels) < 2;
      const values = weights!.values!.map((value, i) => (dead(i) ? 0 : value));
      const biases = bias!.values!.map((value, i) => [2 ** 30, -(2 ** 30) - 128, 2 ** 27][i] ?? value);
      const scales = weights!.quantization!.scales.map((scale, i) => (i === 3 ? Math.fround(1e-20) : scale));
      const quantization = { ...weights!.quantization!, scales };
      return { ...one, inputs: [input!, { ...weights!, values, quantization }, { ...bias!, values: biases }] };
    };
    const cases = [
      ...shapes.map((shape) => conv(random, shape)),
      ...shapes.slice(1, 2).map((s) => depthwise(random, s)),
    ];
    const perChannel = cases.filter(({ inputs }) => inputs[1]!.quantization!.scales.length > 1 && inputs[2]);
    expect(perChannel.length).toBeGreaterThan(1);
    await expectSameOnForms(perChannel.map(withFixed), random);
  });

  it("int8 and int4, random shapes", async () => {
    const random = new Random(2);
    const types = (i: number): Types => (i % 4 === 3 ? "int4" : "int8");
    const convs = Array.from({ length: 24 }, (_, i) => conv(random, randomShape(random, types(i))));
    const others = Array.from({ length: 16 }, (_, i) => depthwise(random, randomShape(random, types(i), true)));
    await expectSameOnForms([...convs, ...others], random);
  });

  it("int16, float32 and hybrid, random shapes", async () => {
    const random = new Random(3);
    const types = ["int16", "int16 short", "float32", "hybrid"] as const;
    const convs = Array.from({ length: 12 }, (_, i) => conv(random, randomShape(random, types[i % 4]!)));
    const others = Array.from({ length: 8 }, (_, i) => depthwise(random, randomShape(random, types[i % 3]!, true)));
    await expectSameOnForms([...convs, ...others], random);
  });

  it("transpose_conv, random shapes", async () => {
    const random = new Random(4);
    const types = ["int8", "int8", "int16", "float32"] as const;
    const cases = Array.from({ length: 12 }, (_, i): Case => {
      const [kh, kw] = [random.between(1, 4), random.between(1, 4)];
      const [strideH, strideW] = [random.between(1, 3), random.between(1, 3)];
      const [h, w, depth, channels] = [1, 2, 3, 4].map(() => random.between(1, 5)) as [number, number, number, number];
      const batches = random.between(1, 2);
      const same = random.chance(50);
      const grow = (n: number, stride: number, k: number): number => (same ? n * stride : (n - 1) * stride + k);
      const shape = [batches, grow(h, strideH, kh), grow(w, strideW, kw), channels];
      const weights = [channels, kh, kw, depth];
      const choice = {
        types: types[i % 4]!,
        channels,
        depth: depth * 4,
        weights,
        axis: 0,
        input: [batches, h, w, depth],
      };
      const { inputs, outputs } = operands(random, choice);
      const [input, filter, ...bias] = inputs;
      const attributes = { padding: same ? "same" : "valid", strideH, strideW, activation: "none" };
      return { kind: "transpose_conv", attributes, inputs: [int32(shape), filter!, input!, ...bias], outputs };
    });
    await expectSameOnForms(cases, random);
  });
});

describe("convolutions: what is refused", () => {
  const sound = conv(new Random(5), { size: [6, 6, 4], kernel: [3, 3], outputs: 8 });
  const [input, weights, bias = int32(new Array(8).fill(0))] = sound.inputs;
  const broken: readonly [what: string, change: Partial<Case>, code: string][] = [
    ["a stride of 0", { attributes: { strideH: 0, strideW: 1 } }, "graph/attribute"],
    ["a fused tanh", { attributes: { strideH: 1, strideW: 1, activation: "tanh" } }, "graph/attribute"],
    [
      "no window that fits",
      { attributes: { strideH: 1, strideW: 1, dilationH: 9, padding: "valid" } },
      "graph/attribute",
    ],
    ["biases of another count", { inputs: [input!, weights!, int32([1, 2, 3])] }, "graph/attribute"],
    ["computed weights", { inputs: [input!, { ...weights!, values: undefined }] }, "graph/attribute"],
    ["inputs without a scale", { inputs: [{ ...input!, quantization: undefined }, weights!] }, "graph/type-mismatch"],
    ["uint8 inputs", { inputs: [{ ...input!, dtype: "uint8" }, weights!, bias] }, "graph/unsupported-type"],
    [
      "float inputs with weights of several scales",
      {
        inputs: [
          { dtype: "float32", shape: input!.shape },
          { ...weights!, quantization: { scales: new Array(8).fill(0.01), zeroPoints: new Array(8).fill(0), axis: 0 } },
        ],
        outputs: [{ dtype: "float32" }],
      },
      "graph/type-mismatch",
    ],
    ["float outputs", { outputs: [{ dtype: "float32" }] }, "graph/type-mismatch"],
    ["three input channels for four", { inputs: [{ ...input!, shape: [1, 6, 6, 3] }, weights!] }, "graph/attribute"],
  ];

  it.each(broken)("%s", (_, change, code) => {
    const attributes = { strideH: 1, strideW: 1, ...sound.attributes, ...change.attributes };
    const problem = problemsOf({ ...sound, ...change, attributes }, [[1, 6, 6, 8]]);
    expect(problem?.code).toBe(code);
  });

  it("accepts the sound one", () => {
    expect(problemsOf(sound, [[1, 6, 6, 8]])).toBeUndefined();
  });
});
