// What one element goes through in the element-wise kernels: operation codes, rescaling, clamp. Not a kernel file.
// The codes are those of host/graph/ops/elementwise.ts.

import { ssat } from "../intrinsics";
import { multiplyByQuantizedMultiplier, requantizeDoubled, requantizeSplit } from "./requantize";

export const ADD = 0;
export const SUB = 1;
export const MUL = 2;
export const MAXIMUM = 3;
export const MINIMUM = 4;
export const SQUARED_DIFFERENCE = 5;
export const EQUAL = 6;
export const NOT_EQUAL = 7;
export const GREATER = 8;
export const GREATER_EQUAL = 9;
export const LESS = 10;
export const LESS_EQUAL = 11;
export const PRELU = 12;
export const LOGICAL_AND = 13;

/** How `rescale` multiplies: any operand, or |x| < 2^29 with SMMLAR, or |x| < 2^29 with 32-bit multiplies alone. */
export const WIDE = 0;
export const NARROW = 1;
export const NARROW_SPLIT = 2;

/** (x << l) · m · 2^(s − 31) + z, double rounding; m = 0: (x << l) + z. The left shift may take SMMLAR's doubling along. */
// @ts-ignore: decorator
@inline
export function rescale(x: i32, l: i32, m: i32, s: i32, z: i32, form: i32): i32 {
  if (m == 0) return (x << l) + z;
  if (form == WIDE || s >= 0 || s < -22) return multiplyByQuantizedMultiplier(x << l, m, s) + z;
  const round = (1 << (-s - 1)) + (z << -s);
  return form == NARROW ? requantizeDoubled(x << (l + 1), m, round, -s) : requantizeSplit(x << l, m, round, -s);
}

// @ts-ignore: decorator
@inline
export function clamp(x: i32, lo: i32, hi: i32): i32 {
  if (lo == -128 && hi == 127) return ssat(x, 8);
  if (lo == -32768 && hi == 32767) return ssat(x, 16);
  return min(max(x, lo), hi);
}

// @ts-ignore: decorator
@inline
export function holds<V>(op: i32, x: V, y: V): i32 {
  if (op == EQUAL) return i32(x == y);
  if (op == NOT_EQUAL) return i32(x != y);
  if (op == GREATER) return i32(x > y);
  if (op == GREATER_EQUAL) return i32(x >= y);
  if (op == LESS) return i32(x < y);
  return i32(x <= y);
}
