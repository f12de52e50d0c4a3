// x / √Σx² over rows of `depth` values; host/graph/ops/l2-normalization.ts gives the arithmetic. out may be x.

import { inverseSquareRoot, inverseSquareRootShift } from "../runtime/fixed-point-functions";
import { multiplyByQuantizedMultiplier } from "./requantize";

export function l2_normalization_s8(out: usize, x: usize, rows: i32, depth: i32, zero: i32): void {
  for (; rows > 0; rows--) {
    let sum = 0;
    for (let i = 0; i < depth; i++) {
      const value = <i32>load<i8>(x + i) - zero;
      sum += value * value;
    }
    const shift = inverseSquareRootShift(sum);
    // a right shift below 0 goes into the multiplier, as TFLite does it
    const multiplier = shift < 0 ? inverseSquareRoot(sum) << -shift : inverseSquareRoot(sum);
    const left = 7 - max(shift, 0);
    for (let i = 0; i < depth; i++) {
      const scaled = multiplyByQuantizedMultiplier(<i32>load<i8>(x + i) - zero, multiplier, left);
      store<i8>(out + i, <i8>min(max(scaled, -128), 127));
    }
    x += depth;
    out += depth;
  }
}

export function l2_normalization_f32(out: usize, x: usize, rows: i32, depth: i32): void {
  const epsilon: f32 = 1e-6;
  for (; rows > 0; rows--) {
    let sum: f32 = 0;
    for (let i = 0; i < depth; i++) {
      const value = load<f32>(x + (i << 2));
      sum += value * value;
    }
    const root = sqrt<f32>(sum);
    const norm = root < epsilon ? epsilon : root;
    for (let i = 0; i < depth; i++) store<f32>(out + (i << 2), load<f32>(x + (i << 2)) / norm);
    x += depth << 2;
    out += depth << 2;
  }
}
