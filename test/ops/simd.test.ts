// The host's 128-bit kernels against the reference: every right shift of the requantisation on its ties and at the ends of the
// range, every number of channels in and out around a vector's, and random windows.

import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import { compileModel, engineFor, hostTarget } from "../../host/pipeline.ts";
import { Random } from "../plan/int8-graph.ts";
import { activations, expectSameOnForms, operands } from "./mac-cases.ts";
import { type Case, graphOf } from "./many-operators.ts";

const host = ["host"] as const;

interface Shape {
  readonly size: readonly [height: number, width: number];
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride?: readonly [height: number, width: number];
  readonly dilation?: readonly [height: number, width: number];
  readonly padding?: "same" | "valid" | "explicit";
  readonly groups?: number;
  readonly batches?: number;
}

function convolution(random: Random, kind: "conv_2d" | "depthwise_conv_2d", shape: Shape): Case {
  const { size, channels, outputs, kernel, groups = 1, batches = 1, padding = "same" } = shape;
  const [strideH, strideW] = shape.stride ?? [1, 1];
  const [dilationH, dilationW] = shape.dilation ?? [1, 1];
  const dense = kind === "conv_2d";
  const perGroup = dense ? channels / groups : 1;
  const weights = dense ? [outputs, ...kernel, perGroup] : [1, ...kernel, outputs];
  const input = [batches, ...size, channels];
  const depth = kernel[0] * kernel[1] * perGroup;
  const attributes = { padding, strideH, strideW, dilationH, dilationW, pad: [1, 2, 2, 0] };
  const activation = activations[random.between(0, 3)]!;
  const choice = { types: "int8", channels: outputs, depth, weights, axis: dense ? 0 : 3, input } as const;
  return { kind, attributes: { ...attributes, activation }, ...operands(random, choice) };
}

async function kernelsOf(cases: readonly Case[]): Promise<readonly string[]> {
  const { plan } = await compileModel(graphOf(cases), { target: hostTarget });
  return plan.layers.map(({ calls }) => calls.map(({ kernel }) => kernel).join());
}

describe("128-bit requantisation", () => {
  /** One channel a factor; sums are the biases −128 … +127, among them those that fall on or beside a tie. */
  function factors(random: Random, shifts: readonly number[]): Case {
    const channels = shifts.flatMap((shift) =>
      [0.5, 0.5, 0.5, 0.75, 0.5 + random.between(1, 2 ** 20) / 2 ** 21, 1 - 2 ** -22].map((mantissa) => {
        const factor = mantissa * 2 ** -shift;
        const value = random.chance(30) ? [-128.5, 127.5, -0.5][random.between(0, 2)]! : random.between(-250, 250) / 2;
        return { factor, bias: Math.max(-(2 ** 29), Math.min(2 ** 29 - 256, Math.round(value / factor))) };
      }),
    );
    const count = channels.length;
    const scales = channels.map(({ factor }) => factor);
    const weight = { scales, zeroPoints: scales.map(() => 0), axis: 0 };
    const one = (zeroPoint: number) => ({ scales: [1], zeroPoints: [zeroPoint], axis: 0 });
    return {
      kind: "conv_2d",
      attributes: { padding: "valid", strideH: 1, strideW: 1, activation: "none" },
      inputs: [
        { dtype: "int8", shape: [1, 1, 256, 1], quantization: one(0) },
        { dtype: "int8", shape: [count, 1, 1, 1], quantization: weight, values: scales.map(() => 1) },
        { dtype: "int32", shape: [count], values: channels.map(({ bias }) => bias) },
      ],
      outputs: [{ dtype: "int8", quantization: one(random.between(-128, 127)) }],
    };
  }

  async function expectSame(cases: readonly Case[], fast: boolean): Promise<void> {
    const graph = graphOf(cases);
    const { plan } = await compileModel(graph, { target: hostTarget });
    const tails = plan.layers.map(({ calls }) => calls[0]!.arguments.at(-5)!.value);
    expect(tails).toEqual(cases.map(() => (fast ? 0 : 1)));
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const inputs = graph.inputs.map(() => every);
    const engine = await engineFor("host", graph, { guard: true });
    const wanted = referenceEngine(graph).invoke(inputs).outputs;
    engine.invoke(inputs).outputs.forEach((bytes, i) => {
      expect(Buffer.compare(bytes, wanted[i]!), `output ${i}`).toBe(0);
    });
  }

  it("is exact for every right shift of the fast form", async () => {
    const random = new Random(11);
    const shifts = Array.from({ length: 21 }, (_, i) => i + 1);
    await expectSame(
      Array.from({ length: 6 }, () => factors(random, shifts)),
      true,
    );
  });

  it("is exact for left shifts, none, and beside right ones", async () => {
    const random = new Random(12);
    const cases = [
      [-7, -1, 0],
      [0, 1, 8],
      [23, 5, 0],
    ].map((shifts) => factors(random, shifts));
    await expectSame(cases, false);
  });
});

describe("128-bit tiles", () => {
  const counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17];

  it("conv_2d: every count of channels, 1 to 5 pixels", async () => {
    const random = new Random(21);
    const cases = counts.flatMap((outputs, i) => [
      convolution(random, "conv_2d", { size: [1, 1 + (i % 5)], channels: counts.at(-1 - i)!, outputs, kernel: [1, 1] }),
      convolution(random, "conv_2d", { size: [4, 5], channels: 1 + (i % 9), outputs, kernel: [3, 2] }),
    ]);
    expect(new Set(await kernelsOf(cases))).toEqual(new Set(["conv2d_s8_simd", "dense_s8_simd"]));
    await expectSameOnForms(cases, random, host);
  });

  it("depthwise_conv_2d: every count of channels, windows of 3 × 3 and others", async () => {
    const random = new Random(22);
    const kernels = [
      [3, 3],
      [5, 4],
      [1, 3],
      [3, 1],
    ] as const;
    const cases = counts.slice(1).flatMap((outputs, i) => [
      convolution(random, "depthwise_conv_2d", {
        size: [6, 4 + (i % 3)],
        channels: outputs,
        outputs,
        kernel: [3, 3],
      }),
      convolution(random, "depthwise_conv_2d", { size: [7, 5], channels: outputs, outputs, kernel: kernels[i % 4]! }),
    ]);
    expect(new Set(await kernelsOf(cases))).toEqual(new Set(["depthwise_s8_simd"]));
    await expectSameOnForms(cases, random, host);
  });

  it("a depthwise layer in several bands", async () => {
    const random = new Random(23);
    const shape: Shape = { size: [40, 21], channels: 40, outputs: 40, kernel: [3, 3] };
    await expectSameOnForms(
      [
        convolution(random, "depthwise_conv_2d", shape),
        convolution(random, "depthwise_conv_2d", { ...shape, stride: [2, 2], batches: 2 }),
      ],
      random,
      host,
    );
  });

  it("fully_connected: every count of inputs and outputs", async () => {
    const random = new Random(24);
    const cases = counts.flatMap((outputs, i) =>
      [counts.at(-1 - i)!, 31 + i].map((depth): Case => {
        const choice = {
          types: "int8",
          channels: outputs,
          depth,
          weights: [outputs, depth],
          axis: 0,
          input: [1, depth],
        };
        return { kind: "fully_connected", ...operands(random, { ...choice, types: "int8" }) };
      }),
    );
    expect(new Set(await kernelsOf(cases))).toEqual(new Set(["dense_s8_simd"]));
    await expectSameOnForms(cases, random, host);
  });

  it("random windows: strides, dilations, padding, groups, batches", async () => {
    const random = new Random(25);
    const pick = <T>(...values: readonly T[]): T => values[random.between(0, values.length - 1)]!;
    const shape = (depthwise: boolean): Shape => {
      const groups = depthwise ? 1 : pick(1, 1, 1, 2, 3);
      const perGroup = pick(1, 2, 3, 5, 7, 8, 13);
      const channels = depthwise ? pick(3, 5, 7, 8, 13, 24) : perGroup * groups;
      return {
        size: [random.between(6, 11), random.between(6, 12)],
        channels,
        outputs: depthwise ? channels : pick(1, 3, 5, 8, 12) * groups,
        kernel: [pick(1, 2, 3, 3, 5), pick(1, 2, 3, 3, 4)],
        stride: [pick(1, 1, 2, 3), pick(1, 1, 2)],
        dilation: random.chance(25) ? [pick(1, 2), pick(1, 2)] : undefined,
        padding: pick("same", "valid", "explicit"),
        groups,
        batches: pick(1, 1, 2),
      } as Shape;
    };
    const cases = Array.from({ length: 60 }, (_, i) =>
      convolution(random, i % 3 === 2 ? "depthwise_conv_2d" : "conv_2d", shape(i % 3 === 2)),
    );
    await expectSameOnForms(cases, random, host);
  });
});
