// The walker of elementwise.ts for values that need no rescaling: int32, float32, and comparisons of int16, int32 and
// float32 to bool; and `select_N`, which chooses N-byte values by a bool. Loops and strides as there.

import { ADD, LOGICAL_AND, MAXIMUM, MINIMUM, MUL, PRELU, SUB, holds } from "./elementwise-operations";

/** One element of i32 or f32, clamped. i32 wraps. */
// @ts-ignore: decorator
@inline
function operate<V>(op: i32, x: V, y: V, lo: V, hi: V): V {
  let r: V;
  if (op == ADD) r = x + y;
  else if (op == SUB) r = x - y;
  else if (op == MUL) r = x * y;
  else if (op == MAXIMUM) r = x > y ? x : y;
  else if (op == MINIMUM) r = x < y ? x : y;
  else if (op == PRELU) r = x >= <V>0 ? x : x * y;
  else {
    const difference = x - y;
    r = difference * difference;
  }
  return r < lo ? lo : r > hi ? hi : r;
}

// @ts-ignore: decorator
@inline
function walk<A, D>(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32, lo: A, hi: A,
): void {
  if (n0 * n1 * n2 * n3 == 0) return;
  for (let i0 = n0; i0 > 0; i0--) {
    let a_1 = a;
    let b_1 = b;
    for (let i1 = n1; i1 > 0; i1--) {
      let a_2 = a_1;
      let b_2 = b_1;
      for (let i2 = n2; i2 > 0; i2--) {
        let a_3 = a_2;
        let b_3 = b_2;
        let i3 = n3;
        do {
          if (sizeof<D>() == sizeof<A>()) store<A>(out, operate<A>(op, load<A>(a_3), load<A>(b_3), lo, hi));
          else store<u8>(out, <u8>holds<A>(op, load<A>(a_3), load<A>(b_3)));
          a_3 += a3;
          b_3 += b3;
          out += sizeof<D>();
        } while (--i3);
        a_2 += a2;
        b_2 += b2;
      }
      a_1 += a1;
      b_1 += b1;
    }
    a += a0;
    b += b0;
  }
}

export function elementwise_s32(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32, lo: i32, hi: i32,
): void {
  walk<i32, i32>(op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, lo, hi);
}

export function elementwise_f32(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32, lo: f32, hi: f32,
): void {
  walk<f32, f32>(op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, lo, hi);
}

export function compare_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  walk<i16, i8>(op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, 0, 0);
}

export function compare_s32(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  walk<i32, i8>(op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, 0, 0);
}

export function compare_f32(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  walk<f32, i8>(op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, 0, 0);
}

// @ts-ignore: decorator
@inline
function choose<T>(
  out: usize, c: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  c0: i32, c1: i32, c2: i32, c3: i32, a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  for (let i0 = 0; i0 < n0; i0++) {
    for (let i1 = 0; i1 < n1; i1++) {
      for (let i2 = 0; i2 < n2; i2++) {
        let c_3 = c + i0 * c0 + i1 * c1 + i2 * c2;
        let a_3 = a + i0 * a0 + i1 * a1 + i2 * a2;
        let b_3 = b + i0 * b0 + i1 * b1 + i2 * b2;
        for (let i3 = n3; i3 > 0; i3--) {
          store<T>(out, load<T>(<i32>load<u8>(c_3) != 0 ? a_3 : b_3));
          c_3 += c3;
          a_3 += a3;
          b_3 += b3;
          out += sizeof<T>();
        }
      }
    }
  }
}

export function select_1(
  out: usize, c: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  c0: i32, c1: i32, c2: i32, c3: i32, a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  choose<u8>(out, c, a, b, n0, n1, n2, n3, c0, c1, c2, c3, a0, a1, a2, a3, b0, b1, b2, b3);
}

export function select_2(
  out: usize, c: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  c0: i32, c1: i32, c2: i32, c3: i32, a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  choose<u16>(out, c, a, b, n0, n1, n2, n3, c0, c1, c2, c3, a0, a1, a2, a3, b0, b1, b2, b3);
}

export function select_4(
  out: usize, c: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  c0: i32, c1: i32, c2: i32, c3: i32, a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  choose<u32>(out, c, a, b, n0, n1, n2, n3, c0, c1, c2, c3, a0, a1, a2, a3, b0, b1, b2, b3);
}
