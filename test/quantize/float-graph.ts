// Small float graphs, built an operator at a time, and random samples for them.

import type { Attributes, DType, Graph, Operator, Shape, Tensor } from "../../host/graph/graph.ts";
import { randomFrom } from "../../host/train/train.ts";

export class FloatGraph {
  readonly tensors: Tensor[] = [];
  readonly operators: Operator[] = [];
  readonly #inputs: number[] = [];
  readonly #random;

  constructor(seed = 1) {
    this.#random = randomFrom(seed);
  }

  #add(tensor: Omit<Tensor, "origin">): number {
    return this.tensors.push({ ...tensor, origin: this.tensors.length }) - 1;
  }

  input(shape: Shape, dtype: DType = "float32"): number {
    const index = this.#add({ name: `input ${this.#inputs.length}`, dtype, shape });
    this.#inputs.push(index);
    return index;
  }

  constant(shape: Shape, values?: readonly number[]): number {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: count }, (_, i) => values?.[i] ?? this.#random() * 2 - 1);
    return this.#add({ name: "constant", dtype: "float32", shape, data: new Uint8Array(data.buffer) });
  }

  integers(values: readonly number[]): number {
    const data = new Uint8Array(Int32Array.from(values).buffer);
    return this.#add({ name: "integers", dtype: "int32", shape: [values.length], data });
  }

  operator(kind: string, inputs: readonly number[], shape: Shape, attributes: Attributes = {}): number {
    const output = this.#add({ name: `${kind} ${this.operators.length}`, dtype: "float32", shape });
    this.operators.push({ kind, inputs, outputs: [output], attributes, origin: this.operators.length });
    return output;
  }

  convolution(input: number, channels: number, options: Partial<{ kernel: number; activation: string }> = {}): number {
    const { kernel = 3, activation = "none" } = options;
    const [, height, width, depth] = this.tensors[input]!.shape as [number, number, number, number];
    const operands = [input, this.constant([channels, kernel, kernel, depth]), this.constant([channels])];
    return this.operator("conv_2d", operands, [1, height, width, channels], { ...sliding, activation });
  }

  depthwise(input: number): number {
    const { shape } = this.tensors[input]!;
    const operands = [input, this.constant([1, 3, 3, shape[3]!]), this.constant([shape[3]!])];
    return this.operator("depthwise_conv_2d", operands, shape, { ...sliding, activation: "relu", depthMultiplier: 1 });
  }

  dense(input: number, units: number): number {
    const depth = this.tensors[input]!.shape.reduce((a, b) => a * b, 1);
    const operands = [input, this.constant([units, depth]), this.constant([units])];
    return this.operator("fully_connected", operands, [1, units], dense);
  }

  graph(...outputs: readonly number[]): Graph {
    const { tensors, operators } = this;
    return { name: "float", tensors, operators, inputs: this.#inputs, outputs };
  }
}

const steps = { strideH: 1, strideW: 1, dilationH: 1, dilationW: 1 };
const sliding = { padding: "same", ...steps, quantizedBiasType: "none" };
const dense = {
  activation: "none",
  weightsFormat: "default",
  keepNumDims: false,
  asymmetricQuantizeInputs: false,
  quantizedBiasType: "none",
};

/** Values in −1…1 for every input. */
export function samplesFor({ inputs, tensors }: Graph, count: number, seed = 5): Float32Array<ArrayBuffer>[][] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () =>
    inputs.map((index) => {
      const length = tensors[index]!.shape.reduce((a, b) => a * b, 1);
      return Float32Array.from({ length }, () => random() * 2 - 1);
    }),
  );
}
