// From an int32 (or 48-bit) accumulator to an output value: the fixed-point scaling of the TensorFlow Lite Micro reference
// kernels, "double rounding" (host/graph/fixed-point.ts holds the same arithmetic on JavaScript numbers).
//
//   factor = multiplier · 2^(shift − 31), multiplier in {0} ∪ [2^30, 2^31), shift > 0 to the left
//   high   = round(x · multiplier / 2^31), halves up        SaturatingRoundingDoublingHighMul
//   result = high / 2^-shift, halves away from zero         RoundingDivideByPOT, only when shift < 0
//
// multiplyByQuantizedMultiplier is exact for every multiplier and shift. The others are shorter forms for a range that lower()
// has proved at build time; each says its range.

import { smmlar, ssat } from "../intrinsics";

/** round(a·b / 2^31), halves up. a·b ≠ 2^62, which a multiplier below 2^31 guarantees. */
// @ts-ignore: decorator
@inline
export function roundingDoublingHighMul(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b + 0x40000000) >> 31);
}

/** x / 2^exponent to nearest, halves away from zero; 0 ≤ exponent ≤ 31. */
// @ts-ignore: decorator
@inline
export function roundingDivideByPot(x: i32, exponent: i32): i32 {
  const mask = (1 << exponent) - 1;
  const threshold = (mask >>> 1) + i32(x < 0);
  return (x >> exponent) + i32((x & mask) > threshold);
}

/** x · factor, every multiplier and shift; a left shift wraps as the hardware's does. */
// @ts-ignore: decorator
@inline
export function multiplyByQuantizedMultiplier(x: i32, multiplier: i32, shift: i32): i32 {
  const left = shift > 0 ? x << shift : x;
  const high = roundingDoublingHighMul(left, multiplier);
  return shift < 0 ? roundingDivideByPot(high, -shift) : high;
}

/**
 * x · factor for the 48-bit accumulators of int16 activations: the multiplier is rounded to 15 bits by lower()
 * (`reduced`), then one rounding shift, halves up. `totalShift` = 15 − shift ≥ 1. The low 32 bits are the result.
 */
// @ts-ignore: decorator
@inline
export function multiplyByReducedMultiplier64(x: i64, reduced: i32, totalShift: i32): i32 {
  return <i32>((x * <i64>reduced + (<i64>1 << (<i64>totalShift - 1))) >> <i64>totalShift);
}

/**
 * The five-instruction form for cores with SMMLAR. Range: right shift 1…22, |acc| < 2^30.
 * doubled = 2·acc, so that the high word of doubled·multiplier is the doubling high multiply;
 * round = 2^(right − 1) + (zeroPoint << right): the zero point rides along with the rounding constant.
 * The sign term of RoundingDivideByPOT is the accumulator's sign: where high is 0, −1 does not change the quotient.
 */
// @ts-ignore: decorator
@inline
export function requantizeDoubled(doubled: i32, multiplier: i32, round: i32, right: i32): i32 {
  return smmlar(doubled, multiplier, round + (doubled >> 31)) >> right;
}

/**
 * The same result from 32-bit multiplies alone (Armv6-M has no long multiply). Range: right shift 1…22, |acc| < 2^29.
 * multiplier = high · 2^16 + low; acc = ah · 2^16 + al with al signed, so that no partial sum passes 2^31.
 */
// @ts-ignore: decorator
@inline
export function requantizeSplit(acc: i32, multiplier: i32, round: i32, right: i32): i32 {
  const low = multiplier & 0xffff;
  const high = multiplier >> 16;
  const al = (acc << 16) >> 16;
  const ah = (acc - al) >> 16;
  const middle = al * high + ah * low + ((al * low) >> 16);
  const product = ((ah * high) << 1) + ((middle + 0x4000) >> 15);
  return (product + round + (acc >> 31)) >> right;
}

/** x limited to low … high. The int8 range is one SSAT: the branch on two constants is gone once low and high are. */
// @ts-ignore: decorator
@inline
export function clampActivation(x: i32, low: i32, high: i32): i32 {
  if (low == -128 && high == 127) return ssat(x, 8);
  const floor = x < low ? low : x;
  return floor > high ? high : floor;
}

/** For cores without SSAT: plain comparisons. */
// @ts-ignore: decorator
@inline
export function clampPlain(x: i32, low: i32, high: i32): i32 {
  const floor = x < low ? low : x;
  return floor > high ? high : floor;
}
