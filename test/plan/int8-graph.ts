// Builds int8 graphs for the planner's tests: layers of real operators with weights from a seeded generator, and with the
// dead rows, constant channels and odd zero points that rewrites are about.

import type { Attributes, Graph, Operator, Quantization, Tensor } from "../../host/graph/graph.ts";

export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }
  chance(percent: number): boolean {
    return this.next() % 100 < percent;
  }
}

export interface ConvOptions {
  readonly outputs: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: "same" | "valid";
  readonly activation?: string;
  /** Per cent of rows (channels of a depthwise convolution) without weights. */
  readonly dead?: number;
  readonly perChannel?: boolean;
  readonly bias?: boolean;
  readonly zeroPoint?: number;
}

export class GraphBuilder {
  readonly tensors: Tensor[] = [];
  readonly operators: Operator[] = [];
  readonly inputs: number[] = [];

  constructor(readonly random: Random) {}

  shape(tensor: number): readonly number[] {
    return this.tensors[tensor]!.shape;
  }

  tensor(tensor: Tensor): number {
    const origin = this.tensors.length;
    this.tensors.push({ ...tensor, origin });
    return origin;
  }

  activation(shape: readonly number[], quantization = this.scale()): number {
    return this.tensor({ name: `t${this.tensors.length}`, dtype: "int8", shape, quantization });
  }

  /** A zero point anywhere, often at an end, as after a RELU. */
  scale(zeroPoint?: number): Quantization {
    const { random } = this;
    const anywhere = random.chance(50) ? -128 : random.between(-100, 100);
    return { scales: [Math.fround(random.between(20, 200) / 2000)], zeroPoints: [zeroPoint ?? anywhere], axis: 0 };
  }

  input(shape: readonly number[]): number {
    const tensor = this.activation(shape);
    this.inputs.push(tensor);
    return tensor;
  }

  operator(kind: string, inputs: readonly number[], outputs: readonly number[], attributes: Attributes = {}): number {
    this.operators.push({ kind, inputs, outputs, attributes, origin: this.operators.length });
    return outputs[0] ?? -1;
  }

  int32(values: readonly number[], shape: readonly number[] = [values.length]): number {
    const data = new Uint8Array(new Int32Array(values).buffer);
    return this.tensor({ name: "numbers", dtype: "int32", shape, data });
  }

  /** `channelAt` tells the output channel of an element, so that whole channels can be dead. */
  weights(shape: readonly number[], axis: number, options: ConvOptions): number {
    const { random } = this;
    const channels = shape[axis]!;
    const dead = Array.from({ length: channels }, () => random.chance(options.dead ?? 30));
    const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    const size = shape.reduce((product, n) => product * n, 1);
    const data = Int8Array.from({ length: size }, (_, i) =>
      dead[Math.floor(i / inner) % channels] || random.chance(10) ? 0 : random.between(-127, 127),
    );
    const count = options.perChannel === false ? 1 : channels;
    const scales = Array.from({ length: count }, () => Math.fround(random.between(1, 40) / 4000));
    const quantization = { scales, zeroPoints: scales.map(() => 0), axis };
    return this.tensor({ name: "weights", dtype: "int8", shape, data: new Uint8Array(data.buffer), quantization });
  }

  bias(channels: number, options: ConvOptions): number[] {
    if (options.bias === false) return [];
    return [this.int32(Array.from({ length: channels }, () => this.random.between(-3000, 3000)))];
  }

  window(options: ConvOptions): Attributes {
    const { stride = 1, padding = "same", activation = "none" } = options;
    return { padding, strideW: stride, strideH: stride, activation, dilationW: 1, dilationH: 1 };
  }

  windowed(
    input: number,
    channels: number,
    { kernel = 1, stride = 1, padding = "same", zeroPoint }: ConvOptions,
  ): number {
    const [n, h, w] = this.shape(input) as [number, number, number];
    const out = (size: number) =>
      padding === "same" ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
    return this.activation([n, out(h), out(w), channels], this.scale(zeroPoint));
  }

  conv(input: number, options: ConvOptions): number {
    const { outputs, kernel = 1 } = options;
    const output = this.windowed(input, outputs, options);
    const weights = this.weights([outputs, kernel, kernel, this.shape(input)[3]!], 0, options);
    const attributes = { ...this.window(options), quantizedBiasType: "none" };
    return this.operator("conv_2d", [input, weights, ...this.bias(outputs, options)], [output], attributes);
  }

  depthwise(input: number, options: Omit<ConvOptions, "outputs"> & { readonly multiplier?: number }): number {
    const { kernel = 3, multiplier = 1 } = options;
    const channels = this.shape(input)[3]! * multiplier;
    const all = { ...options, kernel, outputs: channels };
    const output = this.windowed(input, channels, all);
    const weights = this.weights([1, kernel, kernel, channels], 3, all);
    const attributes = { ...this.window(all), depthMultiplier: multiplier };
    return this.operator("depthwise_conv_2d", [input, weights, ...this.bias(channels, all)], [output], attributes);
  }

  dense(input: number, options: ConvOptions): number {
    const depth = this.shape(input)
      .slice(1)
      .reduce((product, n) => product * n, 1);
    const output = this.activation([1, options.outputs]);
    const weights = this.weights([options.outputs, depth], 0, options);
    const attributes = {
      activation: options.activation ?? "none",
      weightsFormat: "default",
      keepNumDims: false,
      asymmetricQuantizeInputs: false,
      quantizedBiasType: "none",
    };
    return this.operator(
      "fully_connected",
      [input, weights, ...this.bias(options.outputs, options)],
      [output],
      attributes,
    );
  }

  add(a: number, b: number, activation = "none"): number {
    return this.operator("add", [a, b], [this.activation(this.shape(a))], { activation, potScaleInt16: true });
  }

  /** Operands must have the same quantisation: `concat` requantises what has not. */
  concat(parts: readonly number[]): number {
    const [first] = parts;
    const { quantization } = this.tensors[first!]!;
    const shape = this.shape(first!);
    const channels = parts.reduce((sum, part) => sum + this.shape(part).at(-1)!, 0);
    const inputs = parts.map((part) => {
      if (part === first) return part;
      return this.operator("quantize", [part], [this.activation(this.shape(part), quantization)]);
    });
    const output = this.activation(shape.with(-1, channels), quantization);
    return this.operator("concatenation", inputs, [output], { axis: shape.length - 1, activation: "none" });
  }

  pad(input: number, [top, bottom, left, right]: readonly [number, number, number, number]): number {
    const [n, h, w, c] = this.shape(input) as [number, number, number, number];
    const sizes = this.int32([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    const shape = [n, h + top + bottom, w + left + right, c];
    return this.operator("pad", [input, sizes], [this.activation(shape, this.tensors[input]!.quantization)]);
  }

  reshape(input: number, shape: readonly number[]): number {
    const output = this.activation(shape, this.tensors[input]!.quantization);
    return this.operator("reshape", [input], [output], { newShape: shape });
  }

  /** RELU and its like; the same quantisation as before. */
  clamp(input: number, kind: string): number {
    return this.operator(kind, [input], [this.activation(this.shape(input), this.tensors[input]!.quantization)]);
  }

  /** 2×2 windows, the same quantisation as before. */
  pool(input: number, kind: string): number {
    const [n, h, w, c] = this.shape(input) as [number, number, number, number];
    const shape = [n, Math.ceil(h / 2), Math.ceil(w / 2), c];
    const sizes = { strideW: 2, strideH: 2, filterW: 2, filterH: 2 };
    const output = this.activation(shape, this.tensors[input]!.quantization);
    return this.operator(kind, [input], [output], { padding: "same", ...sizes, activation: "none" });
  }

  graph(outputs: readonly number[]): Graph {
    const { tensors, operators, inputs } = this;
    return { name: "built", tensors, operators, inputs, outputs };
  }
}
