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
//   tail    0: requantizeDoubled's arithmetic (range proved at build time)   1: any multiplier and shift
//   left    pixels still to do; the last block steps back so that it is whole: its first pixels are computed twice

import { smlad, smmlar, sxtb16 } from "../intrinsics";
import { gatherColumn } from "./columns";
import { clampActivation, clampPlain, multiplyByQuantizedMultiplier } from "./requantize";

/**
 * One value. sum carries its sign, doubled is 2·sum (they come from one register by different shifts). Its three constants are
 * passed, not loaded: loads cannot be shared across the stores of a block.
 */
// @ts-ignore: decorator
@inline
function finish(
  sum: i32, doubled: i32, multiplier: i32, round: i32, right: i32, tail: i32, outZero: i32, low: i32, high: i32,
): i32 {
  if (tail == 0) return clampActivation(smmlar(doubled, multiplier, round + (sum >> 31)) >> right, low, high);
  return clampPlain(multiplyByQuantizedMultiplier(sum, multiplier, round) + outZero, low, high);
}

/** One channel of a block. packed: the sums are 256 times the channel's. */
// @ts-ignore: decorator
@inline
function storeChannel(
  out: usize, pitch: i32, block: i32, s0: i32, s1: i32, s2: i32, packed: bool, record: usize,
  tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const multiplier = load<i32>(record);
  const round = load<i32>(record, 4);
  const right = tail == 0 ? load<i32>(record, 8) : 0;
  const d0 = packed ? s0 >> 7 : s0 << 1;
  const d1 = packed ? s1 >> 7 : s1 << 1;
  const d2 = packed ? s2 >> 7 : s2 << 1;
  if (packed && tail != 0) {
    s0 >>= 8;
    s1 >>= 8;
    s2 >>= 8;
  }
  store<i8>(out, finish(s0, d0, multiplier, round, right, tail, outZero, low, high));
  if (block > 1) store<i8>(out + pitch, finish(s1, d1, multiplier, round, right, tail, outZero, low, high));
  if (block > 2) store<i8>(out + pitch * 2, finish(s2, d2, multiplier, round, right, tail, outZero, low, high));
}

/** All channels of a block. `stride`: from one column to the next; `quads`: k / 4. Returns the end of the stream. */
// @ts-ignore: decorator
@inline
function multiplyBlock(
  out: usize, stream: usize, columns: usize, block: i32, quads: i32, channels: i32, pitch: i32,
  wide: i32, tail: i32, outZero: i32, low: i32, high: i32,
): usize {
  const stride = quads << 3;
  let pairs = (channels + 1) >> 1;
  do {
    let a0 = load<i32>(stream);
    let b0 = load<i32>(stream, 4);
    stream += 8;
    let a1 = a0;
    let b1 = b0;
    let a2 = a0;
    let b2 = b0;
    let column = columns;
    let p: i32;
    let w: i32;
    let x0: i32;
    let x1 = 0;
    let x2 = 0;
    // An odd quad first, then two a turn: the loop's own cost is halved. Loads stand together: on M4 each after the first
    // costs one cycle. Live at once: six sums, p, w, three x, two pointers, the counter.
    if (quads & 1) {
      p = load<i32>(stream);
      x0 = load<i32>(column);
      if (block > 1) x1 = load<i32>(column + stride);
      if (block > 2) x2 = load<i32>(column + stride * 2);
      w = wide ? load<i32>(stream, 4) : sxtb16(p);
      a0 = smlad(x0, p, a0);
      b0 = smlad(x0, w, b0);
      if (block > 1) a1 = smlad(x1, p, a1);
      if (block > 1) b1 = smlad(x1, w, b1);
      if (block > 2) a2 = smlad(x2, p, a2);
      if (block > 2) b2 = smlad(x2, w, b2);
      p = wide ? load<i32>(stream, 8) : load<i32>(stream, 4);
      x0 = load<i32>(column, 4);
      if (block > 1) x1 = load<i32>(column + stride, 4);
      if (block > 2) x2 = load<i32>(column + stride * 2, 4);
      w = wide ? load<i32>(stream, 12) : sxtb16(p);
      a0 = smlad(x0, p, a0);
      b0 = smlad(x0, w, b0);
      if (block > 1) a1 = smlad(x1, p, a1);
      if (block > 1) b1 = smlad(x1, w, b1);
      if (block > 2) a2 = smlad(x2, p, a2);
      if (block > 2) b2 = smlad(x2, w, b2);
      stream += wide ? 16 : 8;
      column += 8;
    }
    if (quads > 1) {
      let n = quads >> 1;
      do {
        p = load<i32>(stream);
        x0 = load<i32>(column);
        if (block > 1) x1 = load<i32>(column + stride);
        if (block > 2) x2 = load<i32>(column + stride * 2);
        w = wide ? load<i32>(stream, 4) : sxtb16(p);
        a0 = smlad(x0, p, a0);
        b0 = smlad(x0, w, b0);
        if (block > 1) a1 = smlad(x1, p, a1);
        if (block > 1) b1 = smlad(x1, w, b1);
        if (block > 2) a2 = smlad(x2, p, a2);
        if (block > 2) b2 = smlad(x2, w, b2);
        p = wide ? load<i32>(stream, 8) : load<i32>(stream, 4);
        x0 = load<i32>(column, 4);
        if (block > 1) x1 = load<i32>(column + stride, 4);
        if (block > 2) x2 = load<i32>(column + stride * 2, 4);
        w = wide ? load<i32>(stream, 12) : sxtb16(p);
        a0 = smlad(x0, p, a0);
        b0 = smlad(x0, w, b0);
        if (block > 1) a1 = smlad(x1, p, a1);
        if (block > 1) b1 = smlad(x1, w, b1);
        if (block > 2) a2 = smlad(x2, p, a2);
        if (block > 2) b2 = smlad(x2, w, b2);
        p = wide ? load<i32>(stream, 16) : load<i32>(stream, 8);
        x0 = load<i32>(column, 8);
        if (block > 1) x1 = load<i32>(column + stride, 8);
        if (block > 2) x2 = load<i32>(column + stride * 2, 8);
        w = wide ? load<i32>(stream, 20) : sxtb16(p);
        a0 = smlad(x0, p, a0);
        b0 = smlad(x0, w, b0);
        if (block > 1) a1 = smlad(x1, p, a1);
        if (block > 1) b1 = smlad(x1, w, b1);
        if (block > 2) a2 = smlad(x2, p, a2);
        if (block > 2) b2 = smlad(x2, w, b2);
        p = wide ? load<i32>(stream, 24) : load<i32>(stream, 12);
        x0 = load<i32>(column, 12);
        if (block > 1) x1 = load<i32>(column + stride, 12);
        if (block > 2) x2 = load<i32>(column + stride * 2, 12);
        w = wide ? load<i32>(stream, 28) : sxtb16(p);
        a0 = smlad(x0, p, a0);
        b0 = smlad(x0, w, b0);
        if (block > 1) a1 = smlad(x1, p, a1);
        if (block > 1) b1 = smlad(x1, w, b1);
        if (block > 2) a2 = smlad(x2, p, a2);
        if (block > 2) b2 = smlad(x2, w, b2);
        stream += wide ? 32 : 16;
        column += 16;
      } while (--n);
    }
    if (!wide) {
      a0 -= b0;
      a1 -= b1;
      a2 -= b2;
    }
    storeChannel(out, pitch, block, a0, a1, a2, wide == 0, stream, tail, outZero, low, high);
    if ((channels & 1) == 0 || pairs > 1) {
      const second = stream + (tail == 0 ? 12 : 8);
      storeChannel(out + 1, pitch, block, b0, b1, b2, false, second, tail, outZero, low, high);
    }
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
