// CONV_2D, int8, for cores with SMLAD: blocks of `block` (1…3) output pixels × 2 channels over columns of int16 values.
//
// One stream of weights and constants, read once a block, a record for each pair of channels (the last may be half empty):
//
//   start0, start1 : i32        accumulators' first values
//   per four k     : words      narrow: h(k0 k2), h(k1 k3)                 h = 256·w0 + w1, one int16 a k, two a word
//                               wide:   w0(k0 k2), w1(k0 k2), w0(k1 k3), w1(k1 k3)
//   finish0, finish1            fast: multiplier, round, right  ·  general: multiplier, shift
//
// The narrow form holds both channels of a k in 16 bits: Σ x·h = 256·Σ x·w0 + Σ x·w1, and SXTB16 of the same word gives
// w1 alone, so one load and one SXTB16 feed four multiplies a pixel; channel 0 is the difference of the sums / 256, exact
// while it fits 24 bits (lower() proves it from the weights, else it packs wide).
//
//   tail    0: requantizeDoubled (range proved at build time)   1: any multiplier and shift
//   left    pixels still to do; the last block steps back so that it is whole: its first pixels are computed twice

import { smlad, sxtb16 } from "../intrinsics";
import { gatherColumn } from "./columns";
import { clampActivation, clampPlain, multiplyByQuantizedMultiplier, requantizeDoubled } from "./requantize";

// @ts-ignore: decorator
@inline
function finish(sum: i32, doubled: i32, record: usize, tail: i32, outZero: i32, low: i32, high: i32): i32 {
  if (tail == 0) {
    const value = requantizeDoubled(doubled, load<i32>(record), load<i32>(record, 4), load<i32>(record, 8));
    return clampActivation(value, low, high);
  }
  const scaled = multiplyByQuantizedMultiplier(sum, load<i32>(record), load<i32>(record, 4));
  return clampPlain(scaled + outZero, low, high);
}

/** Both channels of one pixel. a: channel 0's sum (narrow: 256 · channel 0 + channel 1), b: channel 1's. */
// @ts-ignore: decorator
@inline
function storePair(
  out: usize, a: i32, b: i32, record: usize, both: bool, wide: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const size = tail == 0 ? 12 : 8;
  const difference = a - b;
  const doubled = wide ? a << 1 : difference >> 7;
  const sum = wide ? a : difference >> 8;
  store<i8>(out, finish(sum, doubled, record, tail, outZero, low, high));
  if (both) store<i8>(out, finish(b, b << 1, record + size, tail, outZero, low, high), 1);
}

/** All channels of a block. `strideBytes`: from one column to the next; `quads`: k / 4. Returns the end of the stream. */
// @ts-ignore: decorator
@inline
function multiplyBlock(
  out: usize, stream: usize, columns: usize, block: i32, quads: i32, channels: i32, pitch: i32,
  wide: i32, tail: i32, outZero: i32, low: i32, high: i32,
): usize {
  const strideBytes = quads << 3;
  let pairs = (channels + 1) >> 1;
  do {
    let a0 = load<i32>(stream);
    let b0 = load<i32>(stream, 4);
    stream += 8;
    let a1 = a0;
    let b1 = b0;
    let a2 = a0;
    let b2 = b0;
    let x = columns;
    let n = quads;
    do {
      const p = load<i32>(stream);
      const q = load<i32>(stream, 4);
      const r = wide ? load<i32>(stream, 8) : q;
      const s = wide ? load<i32>(stream, 12) : 0;
      const w1 = wide ? q : sxtb16(p);
      const v1 = wide ? s : sxtb16(q);
      const x0 = load<i32>(x);
      const y0 = load<i32>(x, 4);
      a0 = smlad(x0, p, a0);
      b0 = smlad(x0, w1, b0);
      a0 = smlad(y0, r, a0);
      b0 = smlad(y0, v1, b0);
      if (block > 1) {
        const x1 = load<i32>(x + strideBytes);
        const y1 = load<i32>(x + strideBytes, 4);
        a1 = smlad(x1, p, a1);
        b1 = smlad(x1, w1, b1);
        a1 = smlad(y1, r, a1);
        b1 = smlad(y1, v1, b1);
      }
      if (block > 2) {
        const x2 = load<i32>(x + (strideBytes << 1));
        const y2 = load<i32>(x + (strideBytes << 1), 4);
        a2 = smlad(x2, p, a2);
        b2 = smlad(x2, w1, b2);
        a2 = smlad(y2, r, a2);
        b2 = smlad(y2, v1, b2);
      }
      stream += wide ? 16 : 8;
      x += 8;
    } while (--n);
    const both = (channels & 1) == 0 || pairs > 1;
    storePair(out, a0, b0, stream, both, wide, tail, outZero, low, high);
    if (block > 1) storePair(out + pitch, a1, b1, stream, both, wide, tail, outZero, low, high);
    if (block > 2) storePair(out + (pitch << 1), a2, b2, stream, both, wide, tail, outZero, low, high);
    stream += tail == 0 ? 24 : 16;
    out += 2;
  } while (--pairs);
  return stream;
}

/**
 * out [batches, oh, ow, oc] ← in [batches, ih, iw, ic]. columns: scratch of block · quads · 8 bytes, word-aligned.
 * Kernel kh × kw, strides sh sw, dilations dh dw, padding top and left, groups; clipped, wide, tail as above;
 * inZero, outZero: zero points (outZero is read by tail 1 alone); low, high: the activation's clamp.
 */
export function conv2d_s8(
  out: usize, image: usize, stream: usize, columns: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, groups: i32,
  block: i32, quads: i32, clipped: i32, wide: i32, tail: i32, inZero: i32, outZero: i32, low: i32, high: i32,
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
          gatherColumn(
            column, image + group * depth, oy * sh - top, ox * sw - left, ih, iw, ic, depth,
            kh, kw, dh, dw, inZero, clipped,
          );
          column += quads << 3;
          ox += 1;
          if (ox == ow) {
            ox = 0;
            oy += 1;
          }
        } while (--n);
        end = multiplyBlock(y, weights, columns, block, quads, channels, oc, wide, tail, outZero, low, high);
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
