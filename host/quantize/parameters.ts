// Scales, zero points and the integers they make of real numbers.
//
//   activations   scale = (high − low) / 255 over a range that holds 0; zero point whole and in −128…127, so 0 is exact
//   weights       scale = greatest magnitude / 127, zero point 0; a channel's bias may ask for a coarser one (below)
//   bias          int32, scale = input scale · weight scale

import { elementCount, type Quantization, type Tensor, toValues } from "../graph/graph.ts";
import type { Range } from "./calibrate.ts";

/** Far below any real range: keeps scales positive, normal binary32 numbers. */
const leastScale = 2 ** -100;

/** A bias stays within this many steps, so that sums with it do not overflow. */
const biasSteps = 2 ** 29;

export function activationQuantization({ low, high }: Range): Quantization {
  const [least, greatest] = [Math.min(0, low), Math.max(0, high)];
  if (least === greatest) return perTensor(1 / 128, 0);
  const scale = Math.fround(Math.max((greatest - least) / 255, leastScale));
  return perTensor(scale, Math.max(-128, Math.min(127, Math.round(-128 - least / scale))));
}

export function perTensor(scale: number, zeroPoint: number): Quantization {
  return { scales: [Math.fround(scale)], zeroPoints: [zeroPoint], axis: 0 };
}

/** A constant operand that is not weights: in the quantisation of its tensor. */
export function quantizedConstant(tensor: Tensor, quantization: Quantization): Tensor {
  const [scale, zeroPoint] = [quantization.scales[0]!, quantization.zeroPoints[0]!];
  const bytes = Int8Array.from(floats(tensor), (value) => clamp8(Math.round(value / scale) + zeroPoint));
  return { ...tensor, dtype: "int8", quantization, data: new Uint8Array(bytes.buffer) };
}

/** Weights along `axis` (one scale for all when undefined), coarse enough for the bias that goes with them. */
export function quantizedWeights(
  tensor: Tensor,
  axis: number | undefined,
  inputScale: number,
  bias: ArrayLike<number> | undefined,
): Tensor {
  const values = floats(tensor);
  const channels = axis === undefined ? 1 : tensor.shape[axis]!;
  const inner = axis === undefined ? 1 : elementCount(tensor.shape.slice(axis + 1));
  const channelOf = (i: number): number => (axis === undefined ? 0 : Math.floor(i / inner) % channels);
  const greatest = new Float64Array(channels);
  values.forEach((value, i) => {
    greatest[channelOf(i)] = Math.max(greatest[channelOf(i)]!, Math.abs(value));
  });
  const biases = new Float64Array(channels);
  for (let i = 0; i < (bias?.length ?? 0); i++) {
    const channel = axis === undefined ? 0 : i;
    biases[channel] = Math.max(biases[channel]!, Math.abs(bias![i]!));
  }
  const scales = Array.from(greatest, (most, channel) => {
    const wanted = Math.max(most / 127, biases[channel]! / (biasSteps * inputScale));
    return Math.fround(wanted > 0 ? Math.max(wanted, leastScale) : 1);
  });
  const bytes = Int8Array.from(values, (value, i) =>
    Math.max(-127, Math.min(127, Math.round(value / scales[channelOf(i)]!))),
  );
  const quantization = { scales, zeroPoints: scales.map(() => 0), axis: axis ?? 0 };
  return { ...tensor, dtype: "int8", quantization, data: new Uint8Array(bytes.buffer) };
}

export function quantizedBias(tensor: Tensor, inputScale: number, weightScales: readonly number[]): Tensor {
  const values = floats(tensor);
  const scales = weightScales.map((scale) => Math.fround(inputScale * scale));
  const steps = Int32Array.from(values, (value, i) => Math.round(value / scales[scales.length === 1 ? 0 : i]!));
  const quantization = { scales, zeroPoints: scales.map(() => 0), axis: 0 };
  return { ...tensor, dtype: "int32", quantization, data: new Uint8Array(steps.buffer) };
}

function floats(tensor: Tensor): Float32Array {
  return toValues("float32", tensor.data!, elementCount(tensor.shape)) as Float32Array;
}

function clamp8(value: number): number {
  return Math.max(-128, Math.min(127, value));
}
