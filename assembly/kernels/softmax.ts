// Softmax and log_softmax over rows of `depth` values; host/graph/ops/softmax.ts and log-softmax.ts give the arithmetic.
// out may be in where the types are equal: each element is read for the last time before it is written.
//
//   softmax_s8       exponentials: int32 e^(−d · scale · β) in Q0, d = 0 … count − 1; further differences count as 0
//   softmax_s16      exponential, inverse: 513-entry tables of int16, interpolated

import { exp_f32, log_f32 } from "../runtime/f32";
import { expOnNegativeValuesQ5, logOfOneOrMoreQ12, oneOverOnePlusX } from "../runtime/fixed-point-functions";
import { multiplyByQuantizedMultiplier, roundingDivideByPot, roundingDoublingHighMul } from "./requantize";

// @ts-ignore: decorator
@inline
function most_s8(x: usize, depth: i32): i32 {
  let most = -128;
  for (let i = 0; i < depth; i++) most = max(most, <i32>load<i8>(x + i));
  return most;
}

// @ts-ignore: decorator
@inline
function softmax_rows<D>(out: usize, x: usize, rows: i32, depth: i32, exponentials: usize, count: i32): void {
  const least = sizeof<D>() == 1 ? -128 : -32768;
  for (; rows > 0; rows--) {
    const most = most_s8(x, depth);
    let sum = 0;
    for (let i = 0; i < depth; i++) {
      const d = most - <i32>load<i8>(x + i);
      if (d < count) sum += roundingDivideByPot(load<i32>(exponentials + (d << 2)), 12);
    }
    const headroom = clz<i32>(sum);
    const scale = oneOverOnePlusX((sum << headroom) - (1 << 31));
    const right = 12 - headroom + 31 - sizeof<D>() * 8;
    for (let i = 0; i < depth; i++) {
      const d = most - <i32>load<i8>(x + i);
      let result = least;
      if (d < count) {
        const e = load<i32>(exponentials + (d << 2));
        result = roundingDivideByPot(roundingDoublingHighMul(scale, e), right) + least;
      }
      store<D>(out + i * sizeof<D>(), <D>min(max(result, least), -least - 1));
    }
    x += depth;
    out += depth * sizeof<D>();
  }
}

export function softmax_s8(out: usize, x: usize, rows: i32, depth: i32, exponentials: usize, count: i32): void {
  softmax_rows<i8>(out, x, rows, depth, exponentials, count);
}

export function softmax_s8_s16(out: usize, x: usize, rows: i32, depth: i32, exponentials: usize, count: i32): void {
  softmax_rows<i16>(out, x, rows, depth, exponentials, count);
}

// @ts-ignore: decorator
@inline
function interpolate(table: usize, value: i32): i32 {
  const entry = table + ((256 + (value >> 7)) << 1);
  const base = <i32>load<i16>(entry);
  const slope = ((<i32>load<i16>(entry, 2) - base) << 16) >> 16;
  return ((base + ((slope * (value & 127) + 64) >> 7)) << 16) >> 16;
}

export function softmax_s16(
  out: usize, x: usize, rows: i32, depth: i32, multiplier: i32, shift: i32, exponential: usize, inverse: usize,
): void {
  for (; rows > 0; rows--) {
    let most = -32768;
    for (let i = 0; i < depth; i++) most = max(most, <i32>load<i16>(x + (i << 1)));
    let sum = 0;
    for (let i = 0; i < depth; i++) {
      const difference = <i32>load<i16>(x + (i << 1)) - most;
      const argument = multiplyByQuantizedMultiplier(difference, multiplier, shift) + 32767;
      const e = interpolate(exponential, min(max(argument, -32768), 32767));
      store<i16>(out + (i << 1), <i16>e);
      sum += e;
    }
    const headroom = clz<i32>(sum);
    // sum << (headroom − 1) fills 31 bits; its top 17, rounded, are 1 + x in Q15
    const shifted = <i32>((<u32>sum << (headroom - 1)) + (1 << 13)) >>> 14;
    const scale = interpolate(inverse, min(max(shifted - 98304, -32768), 32767));
    const right = 31 - headroom;
    const round = 1 << (right - 1);
    for (let i = 0; i < depth; i++) {
      const result = (<i32>load<i16>(out + (i << 1)) * scale + round) >> right;
      store<i16>(out + (i << 1), <i16>min(max(result, 0), 32767));
    }
    x += depth << 1;
    out += depth << 1;
  }
}

// @ts-ignore: decorator
@inline
function most_f32(x: usize, depth: i32): f32 {
  let most: f32 = -3.4028234663852886e38;
  for (let i = 0; i < depth; i++) {
    const value = load<f32>(x + (i << 2));
    if (value > most) most = value;
  }
  return most;
}

export function softmax_f32(out: usize, x: usize, rows: i32, depth: i32, beta: f32): void {
  for (; rows > 0; rows--) {
    const most = most_f32(x, depth);
    let sum: f32 = 0;
    for (let i = 0; i < depth; i++) {
      const e = exp_f32((load<f32>(x + (i << 2)) - most) * beta);
      store<f32>(out + (i << 2), e);
      sum += e;
    }
    for (let i = 0; i < depth; i++) store<f32>(out + (i << 2), load<f32>(out + (i << 2)) / sum);
    x += depth << 2;
    out += depth << 2;
  }
}

export function log_softmax_s8(
  out: usize, x: usize, rows: i32, depth: i32,
  multiplier: i32, shift: i32, reverseMultiplier: i32, reverseShift: i32, least: i32,
): void {
  for (; rows > 0; rows--) {
    const most = most_s8(x, depth);
    let sum = 0;
    for (let i = 0; i < depth; i++) {
      const difference = <i32>load<i8>(x + i) - most;
      if (difference < least) continue;
      const e = expOnNegativeValuesQ5(multiplyByQuantizedMultiplier(difference, multiplier, shift));
      sum += roundingDivideByPot(e, 12);
    }
    const logOfSum = logOfOneOrMoreQ12(sum);
    const reach = multiplyByQuantizedMultiplier(logOfSum + i32.MIN_VALUE, reverseMultiplier, reverseShift);
    const lowest = max(least - 1, reach);
    for (let i = 0; i < depth; i++) {
      const difference = <i32>load<i8>(x + i) - most;
      let result = -128;
      if (difference > lowest) {
        const scaled = multiplyByQuantizedMultiplier(difference, multiplier, shift);
        result = roundingDivideByPot(scaled - logOfSum, 22) + 127;
      }
      store<i8>(out + i, <i8>min(max(result, -128), 127));
    }
    x += depth;
    out += depth;
  }
}

export function log_softmax_f32(out: usize, x: usize, rows: i32, depth: i32): void {
  for (; rows > 0; rows--) {
    const most = most_f32(x, depth);
    let sum: f32 = 0;
    for (let i = 0; i < depth; i++) sum += exp_f32(load<f32>(x + (i << 2)) - most);
    const logOfSum = log_f32(sum);
    for (let i = 0; i < depth; i++) store<f32>(out + (i << 2), load<f32>(x + (i << 2)) - most - logOfSum);
    x += depth << 2;
    out += depth << 2;
  }
}
