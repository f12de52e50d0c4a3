// SVDF; host/graph/ops/svdf.ts has the arithmetic.
//
//   state    per batch and filter: its last `memory` feature products, oldest first, T wide
//   feature  int8 [filters, depth]     time  T [filters, memory]     bias  int32 [units], or 0: none
//   zx m1 s1 zs    feature products: input zero point, factor, the state's zero point
//   m2 s2 zo       sums: factor, output zero point

import { multiplyByQuantizedMultiplier } from "./requantize";

// @ts-ignore: decorator
@inline
function svdf<T>(
  out: usize, x: usize, feature: usize, time: usize, bias: usize, state: usize,
  batches: i32, depth: i32, filters: i32, memory: i32, rank: i32,
  zx: i32, m1: i32, s1: i32, zs: i32, m2: i32, s2: i32, zo: i32,
): void {
  const low = sizeof<T>() == 1 ? -128 : -32768;
  const units = filters / rank;
  for (let batch = 0; batch < batches; batch++) {
    let weights = feature;
    let history = state;
    for (let filter = filters; filter > 0; filter--) {
      for (let k = memory - 1; k > 0; k--) {
        store<T>(history, load<T>(history, sizeof<T>()));
        history += sizeof<T>();
      }
      let sum = 0;
      for (let k = 0; k < depth; k++) {
        sum += <i32>load<i8>(weights) * (<i32>load<i8>(x + k) - zx);
        weights += 1;
      }
      const product = multiplyByQuantizedMultiplier(sum, m1, s1);
      store<T>(history, <T>(min(max(product, low), -low - 1) + zs));
      history += sizeof<T>();
    }
    let times = time;
    history = state;
    for (let unit = 0; unit < units; unit++) {
      let sum = bias ? load<i32>(bias + (unit << 2)) : 0;
      for (let k = rank * memory; k > 0; k--) {
        sum += <i32>load<T>(times) * (<i32>load<T>(history) - zs);
        times += sizeof<T>();
        history += sizeof<T>();
      }
      const value = multiplyByQuantizedMultiplier(sum, m2, s2) + zo;
      store<i8>(out, <i8>min(max(value, -128), 127));
      out += 1;
    }
    x += depth;
    state = history;
  }
}

export function svdf_s8(
  out: usize, x: usize, feature: usize, time: usize, bias: usize, state: usize,
  batches: i32, depth: i32, filters: i32, memory: i32, rank: i32,
  zx: i32, m1: i32, s1: i32, zs: i32, m2: i32, s2: i32, zo: i32,
): void {
  svdf<i8>(out, x, feature, time, bias, state, batches, depth, filters, memory, rank, zx, m1, s1, zs, m2, s2, zo);
}

export function svdf_s16(
  out: usize, x: usize, feature: usize, time: usize, bias: usize, state: usize,
  batches: i32, depth: i32, filters: i32, memory: i32, rank: i32,
  zx: i32, m1: i32, s1: i32, zs: i32, m2: i32, s2: i32, zo: i32,
): void {
  svdf<i16>(out, x, feature, time, bias, state, batches, depth, filters, memory, rank, zx, m1, s1, zs, m2, s2, zo);
}
