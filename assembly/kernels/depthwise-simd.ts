// DEPTHWISE_CONV_2D, int8, one output channel an input channel, 128-bit: eight channels in the lanes of int16 values. A band of
// output rows at a time, the input rows it needs are widened into a plane with the padding around them, so that no window is cut:
//
//   plane row     z z │ x0 │ x1 │ … │ z       each of `lanes` (channels rounded up to eight) int16; z: the input's zero point
//   two taps      x0a x1a x0b x1b …           interleaved by channel, then one dot for four channels
//
// A record for every eight channels: start 8 × i32 │ taps two by two: channels 0…3, 4…7: 16 × i16 │ two finishes
// (requantize-simd.ts). Pairs of taps: 3 × 3 in the order of `windowThree`, else neighbours in a kernel row, the last of an odd row
// with itself and a zero weight.
//
//   tail   0: start and weights are doubled, constants fast   1: general

import { expandEights, fillEights } from "./columns-simd";
import { finishBytes, finishFour, storeChannels } from "./requantize-simd";

/** x and y interleaved · w: channels 0…3 of eight. */
// @ts-ignore: decorator
@inline
function dotLow(x: v128, y: v128, w: usize): v128 {
  return i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11), v128.load(w));
}

// @ts-ignore: decorator
@inline
function dotHigh(x: v128, y: v128, w: usize): v128 {
  return i32x4.dot_i16x8_s(v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), v128.load(w, 16));
}

// @ts-ignore: decorator
@inline
function storeEight(
  out: usize, a: v128, b: v128, finish: usize, n: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const first = finishFour(a, finish, tail, outZero, low, high);
  const second = n > 4 ? finishFour(b, finish + finishBytes(tail), tail, outZero, low, high) : first;
  storeChannels(out, first, second, n);
}

/** Two outputs side by side (block 2) or one, 3 × 3: x is the first's first tap, step bytes before the second's. */
// @ts-ignore: decorator
@inline
function windowThree(
  out: usize, x: usize, record: usize, block: i32, n: i32, pitch: i32, tap: i32, row: i32, step: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): void {
  let a = v128.load(record);
  let b = v128.load(record, 16);
  let c = a;
  let d = b;
  const w = record + 32;
  const far = tap * 2;
  let y = x + row;
  let z = y + row;
  const p2 = v128.load(x + far);
  const q2 = v128.load(y + far);
  const r2 = v128.load(z + far);
  let s = v128.load(x);
  let t = v128.load(x + tap);
  a = i32x4.add(a, dotLow(s, t, w));
  b = i32x4.add(b, dotHigh(s, t, w));
  s = v128.load(y);
  t = v128.load(y + tap);
  a = i32x4.add(a, dotLow(s, t, w + 32));
  b = i32x4.add(b, dotHigh(s, t, w + 32));
  s = v128.load(z);
  t = v128.load(z + tap);
  a = i32x4.add(a, dotLow(s, t, w + 64));
  b = i32x4.add(b, dotHigh(s, t, w + 64));
  a = i32x4.add(i32x4.add(a, dotLow(p2, q2, w + 96)), dotLow(r2, r2, w + 128));
  b = i32x4.add(i32x4.add(b, dotHigh(p2, q2, w + 96)), dotHigh(r2, r2, w + 128));
  storeEight(out, a, b, w + 160, n, tail, outZero, low, high);
  if (block < 2) return;
  x += step;
  y += step;
  z += step;
  s = step == far ? p2 : v128.load(x);
  t = step == tap ? p2 : v128.load(x + tap);
  c = i32x4.add(c, dotLow(s, t, w));
  d = i32x4.add(d, dotHigh(s, t, w));
  s = step == far ? q2 : v128.load(y);
  t = step == tap ? q2 : v128.load(y + tap);
  c = i32x4.add(c, dotLow(s, t, w + 32));
  d = i32x4.add(d, dotHigh(s, t, w + 32));
  s = step == far ? r2 : v128.load(z);
  t = step == tap ? r2 : v128.load(z + tap);
  c = i32x4.add(c, dotLow(s, t, w + 64));
  d = i32x4.add(d, dotHigh(s, t, w + 64));
  s = v128.load(x + far);
  t = v128.load(y + far);
  c = i32x4.add(c, dotLow(s, t, w + 96));
  d = i32x4.add(d, dotHigh(s, t, w + 96));
  s = v128.load(z + far);
  c = i32x4.add(c, dotLow(s, s, w + 128));
  d = i32x4.add(d, dotHigh(s, s, w + 128));
  storeEight(out + pitch, c, d, w + 160, n, tail, outZero, low, high);
}

/** One output of any window. */
// @ts-ignore: decorator
@inline
function windowAny(
  out: usize, x: usize, record: usize, n: i32, kh: i32, kw: i32, tap: i32, row: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): void {
  let a = v128.load(record);
  let b = v128.load(record, 16);
  let w = record + 32;
  let rows = kh;
  do {
    let from = x;
    let pairs = kw >> 1;
    while (pairs > 0) {
      const s = v128.load(from);
      const t = v128.load(from + tap);
      a = i32x4.add(a, dotLow(s, t, w));
      b = i32x4.add(b, dotHigh(s, t, w));
      from += tap * 2;
      w += 32;
      pairs -= 1;
    }
    if (kw & 1) {
      const s = v128.load(from);
      a = i32x4.add(a, dotLow(s, s, w));
      b = i32x4.add(b, dotHigh(s, s, w));
      w += 32;
    }
    x += row;
  } while (--rows);
  storeEight(out, a, b, w, n, tail, outZero, low, high);
}

/** n channels (1…8) of one output row. pixel: bytes of a plane's pixel. */
// @ts-ignore: decorator
@inline
function outputRow(
  out: usize, x: usize, record: usize, n: i32, ow: i32, channels: i32, kh: i32, kw: i32, tap: i32, row: i32, step: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const three = kh == 3 && kw == 3;
  if (three && ow > 1) {
    let pairs = ow >> 1;
    do {
      windowThree(out, x, record, 2, n, channels, tap, row, step, tail, outZero, low, high);
      x += step * 2;
      out += channels * 2;
    } while (--pairs);
  }
  let left = three ? ow & 1 : ow;
  while (left > 0) {
    if (three) windowThree(out, x, record, 1, n, channels, tap, row, step, tail, outZero, low, high);
    else windowAny(out, x, record, n, kh, kw, tap, row, tail, outZero, low, high);
    x += step;
    out += channels;
    left -= 1;
  }
}

/** Input rows iy … iy + rows − 1 into the plane: `width` pixels a row, `left` of them padding before the input. */
// @ts-ignore: decorator
@inline
function widen(
  plane: usize, image: usize, iy: i32, rows: i32, ih: i32, iw: i32, channels: i32, lanes: i32, left: i32, width: i32,
  zero: i32,
): void {
  do {
    if (<u32>iy >= <u32>ih) {
      fillEights(plane, zero, width * lanes);
    } else {
      let src = image + iy * iw * channels;
      let dst = plane + ((left * lanes) << 1);
      fillEights(plane, zero, left * lanes);
      if (channels == lanes) {
        expandEights(dst, src, iw * lanes);
        dst += (iw * lanes) << 1;
      } else {
        let n = iw;
        do {
          expandEights(dst, src, channels);
          src += channels;
          dst += lanes << 1;
        } while (--n);
      }
      fillEights(dst, zero, (width - left - iw) * lanes);
    }
    plane += (width * lanes) << 1;
    iy += 1;
  } while (--rows);
}

/** Arguments as depthwise_s8's, and dw. plane: scratch of ((band − 1)·sh + (kh − 1)·dh + 1) · width · lanes · 2 bytes. */
export function depthwise_s8_simd(
  out: usize, image: usize, stream: usize, plane: usize, batches: i32,
  ih: i32, iw: i32, channels: i32, oh: i32, ow: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32,
  band: i32, width: i32, tail: i32, inZero: i32, outZero: i32, low: i32, high: i32,
): void {
  const lanes = (channels + 7) & ~7;
  const pixel = lanes << 1;
  const pitch = width * pixel;
  const taps = kh == 3 && kw == 3 ? 5 : kh * ((kw + 1) >> 1);
  const size = 32 + taps * 32 + finishBytes(tail) * 2;
  let batch = batches;
  do {
    let oy = 0;
    do {
      const rows = oh - oy < band ? oh - oy : band;
      widen(plane, image, oy * sh - top, (rows - 1) * sh + (kh - 1) * dh + 1, ih, iw, channels, lanes, left, width, inZero);
      let x = plane;
      let n = rows;
      do {
        let record = stream;
        let from = x;
        let to = out;
        let eights = channels >> 3;
        while (eights > 0) {
          outputRow(
            to, from, record, 8, ow, channels, kh, kw, dw * pixel, dh * pitch, sw * pixel, tail, outZero, low, high,
          );
          record += size;
          from += 16;
          to += 8;
          eights -= 1;
        }
        if (channels & 7)
          outputRow(
            to, from, record, channels & 7, ow, channels, kh, kw, dw * pixel, dh * pitch, sw * pixel,
            tail, outZero, low, high,
          );
        x += sh * pitch;
        out += ow * channels;
      } while (--n);
      oy += band;
    } while (oy < oh);
    image += ih * iw * channels;
  } while (--batch);
}
