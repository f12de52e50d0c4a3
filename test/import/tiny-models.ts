// Small models of this repository, built as Graphs and exported: what tests use where the corpus is not there.
// Weights are pseudo-random, the same in every run.

import { exportTflite } from "../../host/export/export.ts";
import type { Attributes, Graph, Operator, Tensor } from "../../host/graph/graph.ts";

/** mulberry32: a small generator with 32 bits of state, for tests only. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function builder(name: string) {
  const tensors: Tensor[] = [];
  const operators: Operator[] = [];
  const random = generator(name.length);
  const tensor = (dtype: Tensor["dtype"], shape: number[], more: Partial<Tensor> = {}): number =>
    tensors.push({ name: `${name}/${tensors.length}`, dtype, shape, origin: tensors.length, ...more }) - 1;
  return {
    activation: (shape: number[], scale = 0.05, zeroPoint = -3) =>
      tensor("int8", shape, { quantization: { scales: [Math.fround(scale)], zeroPoints: [zeroPoint], axis: 0 } }),
    weights: (shape: number[], axis = 0) => {
      const scales = Array.from({ length: shape[axis]! }, () => Math.fround(0.01 + 0.01 * random()));
      const data = Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.floor(256 * random()));
      return tensor("int8", shape, { data, quantization: { scales, zeroPoints: scales.map(() => 0), axis } });
    },
    int32s: (...values: number[]) =>
      tensor("int32", [values.length], { data: new Uint8Array(Int32Array.from(values).buffer) }),
    state: (shape: number[], fill: number) => {
      const state = new Uint8Array(shape.reduce((a, b) => a * b)).fill(fill);
      return tensor("int8", shape, { state, quantization: { scales: [Math.fround(0.05)], zeroPoints: [-3], axis: 0 } });
    },
    operator: (kind: string, inputs: number[], outputs: number[], attributes: Attributes = {}) => {
      operators.push({ kind, inputs, outputs, attributes, origin: operators.length });
    },
    graph: (inputs: number[], outputs: number[]): Graph => ({ name, tensors, operators, inputs, outputs }),
  };
}

const window = { strideW: 1, strideH: 1, dilationW: 1, dilationH: 1, activation: "relu" };

/** Pad-free convolutions, a residual addition, pooling, a dense layer: the shape of a small vision model. */
export function tinyVision(): Graph {
  const b = builder("vision");
  const image = b.activation([1, 6, 6, 2]);
  const first = b.activation([1, 6, 6, 4]);
  const conv = { ...window, padding: "same", quantizedBiasType: "none" };
  b.operator("conv_2d", [image, b.weights([4, 3, 3, 2]), b.int32s(5, -3, 100, 0)], [first], conv);
  const second = b.activation([1, 6, 6, 4]);
  const depthwise = { ...window, padding: "same", depthMultiplier: 1 };
  b.operator("depthwise_conv_2d", [first, b.weights([1, 3, 3, 4], 3), b.int32s(1, 2, 3, 4)], [second], depthwise);
  const sum = b.activation([1, 6, 6, 4], 0.08, 5);
  b.operator("add", [first, second], [sum], { activation: "none", potScaleInt16: true });
  const flat = b.activation([1, 144], 0.08, 5);
  b.operator("reshape", [sum, b.int32s(1, 144)], [flat], { newShape: [] });
  const scores = b.activation([1, 3], 0.3, 0);
  b.operator("fully_connected", [flat, b.weights([3, 144]), -1], [scores], {
    activation: "none",
    weightsFormat: "default",
    keepNumDims: false,
    asymmetricQuantizeInputs: false,
    quantizedBiasType: "none",
  });
  return b.graph([image], [scores]);
}

/** A variable that keeps the last input: the output is the input plus the one before. */
export function tinyStream(): Graph {
  const b = builder("stream");
  const input = b.activation([1, 4]);
  const variable = b.state([1, 4], 7);
  const before = b.activation([1, 4]);
  const sum = b.activation([1, 4], 0.1, 0);
  b.operator("read_variable", [variable], [before]);
  b.operator("add", [input, before], [sum], { activation: "none", potScaleInt16: true });
  b.operator("assign_variable", [variable, input], []);
  return b.graph([input], [sum]);
}

export const tinyModels: Readonly<Record<string, () => Uint8Array>> = {
  vision: () => exportTflite(tinyVision()),
  stream: () => exportTflite(tinyStream()),
};
