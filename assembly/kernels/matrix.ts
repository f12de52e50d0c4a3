// Products of two matrices that stand in memory as they are: BATCH_MATMUL, and dense layers whose weights are computed or have
// a zero point. out[b][row][column] = finish(bias[column] + Σ k (left − leftZero) · (right − rightZero)).
//
//   batches   pairs of i32: byte offsets of each batch's left and right matrix       bias   i32 or f32, one a column
//   lr lk rk rc   bytes from row to row and k to k in left, k to k and column to column in right

import { clampPlain, multiplyByQuantizedMultiplier, multiplyByReducedMultiplier64 } from "./requantize";

// @ts-ignore: decorator
@inline
function dot<T, S>(a: usize, b: usize, depth: i32, lk: i32, rk: i32, leftZero: i32, rightZero: i32): S {
  let sum = <S>0;
  let n = depth;
  do {
    if (isFloat<S>()) sum += <S>load<T>(a) * <S>load<T>(b);
    else sum += <S>(<i32>load<T>(a) - leftZero) * <S>(<i32>load<T>(b) - rightZero);
    a += lk;
    b += rk;
  } while (--n);
  return sum;
}

export function matrix_product_s8(
  out: usize, left: usize, right: usize, bias: usize, batches: usize,
  count: i32, rows: i32, columns: i32, depth: i32, lr: i32, lk: i32, rk: i32, rc: i32,
  leftZero: i32, rightZero: i32, outZero: i32, multiplier: i32, shift: i32, low: i32, high: i32,
): void {
  let batch = count;
  do {
    let a = left + load<i32>(batches);
    let row = rows;
    do {
      let b = right + load<i32>(batches, 4);
      let add = bias;
      let n = columns;
      do {
        const sum = dot<i8, i32>(a, b, depth, lk, rk, leftZero, rightZero) + load<i32>(add);
        store<i8>(out, clampPlain(multiplyByQuantizedMultiplier(sum, multiplier, shift) + outZero, low, high));
        out += 1;
        b += rc;
        add += 4;
      } while (--n);
      a += lr;
    } while (--row);
    batches += 8;
  } while (--batch);
}

/** int16, zero points 0, sums in 64 bits; reduced, totalShift: multiplyByReducedMultiplier64's. */
export function matrix_product_s16(
  out: usize, left: usize, right: usize, bias: usize, batches: usize,
  count: i32, rows: i32, columns: i32, depth: i32, lr: i32, lk: i32, rk: i32, rc: i32,
  reduced: i32, totalShift: i32, low: i32, high: i32,
): void {
  let batch = count;
  do {
    let a = left + load<i32>(batches);
    let row = rows;
    do {
      let b = right + load<i32>(batches, 4);
      let add = bias;
      let n = columns;
      do {
        const sum = dot<i16, i64>(a, b, depth, lk, rk, 0, 0) + <i64>load<i32>(add);
        store<i16>(out, clampPlain(multiplyByReducedMultiplier64(sum, reduced, totalShift), low, high));
        out += 2;
        b += rc;
        add += 4;
      } while (--n);
      a += lr;
    } while (--row);
    batches += 8;
  } while (--batch);
}

export function matrix_product_f32(
  out: usize, left: usize, right: usize, bias: usize, batches: usize,
  count: i32, rows: i32, columns: i32, depth: i32, lr: i32, lk: i32, rk: i32, rc: i32, low: f32, high: f32,
): void {
  let batch = count;
  do {
    let a = left + load<i32>(batches);
    let row = rows;
    do {
      let b = right + load<i32>(batches, 4);
      let add = bias;
      let n = columns;
      do {
        const sum = dot<f32, f32>(a, b, depth, lk, rk, 0, 0) + load<f32>(add);
        const floor = sum < low ? low : sum;
        store<f32>(out, floor > high ? high : floor);
        out += 4;
        b += rc;
        add += 4;
      } while (--n);
      a += lr;
    } while (--row);
    batches += 8;
  } while (--batch);
}
