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
