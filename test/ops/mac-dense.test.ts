// Dense layers and batched matrix products: random shapes, every form of the kernels against the reference; a few results
// worked out by hand, against which the reference stands; and the packing's own rules.

import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import { channelOf, settleChannels } from "../../host/graph/channel-tail.ts";
import { fitsNarrow, packBytes, packFours } from "../../host/graph/pack-convolution.ts";
import { type Scaling, scaleSum, scalingOf, wideFactor } from "../../host/graph/scaling.ts";
import { Words } from "../../host/graph/words.ts";
import { Random } from "../plan/int8-graph.ts";
import { activations, expectSameOnForms, operands, type Types } from "./mac-cases.ts";
import { type Case, graphOf, int32, type Operand, perTensor, problemsOf } from "./many-operators.ts";

function dense(random: Random, rows: number, depth: number, units: number, types: Types = "int8"): Case {
  const choice = { types, channels: units, depth, weights: [units, depth], axis: 0, input: [rows, depth] };
  const attributes = { activation: activations[random.between(0, 3)]! };
  return { kind: "fully_connected", attributes, ...operands(random, choice) };
}

/** Weights that a zero point shifts, or that another operator computes. */
function denseAsMatrix(random: Random, rows: number, depth: number, units: number, computed: boolean): Case {
  const { inputs, outputs } = dense(random, rows, depth, units);
  const quantization = perTensor(0.004, random.between(-20, 20));
  const weights: Operand = { ...inputs[1]!, quantization, values: computed ? undefined : inputs[1]!.values };
  return { kind: "fully_connected", attributes: { activation: "relu" }, inputs: [inputs[0]!, weights], outputs };
}

function matmul(random: Random, dtype: "int8" | "int16" | "float32"): Case {
  const [m, k, n] = [random.between(1, 6), random.between(1, 17), random.between(1, 6)];
  const [adjX, adjY] = [random.chance(50), random.chance(50)];
  const batch = [random.between(1, 3), random.between(1, 2)];
  const zero = (): number => (dtype === "int8" ? random.between(-128, 127) : 0);
  const quantization = (scale: number) => (dtype === "float32" ? undefined : perTensor(scale, zero()));
  const repeat = (shape: number[]): number[] => shape.map((size) => (random.chance(30) ? 1 : size));
  const left = [...repeat(batch), ...(adjX ? [k, m] : [m, k])];
  const right = [...(random.chance(50) ? batch : batch.slice(1)), ...(adjY ? [n, k] : [k, n])];
  const inputs = [
    { dtype, shape: left, quantization: quantization(0.02) },
    { dtype, shape: right, quantization: quantization(0.03) },
  ];
  const outputScale = dtype === "int16" ? 1.1 : 0.1;
  return {
    kind: "batch_matmul",
    attributes: { adjX, adjY },
    inputs,
    outputs: [{ dtype, quantization: quantization(outputScale) }],
  };
}

describe("dense layers and matrix products: every form has the reference's bits", () => {
  it("one row: every tail of inputs and of channels", async () => {
    const random = new Random(11);
    const cases = Array.from({ length: 16 }, (_, i) => dense(random, 1, 1 + i, 1 + ((i * 7) % 9)));
    await expectSameOnForms([...cases, dense(random, 1, 640, 9), dense(random, 1, 128, 8)], random);
  });

  it("several rows, other types", async () => {
    const random = new Random(12);
    const types = ["int8", "int4", "int16", "int16 short", "float32", "hybrid"] as const;
    const cases = types.flatMap((type) => [1, 2, 5].map((rows) => dense(random, rows, random.between(1, 30), 6, type)));
    const others = [0, 1, 2, 3].map((i) => denseAsMatrix(random, i + 1, 9, 5, i % 2 === 0));
    await expectSameOnForms([...cases, ...others], random);
  });

  it("batch_matmul: adjoint, broadcast", async () => {
    const random = new Random(13);
    const dtypes = ["int8", "int16", "float32"] as const;
    await expectSameOnForms(
      Array.from({ length: 15 }, (_, i) => matmul(random, dtypes[i % 3]!)),
      random,
    );
  });
});

describe("dense layers, by hand", () => {
  // Scales 1 · ½ / 1: the factor is ½, so halves show which way they round.
  const input: Operand = { dtype: "int8", shape: [1, 2], quantization: perTensor(1, 0) };
  const weights: Operand = {
    dtype: "int8",
    shape: [3, 2],
    quantization: perTensor(0.5, 0),
    values: [1, 0, 0, 1, 1, 1],
  };
  const run = (x: number[], bias: number[], activation: string, zeroPoint: number): number[] => {
    const outputs = [{ dtype: "int8" as const, quantization: perTensor(1, zeroPoint) }];
    const one: Case = {
      kind: "fully_connected",
      attributes: { activation },
      inputs: [input, weights, int32(bias)],
      outputs,
    };
    const [bytes] = referenceEngine(graphOf([one])).invoke([Uint8Array.from(x)]).outputs;
    return [...new Int8Array(bytes!)];
  };

  it("rounds halves up in the high multiply, a factor of ½ shifting nothing after it", () => {
    expect(run([3, -3], [0, 0, 0], "none", 0)).toEqual([2, -1, 0]);
    expect(run([5, 2], [0, 1, 100], "none", 10)).toEqual([13, 12, 64]);
  });

  it("clamps where the activation does, in the output's steps", () => {
    expect(run([100, -100], [0, 0, 0], "relu6", -20)).toEqual([-14, -20, -20]);
    expect(run([100, -100], [0, 0, 1000], "relu", -20)).toEqual([30, -20, 127]);
  });
});

describe("packing", () => {
  it("holds two channels in one int16 only where both can be told apart", () => {
    const fits = (rows: number[][], bias = 0): boolean =>
      fitsNarrow(
        rows,
        rows.map((row) => channelOf(row, bias, 0)),
      );
    expect(
      fits([
        [-127, 3],
        [-1, 127],
      ]),
    ).toBe(true);
    expect(
      fits([
        [-128, 3],
        [0, 127],
      ]),
    ).toBe(true);
    expect(
      fits([
        [-128, 3],
        [-1, 127],
      ]),
    ).toBe(false);
    expect(fits([[1], [1]], 2 ** 23 - 129)).toBe(true);
    expect(fits([[1], [1]], 2 ** 23)).toBe(false);
  });

  it("takes rows longer than a call has arguments", () => {
    const random = new Random(16);
    const rows = [Array.from({ length: 200_000 }, () => random.between(-127, 127))];
    const scaling = scalingOf({
      input: { name: "", dtype: "int8", shape: [], quantization: perTensor(0.1, 3) },
      weights: { name: "", dtype: "int8", shape: [], quantization: perTensor(0.001, 0) },
      output: { name: "", dtype: "int8", shape: [], quantization: perTensor(9, 0) },
      channels: 1,
      activation: "none",
    });
    // Sums of so many products pass 2^30: the tail is the general one.
    const settled = settleChannels(rows, [5], scaling, true);
    expect(settled.tail.fast).toBe(false);
    const words = new Words();
    packBytes(words, { ...settled, run: 200_000, first: 0 });
    const streams = [words.bytes(), packFours({ ...settled, run: 200_000, first: 0 }, false)];
    expect(streams.map(({ length }) => length)).toEqual([4 + 200_000 + 8, 16 + 4 * 200_000 + 4 * 8]);
  });

  it("rescales sums of int4 weights per channel as double precision would", () => {
    const random = new Random(14);
    for (let i = 0; i < 2000; i++) {
      const real = (random.between(1, 2 ** 30) / 2 ** 30) * 2 ** -random.between(0, 24);
      const greatest = 2 ** random.between(4, 24);
      const sum = random.between(-greatest, greatest);
      const wide = [wideFactor(real, greatest)];
      const scaling = { wide, outputZeroPoint: 0, low: -65536, high: 65536 } as unknown as Scaling;
      const wanted = Math.sign(sum) * Math.round(Math.abs(sum * real));
      expect(scaleSum(scaling, sum, 0)).toBe(Math.max(-65536, Math.min(65536, wanted)) + 0);
    }
  });
});

describe("dense layers: what is refused", () => {
  const sound = dense(new Random(15), 2, 4, 3);
  const [input, weights] = sound.inputs;
  const broken: readonly [what: string, change: Partial<Case>, code: string][] = [
    [
      "float inputs quantised with a zero point",
      {
        attributes: { asymmetricQuantizeInputs: true },
        inputs: [
          { dtype: "float32", shape: input!.shape },
          { ...weights!, quantization: perTensor(0.01, 0) },
        ],
        outputs: [{ dtype: "float32" }],
      },
      "graph/attribute",
    ],
    ["shuffled weights", { attributes: { weightsFormat: "shuffled4x16int8" } }, "graph/attribute"],
    ["inputs that are no whole rows", { inputs: [{ ...input!, shape: [1, 7] }, weights!] }, "graph/attribute"],
    [
      "keepNumDims with another last dimension",
      { attributes: { keepNumDims: true }, inputs: [{ ...input!, shape: [4, 2] }, weights!] },
      "graph/attribute",
    ],
    [
      "computed int4 weights",
      { inputs: [input!, { ...weights!, dtype: "int4", values: undefined }] },
      "graph/unsupported-type",
    ],
  ];

  it.each(broken)("%s", (_, change, code) => {
    expect(problemsOf({ ...sound, ...change }, [[2, 3]])?.code).toBe(code);
  });

  it("matrices that cannot be multiplied", () => {
    const operand = (shape: number[]): Operand => ({ dtype: "int8", shape, quantization: perTensor(0.1, 0) });
    const one = { kind: "batch_matmul", attributes: { adjX: false, adjY: false } };
    expect(problemsOf({ ...one, inputs: [operand([2, 3]), operand([4, 2])] }, [[2, 2]])?.code).toBe("graph/attribute");
    expect(problemsOf({ ...one, inputs: [operand([2, 3]), operand([3, 2])] }, [[2, 2]])).toBeUndefined();
  });
});
