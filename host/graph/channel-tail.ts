// What follows an int8 sum in the packed weight streams: start values with the input's zero point folded in, and per channel
// the constants of the requantisation. Two tails, chosen for a whole layer:
//
//   fast      multiplier, round, right: requantizeDoubled / requantizeSplit of assembly/kernels/requantize.ts; every channel's
//             sum is within their range for any input, and every factor is below ½
//   general   multiplier, shift: any factor

import type { Scaling } from "./scaling.ts";
import type { Words } from "./words.ts";

export interface Channel {
  /** bias − zeroPoint · Σ weights, wrapped to 32 bits as the machine's addition does. */
  readonly start: number;
  /** Least and greatest sum, start included, over every input. */
  readonly least: number;
  readonly greatest: number;
}

/** `weights`: all weights of one channel. */
export function channelOf(weights: readonly number[], bias: number, inputZeroPoint: number): Channel {
  let [total, least, greatest] = [0, 0, 0];
  for (const weight of weights) {
    total += weight;
    least += weight > 0 ? weight * -128 : weight * 127;
    greatest += weight > 0 ? weight * 127 : weight * -128;
  }
  const start = bias - inputZeroPoint * total;
  return { start: start | 0, least: start + least, greatest: start + greatest };
}

/** Whether every sum stays inside ±2^bits. */
export function within(channels: readonly Channel[], bits: number): boolean {
  return channels.every(({ least, greatest }) => least > -(2 ** bits) && greatest < 2 ** bits);
}

export interface Tail {
  readonly fast: boolean;
  readonly scaling: Scaling;
}

/** `dsp`: sums are doubled first, which needs 2^30; the split form takes 2^29. */
export function tailOf(scaling: Scaling, channels: readonly Channel[], dsp: boolean): Tail {
  const small = scaling.multipliers.every(({ multiplier, shift }) => multiplier === 0 || (shift <= -1 && shift >= -22));
  return { fast: small && within(channels, dsp ? 30 : 29), scaling };
}

/** Appends one channel's constants. */
export function writeTail(words: Words, { fast, scaling }: Tail, channel: number): void {
  const { multiplier, shift } = scaling.multipliers[channel] ?? { multiplier: 0, shift: 0 };
  if (!fast) {
    words.int32(multiplier, shift);
    return;
  }
  const right = multiplier === 0 ? 1 : -shift;
  words.int32(multiplier, 2 ** (right - 1) + scaling.outputZeroPoint * 2 ** right, right);
}
