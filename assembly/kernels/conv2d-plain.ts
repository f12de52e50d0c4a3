// CONV_2D, int8, with 32-bit multiplies alone: blocks of `block` (1…4) output pixels × 1 channel. The columns are words,
// the pixels of a block side by side, so that four loads in a row (one LDM) feed four multiplies with one weight:
//
//   columns   k0: p0 p1 p2 p3 │ k1: p0 p1 p2 p3 │ …          weights   one byte a k, four a word
//
// The stream has one record a channel: start i32, weights (k rounded up to 4 bytes), then
// fast: multiplier, round, right (requantizeSplit)  ·  general: multiplier, shift.
// What the columns hold beyond the last k is multiplied with zero weights.

import { clampPlain, multiplyByQuantizedMultiplier, requantizeSplit } from "./requantize";

// @ts-ignore: decorator
@inline
function finish(sum: i32, record: usize, tail: i32, outZero: i32, low: i32, high: i32): i32 {
  if (tail == 0) {
    const value = requantizeSplit(sum, load<i32>(record), load<i32>(record, 4), load<i32>(record, 8));
    return clampPlain(value, low, high);
  }
  const scaled = multiplyByQuantizedMultiplier(sum, load<i32>(record), load<i32>(record, 4));
  return clampPlain(scaled + outZero, low, high);
}

/** The window of one pixel into every block-th word from dst on. */
// @ts-ignore: decorator
@inline
function gatherWords(
  dst: usize, image: usize, iy: i32, ix: i32, height: i32, width: i32, pixel: i32, depth: i32,
  kh: i32, kw: i32, dh: i32, dw: i32, block: i32, zero: i32, clipped: i32,
): void {
  let rows = kh;
  do {
    const outside = clipped != 0 && <u32>iy >= <u32>height;
    let tap = image + (iy * width + ix) * pixel;
    let column = ix;
    let taps = kw;
    do {
      let n = depth;
      if (outside || (clipped != 0 && <u32>column >= <u32>width)) {
        do {
          store<i32>(dst, zero);
          dst += block << 2;
        } while (--n);
      } else {
        let src = tap;
        do {
          store<i32>(dst, <i32>load<i8>(src));
          src += 1;
          dst += block << 2;
        } while (--n);
      }
      column += dw;
      tap += dw * pixel;
    } while (--taps);
    iy += dh;
  } while (--rows);
}

/** All channels of a block. Returns the end of the stream. */
// @ts-ignore: decorator
@inline
function multiplyBlock(
  out: usize, stream: usize, columns: usize, block: i32, quads: i32, channels: i32, pitch: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): usize {
  let channel = channels;
  do {
    let a0 = load<i32>(stream);
    stream += 4;
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let x = columns;
    let n = quads;
    do {
      const word = load<i32>(stream);
      stream += 4;
      let w = (word << 24) >> 24;
      a0 += load<i32>(x) * w;
      if (block > 1) a1 += load<i32>(x, 4) * w;
      if (block > 2) a2 += load<i32>(x, 8) * w;
      if (block > 3) a3 += load<i32>(x, 12) * w;
      x += block << 2;
      w = (word << 16) >> 24;
      a0 += load<i32>(x) * w;
      if (block > 1) a1 += load<i32>(x, 4) * w;
      if (block > 2) a2 += load<i32>(x, 8) * w;
      if (block > 3) a3 += load<i32>(x, 12) * w;
      x += block << 2;
      w = (word << 8) >> 24;
      a0 += load<i32>(x) * w;
      if (block > 1) a1 += load<i32>(x, 4) * w;
      if (block > 2) a2 += load<i32>(x, 8) * w;
      if (block > 3) a3 += load<i32>(x, 12) * w;
      x += block << 2;
      w = word >> 24;
      a0 += load<i32>(x) * w;
      if (block > 1) a1 += load<i32>(x, 4) * w;
      if (block > 2) a2 += load<i32>(x, 8) * w;
      if (block > 3) a3 += load<i32>(x, 12) * w;
      x += block << 2;
    } while (--n);
    store<i8>(out, finish(a0, stream, tail, outZero, low, high));
    if (block > 1) store<i8>(out + pitch, finish(a1, stream, tail, outZero, low, high));
    if (block > 2) store<i8>(out + pitch * 2, finish(a2, stream, tail, outZero, low, high));
    if (block > 3) store<i8>(out + pitch * 3, finish(a3, stream, tail, outZero, low, high));
    stream += tail == 0 ? 12 : 8;
    out += 1;
  } while (--channel);
  return stream;
}

/** Arguments as conv2d_s8's (without `wide`); columns: scratch of block · quads · 16 bytes. */
export function conv2d_s8_plain(
  out: usize, image: usize, stream: usize, columns: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, groups: i32,
  block: i32, quads: i32, clipped: i32, tail: i32, inZero: i32, outZero: i32, low: i32, high: i32,
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
      let end: usize = 0;
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
          gatherWords(
            column, image + group * depth, oy * sh - top, ox * sw - left, ih, iw, ic, depth,
            kh, kw, dh, dw, block, inZero, clipped,
          );
          column += 4;
          ox += 1;
          if (ox == ow) {
            ox = 0;
            oy += 1;
          }
        } while (--n);
        end = multiplyBlock(y, weights, columns, block, quads, channels, oc, tail, outZero, low, high);
        y += block * oc;
        pixels -= block;
      } while (pixels > 0);
      weights = end;
      group += 1;
    } while (group < groups);
    image += ih * iw * ic;
    out += oh * ow * oc;
  } while (--batch);
}
