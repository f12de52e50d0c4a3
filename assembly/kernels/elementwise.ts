// Binary operators, element by element, with broadcasting: out[…] = a[…] ∘ b[…]. One walker serves all; the operation is a
// code, constant after specialisation, so that only its own branch of `operate` remains.
//
//   n0…n3           loop counts, outermost first (host/graph/broadcast.ts merges loops: equal shapes are one loop, n3)
//   a0…a3, b0…b3    stride of each operand in bytes; the innermost is the element's size, or 0 for one value repeated
//   zx lx mx sx     the first operand's rescaling: ((x − zx) << lx) · mx · 2^(sx − 31); mx = 0: no multiplication
//   zy ly my sy     the second's
//   mo so zo        the result's; then it is clamped to [lo, hi]
//
// out may be a or b (each element is read before it is written). int8 rows without repetition go four at a time. `form` says how int8 operators multiply (NARROW or NARROW_SPLIT).

import { ADD, EQUAL, LOGICAL_AND, MAXIMUM, MINIMUM, MUL, PRELU, SUB, WIDE, clamp, holds, rescale } from "./elementwise-operations";

/** One quantised element. */
// @ts-ignore: decorator
@inline
function operate(
  op: i32, form: i32, x: i32, y: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): i32 {
  if (op == MAXIMUM) return clamp(max(x, y), lo, hi);
  if (op == MINIMUM) return clamp(min(x, y), lo, hi);
  if (op == LOGICAL_AND) return i32(x != 0) & i32(y != 0);
  if (op > LOGICAL_AND) return i32((x | y) != 0);
  if (op == PRELU) {
    const value = x - zx;
    const scaled = value >= 0 ? rescale(value, mx, sx, zo, form) : rescale(value * (y - zy), mo, so, zo, form);
    return clamp(scaled, lo, hi);
  }
  const u = rescale((x - zx) << lx, mx, sx, 0, form);
  const v = rescale((y - zy) << ly, my, sy, 0, form);
  if (op >= EQUAL) return holds<i32>(op, u, v);
  let result: i32;
  if (op == ADD) result = u + v;
  else if (op == SUB) result = u - v;
  else if (op == MUL) result = u * v;
  else result = (u - v) * (u - v);
  return clamp(rescale(result, mo, so, zo, form), lo, hi);
}

/** One row: n ≥ 1 elements, strides as = 0 or sizeof<A>(), bs = 0 or sizeof<B>(). */
// @ts-ignore: decorator
@inline
function row<A, B, D>(
  op: i32, form: i32, out: usize, a: usize, b: usize, n: i32, as: i32, bs: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  if (sizeof<A>() == 1 && sizeof<B>() == 1 && as == 1 && bs == 1 && n >= 4 && ((out | a | b) & 3) == 0) {
    let blocks = n >> 2;
    do {
      const x = load<i32>(a);
      const y = load<i32>(b);
      const r0 = operate(op, form, (x << 24) >> 24, (y << 24) >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      const r1 = operate(op, form, (x << 16) >> 24, (y << 16) >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      const r2 = operate(op, form, (x << 8) >> 24, (y << 8) >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      const r3 = operate(op, form, x >> 24, y >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      store<i32>(out, (r0 & 255) | ((r1 & 255) << 8) | ((r2 & 255) << 16) | (r3 << 24));
      a += 4;
      b += 4;
      out += 4;
    } while (--blocks);
    n &= 3;
    if (n == 0) return;
  }
  do {
    const x = <i32>load<A>(a);
    const y = <i32>load<B>(b);
    store<D>(out, <D>operate(op, form, x, y, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi));
    a += as;
    b += bs;
    out += sizeof<D>();
  } while (--n);
}

// @ts-ignore: decorator
@inline
function walk<A, B, D>(
  op: i32, form: i32, out: usize, a: usize, b: usize,
  n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  if (n0 * n1 * n2 * n3 == 0) return;
  if (n0 * n1 * n2 == 1) {
    row<A, B, D>(op, form, out, a, b, n3, a3, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
    return;
  }
  for (let i0 = n0; i0 > 0; i0--) {
    let a_1 = a;
    let b_1 = b;
    for (let i1 = n1; i1 > 0; i1--) {
      let a_2 = a_1;
      let b_2 = b_1;
      for (let i2 = n2; i2 > 0; i2--) {
        row<A, B, D>(op, form, out, a_2, b_2, n3, a3, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
        out += n3 * sizeof<D>();
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

export function elementwise_s8(
  op: i32, form: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(op, form, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function elementwise_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i16, i16>(op, WIDE, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

/** int16 values with int8 seconds: PRELU's alpha. */
export function elementwise_s16_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i8, i16>(op, WIDE, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}
