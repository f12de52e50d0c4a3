// requantize.ts on four lanes, each with its own constants; and the clamped int8 results to memory.
//
// Fast constants (range proved by lower(): right shift s in 1…22, |acc| < 2^30), six vectors for four channels:
//
//   multiplier │ addend of lanes 0 1 │ of lanes 2 3 │ least │ greatest │ scale
//
//   addend    2^31 + round · 2^32        the rounding of the high word, and round = 2^(s − 1) + (zeroPoint << s), in one addition
//   least     low << s                   clamping first bounds the value to s + 8 bits, so that
//   greatest  ((high + 1) << s) − 1      × 2^(24 − s) is exact in 32 bits and one shift by 24 serves every lane:
//   scale     2^(24 − s)                 there is no shift by lanes
//
// General constants (any factor): multiplier, shift. They are computed one lane at a time.

import { clampPlain, multiplyByQuantizedMultiplier } from "./requantize";

/** Bytes of the constants of four channels. */
// @ts-ignore: decorator
@inline
export function finishBytes(tail: i32): i32 {
  return tail == 0 ? 96 : 32;
}

// @ts-ignore: decorator
@inline
function finishDoubled(doubled: v128, record: usize): v128 {
  const factor = v128.load(record);
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(doubled, factor), v128.load(record, 16));
  const high = i64x2.add(i64x2.extmul_high_i32x4_s(doubled, factor), v128.load(record, 32));
  const words = i32x4.add(v128.shuffle<i32>(low, high, 1, 3, 5, 7), i32x4.shr_s(doubled, 31));
  const bounded = i32x4.min_s(i32x4.max_s(words, v128.load(record, 48)), v128.load(record, 64));
  return i32x4.shr_s(i32x4.mul(bounded, v128.load(record, 80)), 24);
}

// @ts-ignore: decorator
@inline
function finishLane(sum: i32, record: usize, outZero: i32, low: i32, high: i32): i32 {
  const scaled = multiplyByQuantizedMultiplier(sum, load<i32>(record), load<i32>(record, 16));
  return clampPlain(scaled + outZero, low, high);
}

/** Four sums → output values. tail 0: sums are doubled, constants fast; 1: general. */
// @ts-ignore: decorator
@inline
export function finishFour(sums: v128, record: usize, tail: i32, outZero: i32, low: i32, high: i32): v128 {
  if (tail == 0) return finishDoubled(sums, record);
  let values = i32x4.splat(finishLane(i32x4.extract_lane(sums, 0), record, outZero, low, high));
  values = i32x4.replace_lane(values, 1, finishLane(i32x4.extract_lane(sums, 1), record + 4, outZero, low, high));
  values = i32x4.replace_lane(values, 2, finishLane(i32x4.extract_lane(sums, 2), record + 8, outZero, low, high));
  return i32x4.replace_lane(values, 3, finishLane(i32x4.extract_lane(sums, 3), record + 12, outZero, low, high));
}

/** The first n (1…8) of eight channels, four in each operand, as bytes. n is constant. */
// @ts-ignore: decorator
@inline
export function storeChannels(out: usize, first: v128, second: v128, n: i32): void {
  const words = i16x8.narrow_i32x4_s(first, second);
  const bytes = i8x16.narrow_i16x8_s(words, words);
  if (n == 8) {
    v128.store64_lane(out, bytes, 0);
    return;
  }
  if (n & 4) v128.store32_lane(out, bytes, 0);
  if ((n & 6) == 6) v128.store16_lane(out, bytes, 2, 4);
  if ((n & 6) == 2) v128.store16_lane(out, bytes, 0);
  if (n == 1) v128.store8_lane(out, bytes, 0);
  if (n == 3) v128.store8_lane(out, bytes, 2, 2);
  if (n == 5) v128.store8_lane(out, bytes, 4, 4);
  if (n == 7) v128.store8_lane(out, bytes, 6, 6);
}
