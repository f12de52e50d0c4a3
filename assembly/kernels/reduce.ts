// Sums and extrema over some dimensions: for every combination of three kept loops, the elements of three reduced loops
// become one output element, written in order. Each loop is a count and a stride in bytes, outermost first
// (host/graph/ops/reduced.ts).
//
//   reduce_sum_*        quantised: (Σ − correction) · m · 2^(s − 31) + z, saturated; plain: Σ / divisor (1: the sum)
//   reduce_extremum_*   most = 1: the greatest, 0: the least

import { sxtab16, sxtab16_ror8 } from "../intrinsics";
import { multiplyByQuantizedMultiplier } from "./requantize";

/** Sum of T values as V, in order. */
// @ts-ignore: decorator
@inline
function sum_of<T, V>(x: usize, r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32): V {
  let sum: V = 0;
  for (let i = 0; i < r0; i++) {
    for (let j = 0; j < r1; j++) {
      let from = x + i * q0 + j * q1;
      for (let k = r2; k > 0; k--) {
        sum += <V>load<T>(from);
        from += q2;
      }
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function sum_quantized<T>(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, correction: i32, m: i32, s: i32, z: i32,
): void {
  const low = sizeof<T>() == 1 ? -128 : -32768;
  for (let i = 0; i < k0; i++) {
    for (let j = 0; j < k1; j++) {
      let from = x + i * p0 + j * p1;
      for (let k = k2; k > 0; k--) {
        const sum = sum_of<T, i32>(from, r0, q0, r1, q1, r2, q2) - correction;
        const scaled = multiplyByQuantizedMultiplier(sum, m, s) + z;
        store<T>(out, <T>min(max(scaled, low), -low - 1));
        out += sizeof<T>();
        from += p2;
      }
    }
  }
}

/** (sum − correction) · m · 2^(s − 31) + z, saturated to int8. */
// @ts-ignore: decorator
@inline
function store_mean(out: usize, sum: i32, correction: i32, m: i32, s: i32, z: i32): void {
  store<i8>(out, <i8>min(max(multiplyByQuantizedMultiplier(sum - correction, m, s) + z, -128), 127));
}

/** A row of n outputs, four at a time: sums of r ≤ 256 words `step` bytes apart, bytes 0 2 and 1 3 in halves of registers. */
// @ts-ignore: decorator
@inline
function sum_columns(out: usize, x: usize, n: i32, r: i32, step: i32, correction: i32, m: i32, s: i32, z: i32): void {
  for (; n > 0; n -= 4) {
    let even = 0;
    let odd = 0;
    let from = x;
    let i = r;
    do {
      const word = load<i32>(from);
      even = sxtab16(even, word);
      odd = sxtab16_ror8(odd, word);
      from += step;
    } while (--i);
    store_mean(out, (even << 16) >> 16, correction, m, s, z);
    store_mean(out + 1, (odd << 16) >> 16, correction, m, s, z);
    store_mean(out + 2, even >> 16, correction, m, s, z);
    store_mean(out + 3, odd >> 16, correction, m, s, z);
    x += 4;
    out += 4;
  }
}

/** The usual case, a mean over rows and columns with the channels kept, goes by whole words. */
export function reduce_sum_s8(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, correction: i32, m: i32, s: i32, z: i32,
): void {
  const words = <usize>(p0 | p1 | k2 | q2) | x | out;
  if (r0 == 1 && r1 == 1 && r2 <= 256 && p2 == 1 && (words & 3) == 0) {
    for (let i = 0; i < k0; i++) {
      for (let j = 0; j < k1; j++) {
        sum_columns(out, x + i * p0 + j * p1, k2, r2, q2, correction, m, s, z);
        out += k2;
      }
    }
    return;
  }
  sum_quantized<i8>(out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2, correction, m, s, z);
}

export function reduce_sum_s16(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, correction: i32, m: i32, s: i32, z: i32,
): void {
  sum_quantized<i16>(out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2, correction, m, s, z);
}

export function reduce_sum_f32(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, divisor: i32,
): void {
  for (let i = 0; i < k0; i++) {
    for (let j = 0; j < k1; j++) {
      for (let k = 0; k < k2; k++) {
        const sum = sum_of<f32, f32>(x + i * p0 + j * p1 + k * p2, r0, q0, r1, q1, r2, q2);
        store<f32>(out, divisor == 1 ? sum : sum / <f32>divisor);
        out += 4;
      }
    }
  }
}

export function reduce_sum_s32(
  out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32, divisor: i32,
): void {
  for (let i = 0; i < k0; i++) {
    for (let j = 0; j < k1; j++) {
      for (let k = 0; k < k2; k++) {
        store<i32>(out, sum_of<i32, i32>(x + i * p0 + j * p1 + k * p2, r0, q0, r1, q1, r2, q2) / divisor);
        out += 4;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function extremum<T, V>(
  most: i32, out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  for (let i = 0; i < k0; i++) {
    for (let j = 0; j < k1; j++) {
      for (let k = 0; k < k2; k++) {
        const first = x + i * p0 + j * p1 + k * p2;
        let best = <V>load<T>(first);
        for (let u = 0; u < r0; u++) {
          for (let v = 0; v < r1; v++) {
            let from = first + u * q0 + v * q1;
            for (let w = r2; w > 0; w--) {
              const value = <V>load<T>(from);
              if (most ? value > best : value < best) best = value;
              from += q2;
            }
          }
        }
        store<T>(out, <T>best);
        out += sizeof<T>();
      }
    }
  }
}

export function reduce_extremum_s8(
  most: i32, out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  extremum<i8, i32>(most, out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2);
}

export function reduce_extremum_s16(
  most: i32, out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  extremum<i16, i32>(most, out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2);
}

export function reduce_extremum_s32(
  most: i32, out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  extremum<i32, i32>(most, out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2);
}

export function reduce_extremum_f32(
  most: i32, out: usize, x: usize, k0: i32, p0: i32, k1: i32, p1: i32, k2: i32, p2: i32,
  r0: i32, q0: i32, r1: i32, q1: i32, r2: i32, q2: i32,
): void {
  extremum<f32, f32>(most, out, x, k0, p0, k1, p1, k2, p2, r0, q0, r1, q1, r2, q2);
}
