// An operator on fewer channels: its weights, biases and other constants cut to the channels that are left.

import { elementBytes, type Graph, type Operator, type Quantization, type Tensor } from "../../../graph/graph.ts";
import { type ChannelRule, channelsOf } from "./rules.ts";

/** `tensor` with only the indices `keep` of `axis`, in that order. */
export function sliceTensor(tensor: Tensor, axis: number, keep: readonly number[]): Tensor {
  const { shape, data, quantization } = tensor;
  const size = shape[axis]!;
  const sliced: Tensor = {
    ...tensor,
    shape: shape.with(axis, keep.length),
    quantization: quantization && sliceQuantization(quantization, tensor, axis, keep),
  };
  if (!data) return sliced;
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1) * elementBytes(tensor.dtype);
  const outer = shape.slice(0, axis).reduce((product, n) => product * n, 1);
  const bytes = new Uint8Array(outer * keep.length * inner);
  let at = 0;
  for (let i = 0; i < outer; i++) {
    for (const index of keep) {
      const start = (i * size + index) * inner;
      // A call per few bytes costs more than the bytes.
      if (inner >= 16) bytes.set(data.subarray(start, start + inner), at);
      else for (let byte = 0; byte < inner; byte++) bytes[at + byte] = data[start + byte]!;
      at += inner;
    }
  }
  return { ...sliced, data: bytes };
}

/** One scale per index of the sliced axis. Biases say a wrong axis in some files: they have only one. */
function sliceQuantization(
  quantization: Quantization,
  { shape }: Tensor,
  axis: number,
  keep: readonly number[],
): Quantization {
  const { scales, zeroPoints } = quantization;
  const along = quantization.axis === axis || shape.length === 1;
  if (!along || scales.length === 1 || scales.length !== shape[axis]) return quantization;
  return { ...quantization, scales: keep.map((i) => scales[i]!), zeroPoints: keep.map((i) => zeroPoints[i]!) };
}

/** Kept channels of each computed operand. */
export interface Kept {
  readonly inputs: readonly (readonly number[] | undefined)[];
  readonly output: readonly number[];
}

/** Constants of the operator cut to the kept channels: input position → tensor. Computed operands are the caller's. */
export function sliceConstants(graph: Graph, operator: Operator, rule: ChannelRule, kept: Kept): Map<number, Tensor> {
  const cut = new Map<number, Tensor>();
  for (const [input, axis] of rule.sliced) {
    const tensor = graph.tensors[operator.inputs[input]!]!;
    cut.set(input, sliceTensor(tensor, axis, kept.output));
  }
  if (rule.type !== "mix") return cut;
  const weights = cut.get(1)!;
  const channels = channelsOf(graph.tensors[operator.inputs[0]!]!);
  const inputs = kept.inputs[0]!;
  if (inputs.length === channels || channels === 1) return cut;
  // Columns: product k reads channel k mod channels; the innermost dimension of the weights holds whole runs of channels.
  const depth = weights.shape.at(-1)!;
  const columns = Array.from({ length: depth / channels }, (_, run) => inputs.map((c) => run * channels + c)).flat();
  cut.set(1, sliceTensor(weights, weights.shape.length - 1, columns));
  return cut;
}
