// How an accumulator of products becomes an output value.
//
//   factor(channel) = input scale · weight scale(channel) / output scale → multiplier and shift (fixed-point.ts)
//   int8            32-bit accumulator, double rounding
//   int16           64-bit accumulator and a 15-bit multiplier; with an int32 bias, 32 bits and double rounding
//
// The product of scales is taken in double precision by convolutions (PopulateConvolutionQuantizationParams), in binary32 by
// per-tensor dense and batched matrix products (GetQuantizedConvolutionMultipler): the multipliers' last bits differ.

import { integerClamp } from "./activation.ts";
import {
  clamp,
  frexp,
  type Multiplier,
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplier64,
  quantizeMultiplier,
} from "./fixed-point.ts";
import type { Tensor } from "./graph.ts";

export interface Scaling {
  /** One per output channel. */
  readonly multipliers: readonly Multiplier[];
  readonly accumulator: 32 | 64;
  readonly inputZeroPoint: number;
  readonly weightZeroPoint: number;
  readonly outputZeroPoint: number;
  readonly low: number;
  readonly high: number;
  /** Instead of the multipliers, where the reference rescales in double precision. */
  readonly wide?: readonly WideFactor[];
}

/** sum · factor / 2^shift, rounded once, halves away from zero; |sum| · factor < 2^62. */
export interface WideFactor {
  readonly factor: bigint;
  readonly shift: number;
}

export interface ScalingOf {
  readonly input: Tensor;
  readonly weights: Tensor;
  readonly bias?: Tensor | undefined;
  readonly output: Tensor;
  readonly channels: number;
  readonly activation: unknown;
  /** How the scales are multiplied; "double" when absent. */
  readonly product?: "double" | "binary32";
  /** Type of an absent bias (TFLite's quantized_bias_type): says how wide int16 products are summed. */
  readonly biasType?: unknown;
}

export function scalingOf(of: ScalingOf): Scaling {
  const { input, weights, bias, output, channels } = of;
  const scales = weights.quantization!.scales;
  const inputScale = input.quantization!.scales[0]!;
  const outputScale = output.quantization!.scales[0]!;
  const multiplierOf = (scale: number): Multiplier => {
    const product = inputScale * scale;
    return quantizeMultiplier((of.product === "binary32" ? Math.fround(product) : product) / outputScale);
  };
  const each = scales.map(multiplierOf);
  const narrow = input.dtype !== "int16" || (bias ? bias.dtype === "int32" : of.biasType === "int32");
  const [low, high] = integerClamp(of.activation, output);
  return {
    multipliers: Array.from({ length: channels }, (_, channel) => each[scales.length === 1 ? 0 : channel]!),
    accumulator: narrow ? 32 : 64,
    inputZeroPoint: input.quantization!.zeroPoints[0]!,
    weightZeroPoint: weights.quantization!.zeroPoints[0]!,
    outputZeroPoint: output.quantization!.zeroPoints[0]!,
    low,
    high,
  };
}

/** Accumulator → output value. `sum` is exact (a double holds it); 32-bit accumulators wrap, as the machine's do. */
export function scaleSum(scaling: Scaling, sum: number, channel: number): number {
  if (scaling.wide) {
    return clamp(scaleWide(sum, scaling.wide[channel]!) + scaling.outputZeroPoint, scaling.low, scaling.high);
  }
  const multiplier = scaling.multipliers[channel]!;
  const scaled =
    scaling.accumulator === 64
      ? multiplyByQuantizedMultiplier64(BigInt(sum), multiplier)
      : multiplyByQuantizedMultiplier(wrap32(sum), multiplier);
  return clamp(wrap32(scaled + scaling.outputZeroPoint), scaling.low, scaling.high);
}

function wrap32(sum: number): number {
  return sum | 0;
}

/** `real` with as many bits as sums up to `greatest` leave of 62: double precision for all that can be told apart. */
export function wideFactor(real: number, greatest: number): WideFactor {
  const { mantissa, exponent } = frexp(real);
  const bits = Math.min(53, 61 - Math.ceil(Math.log2(greatest + 1)), 62 + exponent);
  if (bits < 1) return { factor: 0n, shift: 62 };
  return { factor: BigInt(Math.round(mantissa * 2 ** bits)), shift: Math.max(1, bits - exponent) };
}

function scaleWide(sum: number, { factor, shift }: WideFactor): number {
  const product = BigInt(sum) * factor;
  const size = (product < 0n ? -product : product) + (1n << BigInt(shift - 1));
  const rounded = Number(size >> BigInt(shift));
  return clamp(product < 0n ? -rounded : rounded, -65536, 65536);
}

/** TFLite's QuantizeMultiplier for 64-bit sums keeps 15 bits of the multiplier, rounded. */
export function reducedMultiplier({ multiplier }: Multiplier): number {
  return multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
}

/** int16: TFLite's 64-bit arithmetic takes factors below 2^7 (its shift is below 8). */
export function fitsReduced(factor: number): boolean {
  return quantizeMultiplier(factor).shift < 8;
}
