// Products over some dimensions; loops as in reduce.ts. Quantised products are rescaled after every factor, with a 15-bit
// multiplier (`reduced`) and one rounding shift, and once more at the end.

import { multiplyByReducedMultiplier64 } from "./requantize";

/** Product of one output's elements: quantised (reduced ≠ 0) rescales after each factor but the first. */
// @ts-ignore: decorator
@inline
function product_of<T, V>(
  x: usize, r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, zero: V, reduced: i32, shift: i32,
): V {
  let product = <V>0;
  let first = true;
  for (let i = 0; i < r0; i++) {
    for (let j = 0; j < r1; j++) {
      let from = x + i * q0 + j * q1;
      for (let k = r2; k > 0; k--) {
        const factor = <V>load<T>(from) - zero;
        if (first) product = factor;
        else if (reduced) product = <V>multiplyByReducedMultiplier64(<i64>product * <i64>factor, reduced, shift);
        else product *= factor;
        first = false;
        from += q2;
      }
    }
  }
  return product;
}

// @ts-ignore: decorator
@inline
function product<T, V>(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, zero: V, reduced: i32, shift: i32, z: i32,
): void {
  const low = sizeof<T>() == 1 ? -128 : -32768;
  for (let i = 0; i < k0; i++) {
    for (let j = 0; j < k1; j++) {
      for (let k = 0; k < k2; k++) {
        const from = x + i * p0 + j * p1 + k * p2;
        const value = product_of<T, V>(from, r0, q0, r1, q1, r2, q2, zero, reduced, shift);
        if (sizeof<T>() < 4) {
          const scaled = multiplyByReducedMultiplier64(<i64>value, reduced, shift) + z;
          store<T>(out, <T>min(max(scaled, low), -low - 1));
        } else {
          store<T>(out, <T>value);
        }
        out += sizeof<T>();
      }
    }
  }
}

export function reduce_product_s8(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, zero: i32, reduced: i32, shift: i32, z: i32,
): void {
  product<i8, i32>(out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2, zero, reduced, shift, z);
}

export function reduce_product_s16(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, zero: i32, reduced: i32, shift: i32, z: i32,
): void {
  product<i16, i32>(out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2, zero, reduced, shift, z);
}

export function reduce_product_s32(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  product<i32, i32>(out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2, 0, 0, 0, 0);
}

export function reduce_product_f32(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  product<f32, f32>(out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2, 0, 0, 0, 0);
}
