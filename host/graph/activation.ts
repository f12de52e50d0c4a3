// Activations fused into an operator: what schema v3 calls them, and the clamp each is, in the output's own numbers.
//
//   integers   [low, high] in quantised steps: zeroPoint + round(bound / scale), bound / scale in binary32 as TFLite does it
//   floats     [low, high], infinite where there is no bound

import { integerRange } from "./dtype.ts";
import { roundAway } from "./fixed-point.ts";
import type { Tensor } from "./graph.ts";
import type { TfliteField } from "./operator.ts";

/** ActivationFunctionType of schema v3, by value. */
const activationNames = ["none", "relu", "relu_n1_to_1", "relu6", "tanh", "sign_bit"] as const;

export function activationField(slot: number): TfliteField {
  return { slot, type: "enum", names: activationNames, default: "none" };
}

const bounds: Partial<Record<string, readonly [low: number, high: number]>> = {
  none: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  relu: [0, Number.POSITIVE_INFINITY],
  relu_n1_to_1: [-1, 1],
  relu_0_to_1: [0, 1],
  relu6: [0, 6],
};

/** Whether an activation is a clamp, which is what kernels can fuse. */
export function isClamp(activation: unknown): boolean {
  return bounds[String(activation)] !== undefined;
}

export function floatClamp(activation: unknown): readonly [low: number, high: number] {
  return bounds[String(activation)] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

/** The clamp of a quantised output (or of a plain integer one, whose scale is 1). */
export function integerClamp(activation: unknown, output: Tensor): readonly [low: number, high: number] {
  const [least, greatest] = integerRange(output.dtype) ?? [0, 0];
  const scale = output.quantization?.scales[0] ?? 1;
  const zeroPoint = output.quantization?.zeroPoints[0] ?? 0;
  const quantised = (bound: number): number => zeroPoint + roundAway(Math.fround(bound / scale));
  const [low, high] = floatClamp(activation);
  return [
    Math.min(greatest, low === Number.NEGATIVE_INFINITY ? least : Math.max(least, quantised(low))),
    Math.max(least, high === Number.POSITIVE_INFINITY ? greatest : Math.min(greatest, quantised(high))),
  ];
}
