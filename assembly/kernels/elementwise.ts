// Binary operators, element by element, with broadcasting: out[…] = a[…] ∘ b[…]. One walker serves all. Operators of one
// group (sums, products …) are one kernel, told the operation by a code, which is constant after specialisation.
//
//   n0…n3           loop counts, outermost first (host/graph/broadcast.ts merges loops: equal shapes are one loop, n3)
//   a0…a3, b0…b3    stride of each operand in bytes; the innermost is the element's size, or 0 for one value repeated
//   zx lx mx sx     the first operand's rescaling: ((x − zx) << lx) · mx · 2^(sx − 31); mx = 0: no multiplication
//   zy ly my sy     the second's
//   mo so zo        the result's; then it is clamped to [lo, hi]
//
// out may be a or b (each element is read before it is written). int8 sums and products without repetition go four at a time.
// `_plain`: for cores without SMMLAR.

import { ADD, EQUAL, LOGICAL_AND, MAXIMUM, MINIMUM, NARROW, NARROW_SPLIT, SUB, WIDE, clamp, holds, rescale } from "./elementwise-operations";

const SUM = 0;
const PRODUCT = 1;
const SQUARED_DIFFERENCE = 2;
const EXTREMUM = 3;
const COMPARE = 4;
const PRELU = 5;

/** One element. `group` and `form` are known when the kernel is compiled, the rest when it is specialised. */
// @ts-ignore: decorator
@inline
function operate(
  group: i32, form: i32, op: i32, x: i32, y: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): i32 {
  if (group == EXTREMUM) {
    if (op == MAXIMUM) return clamp(max(x, y), lo, hi);
    if (op == MINIMUM) return clamp(min(x, y), lo, hi);
    return op == LOGICAL_AND ? i32(x != 0) & i32(y != 0) : i32((x | y) != 0);
  }
  if (group == PRELU) {
    const value = x - zx;
    const scaled = value >= 0 ? rescale(value, 0, mx, sx, zo, form) : rescale(value * (y - zy), 0, mo, so, zo, form);
    return clamp(scaled, lo, hi);
  }
  if (group == PRODUCT) return clamp(rescale((x - zx) * (y - zy), 0, mo, so, zo, form), lo, hi);
  const u = rescale(x - zx, lx, mx, sx, 0, form);
  const v = rescale(y - zy, ly, my, sy, 0, form);
  if (group == COMPARE) return holds<i32>(op, u, v);
  if (group == SQUARED_DIFFERENCE) return clamp(rescale((u - v) * (u - v), 0, mo, so, zo, form), lo, hi);
  return clamp(rescale(op == ADD ? u + v : u - v, 0, mo, so, zo, form), lo, hi);
}

/** One row: n ≥ 1 elements, strides as = 0 or sizeof<A>(), bs = 0 or sizeof<B>(). */
// @ts-ignore: decorator
@inline
function row<A, B, D>(
  group: i32, form: i32, op: i32, out: usize, a: usize, b: usize, n: i32, as: i32, bs: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  if (group <= PRODUCT && sizeof<A>() == 1 && as == 1 && bs == 1 && n >= 4 && ((out | a | b) & 3) == 0) {
    let blocks = n >> 2;
    do {
      const x = load<i32>(a);
      const y = load<i32>(b);
      const r0 = operate(group, form, op, (x << 24) >> 24, (y << 24) >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      const r1 = operate(group, form, op, (x << 16) >> 24, (y << 16) >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      const r2 = operate(group, form, op, (x << 8) >> 24, (y << 8) >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      const r3 = operate(group, form, op, x >> 24, y >> 24, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
      store<i32>(out, (r0 & 255) | ((r1 & 255) << 8) | ((r2 & 255) << 16) | (r3 << 24));
      a += 4;
      b += 4;
      out += 4;
    } while (--blocks);
    n &= 3;
  }
  while (n > 0) {
    const x = <i32>load<A>(a);
    const y = <i32>load<B>(b);
    store<D>(out, <D>operate(group, form, op, x, y, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi));
    a += as;
    b += bs;
    out += sizeof<D>();
    n--;
  }
}

// @ts-ignore: decorator
@inline
function walk<A, B, D>(
  group: i32, form: i32, op: i32, out: usize, a: usize, b: usize,
  n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  if (n0 * n1 * n2 * n3 == 0) return;
  for (let i0 = n0; i0 > 0; i0--) {
    let a_1 = a;
    let b_1 = b;
    for (let i1 = n1; i1 > 0; i1--) {
      let a_2 = a_1;
      let b_2 = b_1;
      for (let i2 = n2; i2 > 0; i2--) {
        row<A, B, D>(group, form, op, out, a_2, b_2, n3, a3, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
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

export function sum_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(SUM, NARROW, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function sum_s8_plain(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(SUM, NARROW_SPLIT, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function product_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(PRODUCT, NARROW, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function product_s8_plain(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(PRODUCT, NARROW_SPLIT, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function squared_difference_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(SQUARED_DIFFERENCE, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function extremum_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(EXTREMUM, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function compare_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(COMPARE, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function prelu_s8(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i8, i8, i8>(PRELU, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function sum_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i16, i16>(SUM, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function product_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i16, i16>(PRODUCT, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function squared_difference_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i16, i16>(SQUARED_DIFFERENCE, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

export function extremum_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i16, i16>(EXTREMUM, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}

/** int16 values, int8 alpha. */
export function prelu_s16(
  op: i32, out: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  walk<i16, i8, i16>(PRELU, WIDE, op, out, a, b, n0, n1, n2, n3, a0, a1, a2, a3, b0, b1, b2, b3, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}
