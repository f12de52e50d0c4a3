// LSTM and SVDF: random weights, sizes that are no multiple of a word, sequences that carry their state on and are reset;
// wasm and host engines against the reference bit for bit; the corpus's golden first step; refusals.

import { describe, expect, it } from "vitest";
import { Problems } from "../../host/base/errors.ts";
import { byteLength, checkGraph, type Graph, type Quantization, type Tensor } from "../../host/graph/graph.ts";
import { engineNames, engines } from "../engines.ts";
import { Random } from "../plan/int8-graph.ts";
import { perTensor } from "./many-operators.ts";

interface Sizes {
  readonly batches: number;
  readonly steps: number;
  readonly depth: number;
  readonly units: number;
  readonly timeMajor: boolean;
  readonly clip: number;
}

const bytes = (random: Random, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.between(0, 255));

/** Small int32 or int64 numbers. */
function biases(random: Random, count: number, wide: boolean): Uint8Array {
  const values = Array.from({ length: count }, () => random.between(-3000, 3000));
  return new Uint8Array(wide ? BigInt64Array.from(values, BigInt).buffer : Int32Array.from(values).buffer);
}

function lstmGraph(random: Random, sizes: Sizes, dtype: "int8" | "int16"): Graph {
  const { batches, steps, depth, units, timeMajor, clip } = sizes;
  const wide = dtype === "int16";
  const activation = (): Quantization =>
    wide
      ? perTensor(random.between(5, 40) / 200_000, 0)
      : perTensor(random.between(5, 40) / 1000, random.between(-128, 127));
  const weights = (columns: number): Omit<Tensor, "name"> => {
    const quantization = perTensor(random.between(5, 30) / 2000, 0);
    return { dtype: "int8", shape: [units, columns], quantization, data: bytes(random, units * columns) };
  };
  const bias = (): Omit<Tensor, "name"> => ({
    dtype: wide ? "int64" : "int32",
    shape: [units],
    data: biases(random, units, wide),
  });
  const lead = timeMajor ? [steps, batches] : [batches, steps];
  const state = { shape: [batches, units] };
  const hidden = {
    ...state,
    dtype,
    quantization: activation(),
    state: new Uint8Array(batches * units * (wide ? 2 : 1)),
  };
  const cell = {
    ...state,
    dtype: "int16" as const,
    quantization: perTensor(2 ** -11, 0),
    state: new Uint8Array(batches * units * 2),
  };
  const tensors = [
    { dtype, shape: [...lead, depth], quantization: activation() },
    ...Array.from({ length: 4 }, () => weights(depth)),
    ...Array.from({ length: 4 }, () => weights(units)),
    ...Array.from({ length: 4 }, bias),
    hidden,
    cell,
    { dtype, shape: [...lead, units], quantization: hidden.quantization },
  ].map((tensor, i): Tensor => ({ name: `t${i}`, origin: i, ...tensor }));
  const absent = [-1, -1, -1];
  const inputs = [0, 1, 2, 3, 4, 5, 6, 7, 8, ...absent, 9, 10, 11, 12, -1, -1, 13, 14, -1, ...absent];
  const attributes = { activation: "tanh", cellClip: clip, projectionClip: 0, timeMajor };
  const operator = { kind: "unidirectional_sequence_lstm", inputs, outputs: [15], attributes, origin: 0 };
  return { name: "lstm", tensors, operators: [operator], inputs: [0], outputs: [15] };
}

function svdfGraph(random: Random, wide: boolean, bias: boolean): Graph {
  const [batches, depth, rank, units, memory] = [
    2,
    random.between(1, 9),
    random.between(1, 3),
    random.between(1, 5),
    4,
  ];
  const filters = rank * units;
  const dtype = wide ? "int16" : "int8";
  const width = wide ? 2 : 1;
  const q = (scale: number, zeroPoint = 0) => perTensor(scale, zeroPoint);
  const state = new Uint8Array(batches * filters * memory * width);
  const tensors: Tensor[] = [
    { name: "x", dtype: "int8", shape: [batches, depth], quantization: q(0.05, random.between(-128, 127)) },
    { name: "f", dtype: "int8", shape: [filters, depth], quantization: q(0.01), data: bytes(random, filters * depth) },
    {
      name: "t",
      dtype,
      shape: [filters, memory],
      quantization: q(0.01),
      data: bytes(random, filters * memory * width),
    },
    { name: "b", dtype: "int32", shape: [units], data: biases(random, units, false) },
    { name: "s", dtype, shape: [batches, memory * filters], quantization: q(wide ? 0.0005 : 0.1, wide ? 0 : 3), state },
    { name: "y", dtype: "int8", shape: [batches, units], quantization: q(wide ? 0.3 : 0.05, -20) },
  ];
  const operator = {
    kind: "svdf",
    inputs: [0, 1, 2, bias ? 3 : -1, 4],
    outputs: [5],
    attributes: { rank, activation: "relu" },
    origin: 0,
  };
  const named = tensors.map((tensor, origin) => ({ ...tensor, origin }));
  return { name: "svdf", tensors: named, operators: [operator], inputs: [0], outputs: [5] };
}

/** Four inferences, a reset, and the first again: every engine as the reference. */
async function expectSameSequences(graph: Graph, random: Random): Promise<void> {
  const problems = new Problems();
  checkGraph(graph, problems);
  problems.done();
  const running = await Promise.all(engineNames.map((name) => engines[name](graph)));
  const inputs = Array.from({ length: 4 }, () => bytes(random, byteLength(graph.tensors[0]!)));
  const answers = running.map((engine) => {
    const invoke = (input: Uint8Array): number[] => [...engine.invoke([input]).outputs[0]!];
    const sequence = inputs.map(invoke);
    engine.reset();
    return [...sequence, invoke(inputs[0]!)];
  });
  const [first, ...others] = answers;
  expect(first!.at(-1)).toEqual(first![0]);
  for (const answer of others) expect(answer).toEqual(first);
}

describe("engines against the reference", () => {
  it.each([
    ["int8", { batches: 1, steps: 3, depth: 5, units: 7, timeMajor: false, clip: 0 }],
    ["int8", { batches: 2, steps: 2, depth: 8, units: 4, timeMajor: true, clip: 1.5 }],
    ["int8", { batches: 3, steps: 1, depth: 1, units: 1, timeMajor: false, clip: 10 }],
    ["int16", { batches: 2, steps: 3, depth: 5, units: 6, timeMajor: false, clip: 0.5 }],
    ["int16", { batches: 2, steps: 2, depth: 3, units: 5, timeMajor: true, clip: 0 }],
  ] as const)("an LSTM of %s, %o", async (dtype, sizes) => {
    const random = new Random(sizes.depth * 7 + sizes.units);
    await expectSameSequences(lstmGraph(random, sizes, dtype), random);
  });

  it.each([
    [false, true],
    [true, false],
    [true, true],
  ])("SVDF with int16 memory %s, bias %s", async (wide, bias) => {
    const random = new Random(40 + Number(wide) + 2 * Number(bias));
    await expectSameSequences(svdfGraph(random, wide, bias), random);
  });
});

describe("refused", () => {
  const sizes: Sizes = { batches: 1, steps: 1, depth: 2, units: 2, timeMajor: false, clip: 0 };

  function problemsOf(change: (graph: Graph) => Graph, make: (random: Random) => Graph): string {
    const problems = new Problems();
    checkGraph(change(make(new Random(3))), problems);
    try {
      problems.done();
    } catch (error) {
      const found = error as { message: string; also: readonly { message: string }[] };
      return [found, ...found.also].map((one) => one.message).join("\n");
    }
    return "";
  }
  const lstm = (random: Random): Graph => lstmGraph(random, sizes, "int8");
  const svdf = (random: Random): Graph => svdfGraph(random, false, true);
  const tensor = (index: number, change: Partial<Tensor>) => (graph: Graph) => ({
    ...graph,
    tensors: graph.tensors.map((one, i) => (i === index ? { ...one, ...change } : one)),
  });
  const operator = (change: (inputs: readonly number[]) => readonly number[], attributes = {}) => {
    return (graph: Graph): Graph => {
      const [one] = graph.operators;
      const inputs = change(one!.inputs);
      return { ...graph, operators: [{ ...one!, inputs, attributes: { ...one!.attributes, ...attributes } }] };
    };
  };

  it.each([
    [
      "a peephole",
      lstm,
      operator((inputs) => inputs.map((index, i) => (i === 9 ? 1 : index))),
      /inputs, needs 20 to 24/,
    ],
    [
      "another activation",
      lstm,
      operator((inputs) => inputs, { activation: "relu" }),
      /activation is relu, must be tanh/,
    ],
    ["weights of another shape", lstm, tensor(2, { shape: [4, 1] }), /shape of input 2 is \[4, 1\]/],
    ["weights with a zero point", lstm, tensor(3, { quantization: perTensor(0.1, 1) }), /zero point of input 3/],
    [
      "a cell scale that is no power of two",
      lstm,
      tensor(14, { quantization: perTensor(0.003, 0) }),
      /scale of the cell state/,
    ],
    ["a cell of int8", lstm, tensor(14, { dtype: "int8", state: new Uint8Array(2) }), /input 19 of type int8/],
    ["a rank that does not divide", svdf, operator((inputs) => inputs, { rank: 97 }), /rank is 97, must be a divisor/],
    [
      "memory of another size",
      svdf,
      tensor(4, { shape: [2, 3], state: new Uint8Array(6) }),
      /elements of the state is 6/,
    ],
    [
      "no state",
      svdf,
      operator((inputs) => inputs.map((index, i) => (i === 4 ? -1 : index))),
      /5 inputs, needs 5|needs 5/,
    ],
  ] as const)("%s", (_, make, change, words) => {
    expect(problemsOf((graph) => graph, make)).toBe("");
    expect(problemsOf(change, make)).toMatch(words);
  });
});
