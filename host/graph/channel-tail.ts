// What follows an int8 sum in the packed weight streams: start values with the input's zero point folded in, and per channel
// the constants of the requantisation. Two tails, chosen for a whole layer:
//
//   fast      multiplier, round, right: requantizeDoubled / requantizeSplit of assembly/kernels/requantize.ts; every channel's
//             sum is within their range for any input, and every factor is below ½
//   general   multiplier, shift: any factor

import { type Scaling, scaleSum } from "./scaling.ts";
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
  /** Output value of a channel that has the same one for every input; only where the tail is fast. */
  readonly fixed: readonly (number | undefined)[];
}

export interface Settled {
  readonly rows: readonly (readonly number[])[];
  readonly channels: readonly Channel[];
  readonly tail: Tail;
}

/**
 * Chooses the tail from the weights (`rows`, one a channel) and biases. Channels whose output does not depend on the input
 * (dead ones often have biases of 2^30) lose weights and bias for a constant, so that they do not cost the others the fast
 * tail. `dsp`: sums are doubled first, which needs 2^30; the split form takes 2^29.
 */
export function settleChannels(
  rows: readonly (readonly number[])[],
  biases: readonly number[],
  scaling: Scaling,
  dsp: boolean,
): Settled {
  const channels = rows.map((row, oc) => channelOf(row, biases[oc]!, scaling.inputZeroPoint));
  const fixed = channels.map((channel, oc) => fixedOutput(channel, scaling, oc));
  const none: Channel = { start: 0, least: 0, greatest: 0 };
  const settled = channels.map((channel, oc) => (fixed[oc] === undefined ? channel : none));
  const small = scaling.multipliers.every(({ shift }, oc) => fixed[oc] !== undefined || (shift <= -1 && shift >= -22));
  const fast = small && within(settled, dsp ? 30 : 29);
  if (!fast) return { rows, channels, tail: { fast, scaling, fixed: [] } };
  const left = rows.map((row, oc) => (fixed[oc] === undefined ? row : row.map(() => 0)));
  return { rows: left, channels: settled, tail: { fast, scaling, fixed } };
}

/** Scaling and clamping never decrease where nothing wraps: equal ends, equal between. */
function fixedOutput({ least, greatest }: Channel, scaling: Scaling, oc: number): number | undefined {
  if (scaling.multipliers[oc]!.shift > 0 || least < -(2 ** 31) || greatest >= 2 ** 31) return undefined;
  const value = scaleSum(scaling, least, oc);
  return value === scaleSum(scaling, greatest, oc) ? value : undefined;
}

/** One channel's constants where the tail is fast; a channel beyond the last (padding of a block) computes 0. */
export function fastFinish(
  { scaling, fixed }: Tail,
  channel: number,
): { readonly multiplier: number; readonly round: number; readonly right: number } {
  const { multiplier, shift } = scaling.multipliers[channel] ?? { multiplier: 0, shift: 0 };
  const constant = channel < scaling.multipliers.length ? fixed[channel] : 0;
  // With multiplier 0 the result is (1 + 2·value + sign) >> 1.
  if (constant !== undefined) return { multiplier: 0, round: 1 + constant * 2, right: 1 };
  return { multiplier, round: 2 ** (-shift - 1) + scaling.outputZeroPoint * 2 ** -shift, right: -shift };
}

/** Appends one channel's constants, as fastFinish has them or of any factor. */
export function writeTail(words: Words, tail: Tail, channel: number): void {
  if (tail.fast) {
    const { multiplier, round, right } = fastFinish(tail, channel);
    words.int32(multiplier, round, right);
    return;
  }
  const { multiplier, shift } = tail.scaling.multipliers[channel] ?? { multiplier: 0, shift: 0 };
  words.int32(multiplier, shift);
}
