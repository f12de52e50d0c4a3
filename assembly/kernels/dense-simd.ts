// One output pixel that sees its whole input, int8, 128-bit: the input is widened to int16 once, weights as they are read. Tiles
// of 16 channels; a pair of inputs is multiplied as in conv2d-simd.ts. A record for every 16 channels (zeros beyond the last):
//
//   start 16 × i32 │ per two k: 16 channels × 2 × i8 │ four finishes of four channels (requantize-simd.ts)
//
//   tail   0: constants fast, start doubled (bytes cannot be: the sums are, less the start)   1: general

import { expandEights } from "./columns-simd";
import { finishBytes, finishFour, storeChannels } from "./requantize-simd";

/** n channels (1…16). Returns the record's end. */
// @ts-ignore: decorator
@inline
function multiplyTile(
  out: usize, record: usize, column: usize, n: i32, pairs: i32, tail: i32, outZero: i32, low: i32, high: i32,
): usize {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let w = record + 64;
  let x = column;
  let left = pairs;
  do {
    const v = v128.load32_splat(x);
    a = i32x4.add(a, i32x4.dot_i16x8_s(v, v128.load8x8_s(w)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 8)));
    if (n > 8) c = i32x4.add(c, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 16)));
    if (n > 8) d = i32x4.add(d, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 24)));
    x += 4;
    w += 32;
  } while (--left);
  const size = finishBytes(tail);
  storeEight(out, a, b, record, w, min(n, 8), tail, outZero, low, high);
  if (n > 8) storeEight(out + 8, c, d, record + 32, w + size * 2, n - 8, tail, outZero, low, high);
  return w + size * 4;
}

// @ts-ignore: decorator
@inline
function storeEight(
  out: usize, a: v128, b: v128, start: usize, finish: usize, n: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const shift = tail == 0 ? 1 : 0;
  const first = i32x4.add(i32x4.shl(a, shift), v128.load(start));
  const second = i32x4.add(i32x4.shl(b, shift), v128.load(start, 16));
  const p = finishFour(first, finish, tail, outZero, low, high);
  const q = finishFour(second, finish + finishBytes(tail), tail, outZero, low, high);
  storeChannels(out, p, q, n);
}

/** out [channels] ← input [depth]. column: scratch of depth + 8 values, of which the last of an odd depth meets a zero weight. */
export function dense_s8_simd(
  out: usize, input: usize, stream: usize, column: usize, depth: i32, channels: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const pairs = (depth + 1) >> 1;
  expandEights(column, input, depth);
  let record = stream;
  let tiles = channels >> 4;
  while (tiles > 0) {
    record = multiplyTile(out, record, column, 16, pairs, tail, outZero, low, high);
    out += 16;
    tiles -= 1;
  }
  if (channels & 15) multiplyTile(out, record, column, channels & 15, pairs, tail, outZero, low, high);
}
