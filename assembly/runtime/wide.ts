// i64 operations by a variable amount, and i64 division, on pairs of words. Nothing here may itself use a variable 64-bit
// shift or a 64-bit division: that would be a call of these functions.

import { clz } from "./integer";

// @ts-ignore: decorator
@inline
function join(low: u32, high: u32): i64 {
  return <i64>((<u64>high << 32) | <u64>low);
}

// @ts-ignore: decorator
@inline
function highOf(x: i64): u32 {
  return <u32>(<u64>x >> 32);
}

export function i64_shl(x: i64, amount: i32): i64 {
  const n = amount & 63;
  const low = <u32>x;
  if (n >= 32) return join(0, low << (n - 32));
  if (n == 0) return x;
  return join(low << n, (highOf(x) << n) | (low >> (32 - n)));
}

export function i64_shr_u(x: i64, amount: i32): i64 {
  const n = amount & 63;
  const high = highOf(x);
  if (n >= 32) return join(high >> (n - 32), 0);
  if (n == 0) return x;
  return join((<u32>x >> n) | (high << (32 - n)), high >> n);
}

export function i64_shr_s(x: i64, amount: i32): i64 {
  const n = amount & 63;
  const high = <i32>highOf(x);
  if (n >= 32) return join(high >> (n - 32), high >> 31);
  if (n == 0) return x;
  return join((<u32>x >> n) | (<u32>high << (32 - n)), high >> n);
}

export function i64_rotl(x: i64, amount: i32): i64 {
  return i64_shl(x, amount) | i64_shr_u(x, 0 - amount);
}

export function i64_rotr(x: i64, amount: i32): i64 {
  return i64_shr_u(x, amount) | i64_shl(x, 0 - amount);
}

/** Restoring division on word pairs; the remainder is what is left of n. `wantQuotient` is a constant at each caller. */
// @ts-ignore: decorator
@inline
function divide(n: i64, d: i64, wantQuotient: bool): i64 {
  let low = <u32>n;
  let high = highOf(n);
  let partLow = <u32>d;
  let partHigh = highOf(d);
  let quotientLow: u32 = 0;
  let quotientHigh: u32 = 0;
  let shift = zeros(partLow, partHigh) - zeros(low, high);
  if (shift >= 0) {
    const shifted = i64_shl(d, shift);
    partLow = <u32>shifted;
    partHigh = highOf(shifted);
    do {
      quotientHigh = (quotientHigh << 1) | (quotientLow >> 31);
      quotientLow <<= 1;
      if (high > partHigh || (high == partHigh && low >= partLow)) {
        high = high - partHigh - (low < partLow ? 1 : 0);
        low -= partLow;
        quotientLow |= 1;
      }
      partLow = (partLow >> 1) | (partHigh << 31);
      partHigh >>= 1;
    } while (--shift >= 0);
  }
  return wantQuotient ? join(quotientLow, quotientHigh) : join(low, high);
}

// @ts-ignore: decorator
@inline
function zeros(low: u32, high: u32): i32 {
  return high ? clz(high) : 32 + clz(low);
}

export function i64_div_u(n: i64, d: i64): i64 {
  return divide(n, d, true);
}

export function i64_rem_u(n: i64, d: i64): i64 {
  return divide(n, d, false);
}

export function i64_div_s(n: i64, d: i64): i64 {
  const quotient = i64_div_u(n < 0 ? 0 - n : n, d < 0 ? 0 - d : d);
  return (n ^ d) < 0 ? 0 - quotient : quotient;
}

export function i64_rem_s(n: i64, d: i64): i64 {
  const rest = i64_rem_u(n < 0 ? 0 - n : n, d < 0 ? 0 - d : d);
  return n < 0 ? 0 - rest : rest;
}
