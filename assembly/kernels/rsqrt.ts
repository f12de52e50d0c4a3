// RSQRT of int16: 1 / √(x − zx) by fixed-point Newton steps, then one factor to the output's scale. 20 fraction bits are kept
// between both (host/graph/ops/transcendental.ts). What has no root becomes the greatest value.

import { inverseSquareRoot, inverseSquareRootShift } from "../runtime/fixed-point-functions";
import { multiplyByQuantizedMultiplier } from "./requantize";

export function rsqrt_s16(out: usize, x: usize, n: i32, zx: i32, multiplier: i32, shift: i32, zo: i32): void {
  do {
    const value = <i32>load<i16>(x) - zx;
    let q: i32 = 32767;
    if (value > 0) {
      const right = inverseSquareRootShift(value);
      const inverse = inverseSquareRoot(value) << max(-right, 0);
      const root = multiplyByQuantizedMultiplier(1, inverse, 20 - max(right, 0));
      const scaled = multiplyByQuantizedMultiplier(root, multiplier, shift - 20);
      q = max(min(scaled + zo, 32767), -32768);
    }
    store<u16>(out, q);
    x += 2;
    out += 2;
  } while (--n);
}
