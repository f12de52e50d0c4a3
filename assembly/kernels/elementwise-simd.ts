// int8 ADD and SUB of two runs of n values, 16 at a time: the host form of sum_s8 (elementwise.ts, which has the meaning of
// the constants) for operands without repetition. lower() has proved that a first or second factor is absent (m = 0) or a
// right shift 1…22, and that the output's is a right shift 1…22: then requantizeDoubled's formula holds in every lane.
//
//   int8x16 ─ extend ─ 4 × int32x4 ─ (x − z) << l ─ high word of 2x·m ─ + round + sign ─ >> s ─ sum ─ the same ─ narrow, clamp

import { ADD } from "./elementwise-operations";
import { sum_s8 } from "./elementwise";

/** Four lanes of requantizeDoubled. */
// @ts-ignore: decorator
@inline
function requantize_four(x: v128, m: i32, round: i32, right: i32): v128 {
  const doubled = i32x4.shl(x, 1);
  const factor = i32x4.splat(m);
  const half = i64x2.splat(0x80000000);
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(doubled, factor), half);
  const high = i64x2.add(i64x2.extmul_high_i32x4_s(doubled, factor), half);
  const words = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  const rounding = i32x4.add(i32x4.splat(round), i32x4.shr_s(doubled, 31));
  return i32x4.shr_s(i32x4.add(words, rounding), right);
}

// @ts-ignore: decorator
@inline
function rescale_four(x: v128, z: i32, l: i32, m: i32, s: i32): v128 {
  const shifted = i32x4.shl(i32x4.sub(x, i32x4.splat(z)), l);
  return m == 0 ? shifted : requantize_four(shifted, m, 1 << (-s - 1), -s);
}

// @ts-ignore: decorator
@inline
function sum_four(
  op: i32, x: v128, y: v128, zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32,
  mo: i32, so: i32, zo: i32,
): v128 {
  const u = rescale_four(x, zx, lx, mx, sx);
  const v = rescale_four(y, zy, ly, my, sy);
  const sum = op == ADD ? i32x4.add(u, v) : i32x4.sub(u, v);
  return requantize_four(sum, mo, (1 << (-so - 1)) + (zo << -so), -so);
}

export function sum_s8_simd(
  op: i32, out: usize, a: usize, b: usize, n: i32,
  zx: i32, lx: i32, mx: i32, sx: i32, zy: i32, ly: i32, my: i32, sy: i32, mo: i32, so: i32, zo: i32, lo: i32, hi: i32,
): void {
  for (let blocks = n >> 4; blocks > 0; blocks--) {
    const x = v128.load(a);
    const y = v128.load(b);
    const xl = i16x8.extend_low_i8x16_s(x);
    const xh = i16x8.extend_high_i8x16_s(x);
    const yl = i16x8.extend_low_i8x16_s(y);
    const yh = i16x8.extend_high_i8x16_s(y);
    const r0 = sum_four(op, i32x4.extend_low_i16x8_s(xl), i32x4.extend_low_i16x8_s(yl), zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo);
    const r1 = sum_four(op, i32x4.extend_high_i16x8_s(xl), i32x4.extend_high_i16x8_s(yl), zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo);
    const r2 = sum_four(op, i32x4.extend_low_i16x8_s(xh), i32x4.extend_low_i16x8_s(yh), zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo);
    const r3 = sum_four(op, i32x4.extend_high_i16x8_s(xh), i32x4.extend_high_i16x8_s(yh), zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo);
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(r0, r1), i16x8.narrow_i32x4_s(r2, r3));
    v128.store(out, i8x16.min_s(i8x16.max_s(bytes, i8x16.splat(<i8>lo)), i8x16.splat(<i8>hi)));
    a += 16;
    b += 16;
    out += 16;
  }
  const rest = n & 15;
  if (rest) sum_s8(op, out, a, b, 1, 1, 1, rest, 0, 0, 0, 1, 0, 0, 0, 1, zx, lx, mx, sx, zy, ly, my, sy, mo, so, zo, lo, hi);
}
