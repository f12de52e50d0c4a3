// int16 functions of two straight lines through real 0 (host/graph/ops/relu.ts): RELU and its clamps, LEAKY_RELU, ABS, NEG;
// and the square root of int16.

import { multiplyByQuantizedMultiplier } from "./requantize";

/** out = zo + after · (before · (x − zx)) · m · 2^(s − 31), with p… for x ≥ zx and n… below, clamped to [low, high]. */
export function lines_s16(
  out: usize, x: usize, n: i32, zx: i32,
  pm: i32, ps: i32, pBefore: i32, pAfter: i32, nm: i32, ns: i32, nBefore: i32, nAfter: i32,
  zo: i32, low: i32, high: i32,
): void {
  do {
    const value = <i32>load<i16>(x) - zx;
    const scaled = value >= 0
      ? pAfter * multiplyByQuantizedMultiplier(pBefore * value, pm, ps)
      : nAfter * multiplyByQuantizedMultiplier(nBefore * value, nm, ns);
    const q = max(min(scaled + zo, high), low);
    store<u16>(out, q);
    x += 2;
    out += 2;
  } while (--n);
}

export function abs_s32(out: usize, x: usize, n: i32): void {
  do {
    const value = load<i32>(x);
    store<i32>(out, value < 0 ? -value : value);
    x += 4;
    out += 4;
  } while (--n);
}

export function neg_s32(out: usize, x: usize, n: i32): void {
  do {
    store<i32>(out, -load<i32>(x));
    x += 4;
    out += 4;
  } while (--n);
}

/** zo + trunc(√(scale · (x − zx)) / scaleOut); 0 for what has no root. */
export function sqrt_s16(out: usize, x: usize, n: i32, scale: f32, zx: i32, scaleOut: f32, zo: i32): void {
  // above this the clamp decides, and the conversion cannot overflow
  const most: f32 = 65536;
  do {
    const value: f32 = scale * <f32>(<i32>load<i16>(x) - zx);
    let root: f32 = value > <f32>0 ? sqrt<f32>(value) / scaleOut : <f32>0;
    if (root > most) root = most;
    const q = max(min(<i32>root + zo, 32767), -32768);
    store<u16>(out, q);
    x += 2;
    out += 2;
  } while (--n);
}
