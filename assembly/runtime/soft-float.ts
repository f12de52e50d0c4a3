// IEEE 754 single precision in integer code, for cores without an FPU: f32 values travel as their bit patterns.
//
//   31 sign │ 30–23 exponent + 127 │ 22–0 fraction        subnormal: exponent 0     infinity, NaN: exponent 255
//
// Rounding is to nearest, ties to even; every NaN result is 0x7fc00000, which WebAssembly allows. A value on its way to being
// packed is (sign, exponent, significand) with the significand's leading one at bit 30 and seven bits below the last place
// that counts: 1 for "half or more", six sticky.

import { clz } from "./integer";

const nan: i32 = 0x7fc00000;
const infinity: i32 = 0x7f800000;
const signBit: i32 = -0x80000000;

// @ts-ignore: decorator
@inline
function isNaN(x: i32): bool {
  return (x & 0x7fffffff) > infinity;
}

/** Shifts right, remembering in bit 0 whether a one was lost. */
// @ts-ignore: decorator
@inline
function shiftSticky(x: u32, n: i32): u32 {
  if (n == 0) return x;
  if (n > 31) return x ? 1 : 0;
  return (x >> n) | ((x << (32 - n)) != 0 ? 1 : 0);
}

/** Rounds and packs; exponent is biased, the significand's one is at bit 30 (or the value is to become subnormal). */
function pack(sign: i32, exponent: i32, significand: u32): i32 {
  if (exponent <= 0) {
    significand = shiftSticky(significand, 1 - exponent);
    exponent = 0;
  }
  const rest = significand & 0x7f;
  let rounded = (significand + 0x40) >> 7;
  if (rest == 0x40) rounded &= ~1;
  if (exponent == 0) return sign | rounded; // carries into the exponent by itself when it becomes normal
  // The leading one (bit 23) is added to the exponent field: start one lower.
  const bits = ((exponent - 1) << 23) + rounded;
  return exponent >= 255 || bits >= infinity ? sign | infinity : sign | bits;
}

/** Normalises a significand anywhere in the word, then packs. */
function normalise(sign: i32, exponent: i32, significand: u32): i32 {
  if (significand == 0) return sign;
  const up = clz(significand) - 1;
  if (up < 0) return pack(sign, exponent + 1, shiftSticky(significand, 1));
  return pack(sign, exponent - up, significand << up);
}

/** Significand with its one at bit 23, subnormals moved up; exponentOf gives the exponent that goes with it. */
// @ts-ignore: decorator
@inline
function significandOf(x: i32): u32 {
  const fraction: u32 = x & 0x7fffff;
  if (x & infinity) return fraction | 0x800000;
  return fraction ? fraction << (clz(fraction) - 8) : 0;
}

// @ts-ignore: decorator
@inline
function exponentOf(x: i32): i32 {
  const exponent = (x >> 23) & 0xff;
  if (exponent) return exponent;
  const fraction: u32 = x & 0x7fffff;
  return fraction ? 9 - clz(fraction) : 0;
}

export function f32_add(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return nan;
  if ((a & 0x7fffffff) < (b & 0x7fffffff)) {
    const swap = a;
    a = b;
    b = swap;
  }
  const sign = a & signBit;
  if ((a & 0x7fffffff) == infinity) return (b & 0x7fffffff) == infinity && (a ^ b) < 0 ? nan : a;
  // Both zero: −0 only when both are.
  if ((a & 0x7fffffff) == 0) return a & b;
  if ((b & 0x7fffffff) == 0) return a;
  const exponent = exponentOf(a);
  const large = significandOf(a) << 6;
  const small = shiftSticky(significandOf(b) << 6, exponent - exponentOf(b));
  // Ones at bit 29: the sum has it at 29 or 30.
  const sum = (a ^ b) < 0 ? large - small : large + small;
  if (sum == 0) return 0;
  return normalise(sign, exponent + 1, sum);
}

export function f32_sub(a: i32, b: i32): i32 {
  return isNaN(b) ? nan : f32_add(a, b ^ signBit);
}

export function f32_mul(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return nan;
  const sign = (a ^ b) & signBit;
  const am = a & 0x7fffffff;
  const bm = b & 0x7fffffff;
  if (am == infinity || bm == infinity) return am == 0 || bm == 0 ? nan : sign | infinity;
  if (am == 0 || bm == 0) return sign;
  // 24 bits by 24 bits 8 higher: the leading one is at bit 54 or 55 of the product, at 30 or 31 once 24 bits are cut off.
  const product = <u64>significandOf(a) * <u64>(significandOf(b) << 8);
  const low = <u32>product;
  const significand = (<u32>(product >> 32) << 8) | (low >> 24) | ((low << 8) != 0 ? 1 : 0);
  const exponent = exponentOf(a) + exponentOf(b) - 127;
  if (significand & 0x80000000) return pack(sign, exponent + 1, shiftSticky(significand, 1));
  return pack(sign, exponent, significand);
}

export function f32_div(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return nan;
  const sign = (a ^ b) & signBit;
  const am = a & 0x7fffffff;
  const bm = b & 0x7fffffff;
  if (am == infinity) return bm == infinity ? nan : sign | infinity;
  if (bm == infinity) return sign;
  if (bm == 0) return am == 0 ? nan : sign | infinity;
  if (am == 0) return sign;
  let rest = significandOf(a);
  const divisor = significandOf(b);
  let exponent = exponentOf(a) - exponentOf(b) + 127;
  if (rest < divisor) {
    rest <<= 1;
    exponent--;
  }
  // 31 quotient bits, the first of them 1.
  let quotient: u32 = 0;
  for (let i = 31; i > 0; i--) {
    quotient <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
    rest <<= 1;
  }
  return pack(sign, exponent, quotient | (rest ? 1 : 0));
}

/** Digit by digit: 25 bits of root from 50 bits of radicand, the rest is sticky. */
export function f32_sqrt(x: i32): i32 {
  if (isNaN(x)) return nan;
  if ((x & 0x7fffffff) == 0) return x;
  if (x < 0) return nan;
  if (x == infinity) return x;
  let exponent = exponentOf(x) - 127;
  let radicand = significandOf(x) << 7; // one at bit 30
  if (exponent & 1) radicand <<= 1; // at bit 31; exponent − 1 is even
  let root: u32 = 0;
  let rest: u32 = 0;
  for (let i = 0; i < 26; i++) {
    rest = (rest << 2) | (radicand >> 30);
    radicand <<= 2;
    root <<= 1;
    const trial = (root << 1) | 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1;
    }
  }
  // root has its one at bit 25.
  return pack(0, (exponent >> 1) + 127, (root << 5) | (rest ? 1 : 0));
}

export function f32_eq(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return 0;
  return a == b || ((a | b) & 0x7fffffff) == 0 ? 1 : 0;
}

export function f32_ne(a: i32, b: i32): i32 {
  return 1 - f32_eq(a, b);
}

/** As integers, positive patterns are ordered as their values, negative ones the other way round. */
// @ts-ignore: decorator
@inline
function order(x: i32): i32 {
  return x < 0 ? signBit - x : x;
}

export function f32_lt(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return 0;
  return order(a) < order(b) ? 1 : 0;
}

export function f32_le(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return 0;
  return order(a) <= order(b) ? 1 : 0;
}

/** −0 is less than 0 here, unlike in comparisons. */
export function f32_min(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return nan;
  if (((a | b) & 0x7fffffff) == 0) return a | b;
  return order(a) < order(b) ? a : b;
}

export function f32_max(a: i32, b: i32): i32 {
  if (isNaN(a) || isNaN(b)) return nan;
  if (((a | b) & 0x7fffffff) == 0) return a & b;
  return order(a) > order(b) ? a : b;
}
