// CONV_2D, int8, 128-bit: tiles of `block` (1…4) output pixels × 8 channels over columns of int16 values (columns-simd.ts).
//
//   two k of a pixel, four times     x0 x1 x0 x1 x0 x1 x0 x1
//   their weights, four channels     a0 a1 b0 b1 c0 c1 d0 d1        dot: a0·x0 + a1·x1, b0·x0 + b1·x1, …
//
// One stream of weights and constants, a record for every eight channels of a group (the last may be part empty: zeros):
//
//   start 8 × i32 │ per two k: channels 0…3, channels 4…7: 16 × i16 │ finish of channels 0…3, of 4…7 (requantize-simd.ts)
//
//   tail    0: start and weights are doubled, constants fast   1: general
//   pixels  still to do; the last block steps back so that it is whole: its first pixels are computed twice

import { gatherColumn } from "./columns-simd";
import { finishBytes, finishFour, storeChannels } from "./requantize-simd";

/** n channels (1…8) of a block. `quads`: k / 4; `stride`: bytes from one column to the next. Returns the record's end. */
// @ts-ignore: decorator
@inline
function multiplyTile(
  out: usize, record: usize, columns: usize, block: i32, n: i32, quads: i32, stride: i32, pitch: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): usize {
  let a0 = v128.load(record);
  let b0 = v128.load(record, 16);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  let w = record + 32;
  let x = columns;
  let left = quads;
  do {
    let a = v128.load(w);
    let b = v128.load(w, 16);
    let v = v128.load32_splat(x);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v, a));
    if (n > 4) b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v, b));
    if (block > 1) {
      v = v128.load32_splat(x + stride);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v, a));
      if (n > 4) b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v, b));
    }
    if (block > 2) {
      v = v128.load32_splat(x + stride * 2);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v, a));
      if (n > 4) b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v, b));
    }
    if (block > 3) {
      v = v128.load32_splat(x + stride * 3);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v, a));
      if (n > 4) b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v, b));
    }
    a = v128.load(w, 32);
    b = v128.load(w, 48);
    v = v128.load32_splat(x, 4);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v, a));
    if (n > 4) b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v, b));
    if (block > 1) {
      v = v128.load32_splat(x + stride, 4);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v, a));
      if (n > 4) b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v, b));
    }
    if (block > 2) {
      v = v128.load32_splat(x + stride * 2, 4);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v, a));
      if (n > 4) b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v, b));
    }
    if (block > 3) {
      v = v128.load32_splat(x + stride * 3, 4);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v, a));
      if (n > 4) b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v, b));
    }
    w += 64;
    x += 8;
  } while (--left);
  storePixel(out, a0, b0, w, n, tail, outZero, low, high);
  if (block > 1) storePixel(out + pitch, a1, b1, w, n, tail, outZero, low, high);
  if (block > 2) storePixel(out + pitch * 2, a2, b2, w, n, tail, outZero, low, high);
  if (block > 3) storePixel(out + pitch * 3, a3, b3, w, n, tail, outZero, low, high);
  return w + finishBytes(tail) * 2;
}

// @ts-ignore: decorator
@inline
function storePixel(
  out: usize, a: v128, b: v128, finish: usize, n: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const first = finishFour(a, finish, tail, outZero, low, high);
  const second = n > 4 ? finishFour(b, finish + finishBytes(tail), tail, outZero, low, high) : first;
  storeChannels(out, first, second, n);
}

/** Arguments as conv2d_s8's; columns: scratch of block · stride bytes. */
export function conv2d_s8_simd(
  out: usize, image: usize, stream: usize, columns: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, groups: i32,
  block: i32, quads: i32, stride: i32, clipped: i32, tail: i32, inZero: i32, outZero: i32, low: i32, high: i32,
): void {
  const depth = ic / groups;
  const channels = oc / groups;
  let batch = batches;
  do {
    let weights = stream;
    let group = 0;
    do {
      let y = out + group * channels;
      let oy = 0;
      let ox = 0;
      let pixels = oh * ow;
      let record: usize = 0;
      do {
        if (pixels < block) {
          y -= (block - pixels) * oc;
          ox -= block - pixels;
          while (ox < 0) {
            ox += ow;
            oy -= 1;
          }
          pixels = block;
        }
        let column = columns;
        let n = block;
        do {
          gatherColumn(
            column, image + group * depth, oy * sh - top, ox * sw - left, ih, iw, ic, depth,
            kh, kw, dh, dw, inZero, clipped,
          );
          column += stride;
          ox += 1;
          if (ox == ow) {
            ox = 0;
            oy += 1;
          }
        } while (--n);
        record = weights;
        let to = y;
        let tiles = channels >> 3;
        while (tiles > 0) {
          record = multiplyTile(to, record, columns, block, 8, quads, stride, oc, tail, outZero, low, high);
          to += 8;
          tiles -= 1;
        }
        if (channels & 7)
          record = multiplyTile(to, record, columns, block, channels & 7, quads, stride, oc, tail, outZero, low, high);
        y += block * oc;
        pixels -= block;
      } while (pixels > 0);
      weights = record;
      group += 1;
    } while (group < groups);
    image += ih * iw * ic;
    out += oh * ow * oc;
  } while (--batch);
}
