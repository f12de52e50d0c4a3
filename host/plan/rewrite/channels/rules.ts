// How channels (the last dimension) pass through an operator: what dead-channel removal knows about each kind.
//
//   mix    every output channel is a sum over input channels, row o of the weights its factors (convolutions, dense layers)
//   each   output channel o comes from the channels `sources(o)` alone: element by element, window by window, or moved
//
// No rule: the operator reads and writes all channels. Rules hold for int8 activations with one scale.

import type { Graph, Operator, Tensor } from "../../../graph/graph.ts";

interface Source {
  /** Position among the operator's inputs. */
  readonly input: number;
  readonly channel: number;
}

export interface MixRule {
  readonly type: "mix";
  readonly rows: number;
  /** Products in a row; product k reads channel k mod (channels of the input). */
  readonly rowLength: number;
  weight(row: number, k: number): number;
  /** Whether a window may read padding, which has the zero point's value and not the channel's. */
  readonly padded: boolean;
  /** Constant inputs to slice by output channel: input → axis. */
  readonly sliced: ReadonlyMap<number, number>;
  /** A dense layer with one scale a channel multiplies scales in another precision than one with a single scale. */
  readonly leastRows: number;
}

export interface EachRule {
  readonly type: "each";
  sources(output: number): readonly Source[];
  /** Bytes move and keep their value; otherwise the reference says what becomes of a constant. */
  readonly moves: boolean;
  /** As of a MixRule; true where it is not known. */
  readonly padded: boolean;
  readonly sliced: ReadonlyMap<number, number>;
}

export type ChannelRule = MixRule | EachRule;

export function ruleOf(graph: Graph, operator: Operator): ChannelRule | undefined {
  const output = graph.tensors[operator.outputs[0] ?? -1];
  if (operator.outputs.length !== 1 || !output || !isActivation(output)) return undefined;
  const inputs = operator.inputs.map((index) => graph.tensors[index]);
  const [first] = inputs;
  if (!first || (!first.data && !isActivation(first))) return undefined;
  return rules[operator.kind]?.(operator, inputs, output);
}

export function channelsOf({ shape }: Tensor): number {
  return shape.at(-1) ?? 1;
}

/** Integer activations with one scale, whose last dimension can be sliced. */
function isActivation({ dtype, shape, quantization, data, state }: Tensor): boolean {
  return !data && !state && dtype === "int8" && shape.length > 0 && quantization?.scales.length === 1;
}

type Inputs = readonly (Tensor | undefined)[];
type RuleMaker = (operator: Operator, inputs: Inputs, output: Tensor) => ChannelRule | undefined;

const none: ReadonlyMap<number, number> = new Map();

function int8Weights(weights: Tensor | undefined, bias: Tensor | undefined): Int8Array | undefined {
  if (!weights?.data || weights.dtype !== "int8") return undefined;
  if (bias && (!bias.data || bias.dtype !== "int32")) return undefined;
  if (weights.quantization?.zeroPoints.some((zero) => zero !== 0) !== false) return undefined;
  return new Int8Array(weights.data.buffer, weights.data.byteOffset, weights.data.length);
}

const conv2d: RuleMaker = ({ attributes }, [input, weights, bias], output) => {
  const values = int8Weights(weights, bias);
  const [rows, height, width, depth] = weights?.shape ?? [];
  if (!values || !input || input.data || depth !== channelsOf(input)) return undefined;
  const rowLength = height! * width! * depth;
  return {
    type: "mix",
    rows: rows!,
    rowLength,
    weight: (row, k) => values[row * rowLength + k]!,
    padded: readsPadding(attributes, input, weights!, output),
    sliced: new Map((bias ? [1, 2] : [1]).map((at) => [at, 0])),
    leastRows: 1,
  };
};

const fullyConnected: RuleMaker = (_, [input, weights, bias]) => {
  const values = int8Weights(weights, bias);
  const [rows, rowLength] = weights?.shape ?? [];
  if (!values || !input || input.data || rowLength! % channelsOf(input) !== 0) return undefined;
  return {
    type: "mix",
    rows: rows!,
    rowLength: rowLength!,
    weight: (row, k) => values[row * rowLength! + k]!,
    padded: false,
    sliced: new Map((bias ? [1, 2] : [1]).map((at) => [at, 0])),
    leastRows: weights!.quantization!.scales.length > 1 ? 2 : 1,
  };
};

const depthwise: RuleMaker = ({ attributes }, [input, weights, bias], output) => {
  const values = int8Weights(weights, bias);
  const [, height, width, channels] = weights?.shape ?? [];
  if (!values || !input || input.data) return undefined;
  const sliced = new Map([[1, 3], ...(bias ? [[2, 0] as const] : [])] as const);
  if (channels === channelsOf(input))
    return {
      type: "each",
      sources: (channel) => [{ input: 0, channel }],
      moves: false,
      padded: readsPadding(attributes, input, weights!, output),
      sliced,
    };
  if (channelsOf(input) !== 1) return undefined;
  return {
    type: "mix",
    rows: channels!,
    rowLength: height! * width!,
    weight: (row, k) => values[k * channels! + row]!,
    padded: readsPadding(attributes, input, weights!, output),
    sliced,
    leastRows: 1,
  };
};

/** Whether some window reaches outside the input (graph/window.ts has the formula). */
function readsPadding(attributes: Operator["attributes"], input: Tensor, weights: Tensor, output: Tensor): boolean {
  if (attributes["padding"] === "valid") return false;
  if (attributes["padding"] !== "same") return true;
  const reaches = (axis: number, stride: unknown, dilation: unknown): boolean =>
    (output.shape[axis]! - 1) * Number(stride ?? 1) + (weights.shape[axis]! - 1) * Number(dilation ?? 1) >=
    input.shape[axis]!;
  const { strideH, strideW, dilationH, dilationW } = attributes;
  return reaches(1, strideH, dilationH) || reaches(2, strideW, dilationW);
}

/** The first input's channels one by one; further inputs say how, and have no channels (paddings, axes, sizes). A last
 * dimension of the same size is not padded. */
const same: RuleMaker = (_, inputs, output) => {
  if (inputs[0]!.data || channelsOf(inputs[0]!) !== channelsOf(output)) return undefined;
  if (inputs.slice(1).some((tensor) => !tensor?.data)) return undefined;
  return { type: "each", sources: (channel) => [{ input: 0, channel }], moves: false, padded: true, sliced: none };
};

/** Of dimensions other than the last. */
const reduced: RuleMaker = (operator, inputs, output) => {
  const [input, axes] = inputs;
  if (!axes?.data || axes.dtype !== "int32" || axes.data.length % 4 !== 0) return undefined;
  const view = new DataView(axes.data.buffer, axes.data.byteOffset, axes.data.length);
  const rank = input!.shape.length;
  for (let i = 0; i < view.byteLength; i += 4) {
    const axis = view.getInt32(i, true);
    if ((axis < 0 ? axis + rank : axis) === rank - 1) return undefined;
  }
  return same(operator, inputs, output);
};

const elementwise: RuleMaker = (_, inputs, output) => {
  const channels = channelsOf(output);
  const computed: number[] = [];
  const sliced = new Map<number, number>();
  for (const [i, tensor] of inputs.entries()) {
    if (tensor?.dtype !== "int8" || tensor.quantization?.scales.length !== 1) return undefined;
    const own = channelsOf(tensor);
    if (own !== channels && own !== 1) return undefined;
    if (!tensor.data) computed.push(i);
    else if (own === channels) sliced.set(i, tensor.shape.length - 1);
  }
  const sources = (channel: number): Source[] =>
    computed.map((input) => ({ input, channel: channelsOf(inputs[input]!) === 1 ? 0 : channel }));
  return { type: "each", sources, moves: false, padded: true, sliced };
};

const concatenation: RuleMaker = ({ attributes }, inputs, output) => {
  if (inputs.some((tensor) => !tensor || !isActivation(tensor))) return undefined;
  const rank = output.shape.length;
  const axis = Number(attributes["axis"]);
  const all = inputs.map((_, input) => input);
  if ((axis < 0 ? axis + rank : axis) !== rank - 1)
    return {
      type: "each",
      sources: (channel) => all.map((input) => ({ input, channel })),
      moves: true,
      padded: true,
      sliced: none,
    };
  const owners = all.flatMap((input) =>
    Array.from({ length: channelsOf(inputs[input]!) }, (_, channel): Source => ({ input, channel })),
  );
  return { type: "each", sources: (channel) => [owners[channel]!], moves: true, padded: true, sliced: none };
};

/** Row-major order: where one last dimension divides the other, a channel goes to every n-th place, or comes from it. */
const reshaped: RuleMaker = (_, [input], output) => {
  if (!input || input.data) return undefined;
  const [from, to] = [channelsOf(input), channelsOf(output)];
  if (from === 0 || to === 0) return undefined;
  if (to % from === 0)
    return { type: "each", sources: (o) => [{ input: 0, channel: o % from }], moves: true, padded: true, sliced: none };
  if (from % to !== 0) return undefined;
  const times = Array.from({ length: from / to }, (_, i) => i * to);
  const sources = (o: number): Source[] => times.map((start) => ({ input: 0, channel: start + o }));
  return { type: "each", sources, moves: true, padded: true, sliced: none };
};

const rules: Readonly<Record<string, RuleMaker>> = {
  conv_2d: conv2d,
  fully_connected: fullyConnected,
  depthwise_conv_2d: depthwise,
  average_pool_2d: same,
  max_pool_2d: same,
  resize_bilinear: same,
  resize_nearest_neighbor: same,
  pad: same,
  padv2: same,
  mirror_pad: same,
  mean: reduced,
  reduce_max: reduced,
  reduce_min: reduced,
  relu: elementwise,
  relu6: elementwise,
  relu_n1_to_1: elementwise,
  leaky_relu: elementwise,
  logistic: elementwise,
  tanh: elementwise,
  hard_swish: elementwise,
  elu: elementwise,
  quantize: elementwise,
  requantize: elementwise,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  maximum: elementwise,
  minimum: elementwise,
  squared_difference: elementwise,
  concatenation,
  reshape: reshaped,
  squeeze: reshaped,
  expand_dims: reshaped,
};
