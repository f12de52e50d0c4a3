// Rounding f32 to integral values, and conversions between f32 bit patterns and integers. See soft-float.ts for the format.

import { clz } from "./integer";
import { f32_add } from "./soft-float";

const nan: i32 = 0x7fc00000;
const infinity: i32 = 0x7f800000;
const signBit: i32 = -0x80000000;

/** Bits below the point: 23 − (exponent − 127); all of them when the magnitude is below 1. */
// @ts-ignore: decorator
@inline
function fractionBits(x: i32): i32 {
  return 150 - ((x >> 23) & 0xff);
}

export function f32_trunc(x: i32): i32 {
  if ((x & 0x7fffffff) > infinity) return nan;
  const bits = fractionBits(x);
  if (bits <= 0) return x;
  if (bits > 23) return x & signBit;
  return x & (-1 << bits);
}

/** Away from zero by one when something was cut off; carries run into the exponent as they should. */
// @ts-ignore: decorator
@inline
function awayFromZero(x: i32): i32 {
  const bits = fractionBits(x);
  if (bits <= 0) return x;
  if (bits > 23) return (x & 0x7fffffff) == 0 ? x : (x & signBit) | 0x3f800000;
  const mask = (1 << bits) - 1;
  return x & mask ? (x + mask) & ~mask : x;
}

export function f32_floor(x: i32): i32 {
  if ((x & 0x7fffffff) > infinity) return nan;
  return x < 0 ? awayFromZero(x) : f32_trunc(x);
}

export function f32_ceil(x: i32): i32 {
  if ((x & 0x7fffffff) > infinity) return nan;
  return x < 0 ? f32_trunc(x) : awayFromZero(x);
}

/** To the nearest integral value, ties to even: adding and taking away 2^23 rounds exactly there. */
export function f32_nearest(x: i32): i32 {
  if ((x & 0x7fffffff) > infinity) return nan;
  if (fractionBits(x) <= 0) return x;
  const sign = x & signBit;
  const big = 0x4b000000 | sign; // ±2^23
  const rounded = f32_add(f32_add(x, big), big ^ signBit);
  return sign | (rounded & 0x7fffffff);
}

/** Magnitude as an integer, cut off; the caller knows that it is below 2^32. */
// @ts-ignore: decorator
@inline
function magnitude(x: i32): u32 {
  const bits = fractionBits(x);
  if (bits > 23) return 0;
  const significand: u32 = (x & 0x7fffff) | 0x800000;
  return bits >= 0 ? significand >> bits : significand << (0 - bits);
}

export function i32_trunc_f32_s(x: i32): i32 {
  // −2^31 itself is representable; everything at or above 2^31 in magnitude besides it is not.
  if ((x & 0x7fffffff) >= 0x4f000000 && x != <i32>0xcf000000) unreachable();
  return x < 0 ? 0 - magnitude(x) : magnitude(x);
}

export function i32_trunc_f32_u(x: i32): i32 {
  if (x >= 0 ? x >= 0x4f800000 : (x & 0x7fffffff) >= 0x3f800000) unreachable();
  return x < 0 ? 0 : magnitude(x);
}

export function i32_trunc_sat_f32_s(x: i32): i32 {
  if ((x & 0x7fffffff) > infinity) return 0;
  if ((x & 0x7fffffff) >= 0x4f000000) return x < 0 ? signBit : 0x7fffffff;
  return x < 0 ? 0 - magnitude(x) : magnitude(x);
}

export function i32_trunc_sat_f32_u(x: i32): i32 {
  if ((x & 0x7fffffff) > infinity || x < 0) return 0;
  return x >= 0x4f800000 ? -1 : magnitude(x);
}

/** Rounds a 64-bit magnitude to 24 bits, ties to even. */
function fromMagnitude(sign: i32, low: u32, high: u32): i32 {
  if ((low | high) == 0) return 0;
  let exponent = 127 + 63;
  // The leading one to bit 31 of `high`; what falls off below is sticky.
  if (high == 0) {
    high = low;
    low = 0;
    exponent -= 32;
  }
  const up = clz(high);
  if (up) {
    high = (high << up) | (low >> (32 - up));
    low <<= up;
    exponent -= up;
  }
  const rest = (high & 0xff) | (low ? 1 : 0);
  let rounded = high >> 8;
  if (rest > 0x80 || (rest == 0x80 && rounded & 1)) rounded++;
  // The leading one adds 1 to the exponent field; so does a carry out of the fraction.
  return sign | (((exponent - 1) << 23) + rounded);
}

export function f32_convert_i32_u(x: u32): i32 {
  return fromMagnitude(0, x, 0);
}

export function f32_convert_i32_s(x: i32): i32 {
  return x < 0 ? fromMagnitude(signBit, 0 - x, 0) : fromMagnitude(0, x, 0);
}

export function f32_convert_i64_u(x: i64): i32 {
  return fromMagnitude(0, <u32>x, <u32>(<u64>x >> 32));
}

export function f32_convert_i64_s(x: i64): i32 {
  const size = x < 0 ? 0 - x : x;
  return fromMagnitude(x < 0 ? signBit : 0, <u32>size, <u32>(<u64>size >> 32));
}

/** Magnitude below 2^64, cut off, as two words put together. */
// @ts-ignore: decorator
@inline
function wideMagnitude(x: i32): i64 {
  const bits = fractionBits(x);
  if (bits >= 0) return <i64>magnitude(x);
  const significand: u32 = (x & 0x7fffff) | 0x800000;
  const up = 0 - bits;
  if (up >= 32) return <i64>(<u64>(significand << (up - 32)) << 32);
  return <i64>((<u64>(significand >> (32 - up)) << 32) | <u64>(significand << up));
}

export function i64_trunc_f32_s(x: i32): i64 {
  if ((x & 0x7fffffff) >= 0x5f000000 && x != <i32>0xdf000000) unreachable();
  return x < 0 ? 0 - wideMagnitude(x) : wideMagnitude(x);
}

export function i64_trunc_f32_u(x: i32): i64 {
  if (x >= 0 ? x >= 0x5f800000 : (x & 0x7fffffff) >= 0x3f800000) unreachable();
  return x < 0 ? 0 : wideMagnitude(x);
}

export function i64_trunc_sat_f32_s(x: i32): i64 {
  if ((x & 0x7fffffff) > infinity) return 0;
  if ((x & 0x7fffffff) >= 0x5f000000) return x < 0 ? i64.MIN_VALUE : i64.MAX_VALUE;
  return x < 0 ? 0 - wideMagnitude(x) : wideMagnitude(x);
}

export function i64_trunc_sat_f32_u(x: i32): i64 {
  if ((x & 0x7fffffff) > infinity || x < 0) return 0;
  return x >= 0x5f800000 ? -1 : wideMagnitude(x);
}
