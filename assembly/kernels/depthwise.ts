// DEPTHWISE_CONV_2D, int8, for cores with SMLAD: four input channels at a time are spread into planes of int16 values, with
// the padding around them, then every window is a few aligned pairs.
//
//   plane (scratch)   rows of `pitch` bytes (a multiple of 4) │ z z x0 x1 x2 … z │   z: the input's zero point
//   a band            `band` output rows: (band − 1)·sh + (kh − 1)·dh + 1 plane rows, 4 planes (1 where ic % 4 ≠ 0)
//
// Stream, a record an output channel: start i32, then fast: multiplier, round, right · general: multiplier, shift; then
// per kernel row the weights as pairs (w0 w1)(w2 w3)…, the odd last one with 0; a 3×3 kernel's rows as (w0 w1)(w1 w2): two
// outputs side by side then share loads (12 SMLAx for 18 products). Fast: start and weights doubled.
//
// Outputs are computed down a column: from one to the next, pointers move by constants. Where the output is one row (1-D
// convolutions: lower() lays time along the row), "down" is along it.

import { pkhbt_lsl16, pkhtb_asr16, smlad, smlabt, smlatb, sxtb16, sxtb16_ror8 } from "../intrinsics";
import { clampActivation, clampPlain, multiplyByQuantizedMultiplier, requantizeDoubled } from "./requantize";

// @ts-ignore: decorator
@inline
function finish(
  sum: i32, multiplier: i32, round: i32, right: i32, tail: i32, outZero: i32, low: i32, high: i32,
): i32 {
  if (tail == 0) return clampActivation(requantizeDoubled(sum, multiplier, round, right), low, high);
  return clampPlain(multiplyByQuantizedMultiplier(sum, multiplier, right) + outZero, low, high);
}

// @ts-ignore: decorator
@inline
function fill(dst: usize, zero: i32, bytes: i32): void {
  const pair = (zero & 0xffff) | (zero << 16);
  let n = bytes >> 2;
  do {
    store<i32>(dst, pair);
    dst += 4;
  } while (--n);
}

/** One pixel of four channels into four planes. */
// @ts-ignore: decorator
@inline
function spreadOne(dst: usize, word: i32, planeBytes: i32): void {
  store<i16>(dst, (word << 24) >> 24);
  store<i16>(dst + planeBytes, (word << 16) >> 24);
  store<i16>(dst + planeBytes * 2, (word << 8) >> 24);
  store<i16>(dst + planeBytes * 3, word >> 24);
}

/** A row of four channels: two pixels a turn, each plane's pair as one aligned word. */
// @ts-ignore: decorator
@inline
function spreadFour(dst: usize, src: usize, width: i32, ic: i32, left: i32, planeBytes: i32): void {
  if (left & 1) {
    spreadOne(dst, load<i32>(src), planeBytes);
    src += ic;
    dst += 2;
  }
  let n = (width - (left & 1)) >> 1;
  while (n > 0) {
    const a = load<i32>(src);
    const b = load<i32>(src + ic);
    const even = sxtb16(a);
    const evenNext = sxtb16(b);
    const odd = sxtb16_ror8(a);
    const oddNext = sxtb16_ror8(b);
    store<i32>(dst, pkhbt_lsl16(even, evenNext));
    store<i32>(dst + planeBytes, pkhbt_lsl16(odd, oddNext));
    store<i32>(dst + planeBytes * 2, pkhtb_asr16(evenNext, even));
    store<i32>(dst + planeBytes * 3, pkhtb_asr16(oddNext, odd));
    src += ic << 1;
    dst += 4;
    n -= 1;
  }
  if ((width - (left & 1)) & 1) spreadOne(dst, load<i32>(src), planeBytes);
}

/** Input rows iy … iy + rows − 1 of `lanes` channels (4 or 1) into planes. Rows outside become zero points. */
// @ts-ignore: decorator
@inline
function spread(
  planes: usize, image: usize, iy: i32, rows: i32, ih: i32, iw: i32, ic: i32, left: i32, lanes: i32,
  pitch: i32, planeBytes: i32, zero: i32, refill: i32,
): void {
  let row = planes;
  let n = rows;
  do {
    if (<u32>iy < <u32>ih) {
      let src = image + iy * iw * ic;
      let dst = row + (left << 1);
      if (lanes == 4) {
        spreadFour(dst, src, iw, ic, left, planeBytes);
      } else {
        let i = iw;
        do {
          store<i16>(dst, <i32>load<i8>(src));
          src += ic;
          dst += 2;
        } while (--i);
      }
    } else if (refill) {
      let plane = row;
      let i = lanes;
      do {
        fill(plane, zero, pitch);
        plane += planeBytes;
      } while (--i);
    }
    row += pitch;
    iy += 1;
  } while (--n);
}

/** The output beside starts at x's top half (stride 1) or at y (stride 2). First w0 …, then the rest; u = (w0 w1), v = (w1 w2). */
// @ts-ignore: decorator
@inline
function besideFirst(x: i32, y: i32, u: i32, sum: i32, sw: i32): i32 {
  return sw == 1 ? smlatb(x, u, sum) : smlad(y, u, sum);
}

// @ts-ignore: decorator
@inline
function besideRest(y: i32, z: i32, v: i32, sum: i32, sw: i32): i32 {
  return sw == 1 ? smlad(y, v, sum) : smlabt(z, v, sum);
}

/** 3×3 kernels: one column of outputs, or two side by side (strides 1 and 2), which share loads. */
// @ts-ignore: decorator
@inline
function column3x3(
  out: usize, plane: usize, record: usize, weights: usize, rows: i32, outPitch: i32, oc: i32, step: i32, down: i32,
  two: bool, sw: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const start = load<i32>(record);
  const multiplier = load<i32>(record, 4);
  const round = load<i32>(record, 8);
  const right = tail == 0 ? load<i32>(record, 12) : round;
  const u0 = load<i32>(weights);
  const v0 = load<i32>(weights, 4);
  const u1 = load<i32>(weights, 8);
  const v1 = load<i32>(weights, 12);
  const u2 = load<i32>(weights, 16);
  const v2 = load<i32>(weights, 20);
  let n = rows;
  do {
    let x = load<i32>(plane);
    let y = load<i32>(plane, 4);
    let z = two && sw == 2 ? load<i32>(plane, 8) : 0;
    let a = smlad(x, u0, start);
    let b = two ? besideFirst(x, y, u0, start, sw) : 0;
    a = smlabt(y, v0, a);
    if (two) b = besideRest(y, z, v0, b, sw);
    x = load<i32>(plane + step);
    y = load<i32>(plane + step, 4);
    z = two && sw == 2 ? load<i32>(plane + step, 8) : 0;
    a = smlad(x, u1, a);
    b = two ? besideFirst(x, y, u1, b, sw) : 0;
    a = smlabt(y, v1, a);
    if (two) b = besideRest(y, z, v1, b, sw);
    x = load<i32>(plane + (step << 1));
    y = load<i32>(plane + (step << 1), 4);
    z = two && sw == 2 ? load<i32>(plane + (step << 1), 8) : 0;
    a = smlad(x, u2, a);
    b = two ? besideFirst(x, y, u2, b, sw) : 0;
    a = smlabt(y, v2, a);
    if (two) b = besideRest(y, z, v2, b, sw);
    store<i8>(out, finish(a, multiplier, round, right, tail, outZero, low, high));
    if (two) store<i8>(out + oc, finish(b, multiplier, round, right, tail, outZero, low, high));
    plane += down;
    out += outPitch;
  } while (--n);
}

/** Any kernel: one column of outputs, pair by pair. */
// @ts-ignore: decorator
@inline
function columnAny(
  out: usize, plane: usize, record: usize, weights: usize, rows: i32, outPitch: i32, step: i32, down: i32,
  kh: i32, pairs: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const multiplier = load<i32>(record, 4);
  const round = load<i32>(record, 8);
  const right = tail == 0 ? load<i32>(record, 12) : round;
  let n = rows;
  do {
    let sum = load<i32>(record);
    let w = weights;
    let row = plane;
    let ky = kh;
    do {
      let x = row;
      let i = pairs;
      do {
        sum = smlad(load<i32>(x), load<i32>(w), sum);
        x += 4;
        w += 4;
      } while (--i);
      row += step;
    } while (--ky);
    store<i8>(out, finish(sum, multiplier, round, right, tail, outZero, low, high));
    plane += down;
    out += outPitch;
  } while (--n);
}

/**
 * out [batches, oh, ow, ic·multiple] ← in [batches, ih, iw, ic]. planes: scratch of (4 or 1) · planeBytes + 4 bytes.
 * Kernel kh × kw, strides sh sw, row dilation dh (columns are not dilated here), padding top and left, `band` output
 * rows at a time; tail, zero points and clamp as in conv2d.ts.
 */
export function depthwise_s8(
  out: usize, image: usize, stream: usize, planes: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, multiple: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, top: i32, left: i32,
  band: i32, pitch: i32, planeBytes: i32, tail: i32, inZero: i32, outZero: i32, low: i32, high: i32,
): void {
  const oc = ic * multiple;
  const lanes = (ic & 3) == 0 ? 4 : 1;
  const header = tail == 0 ? 16 : 12;
  const pairs = (kw + 1) >> 1;
  const size = header + ((kh * pairs) << 2);
  const step = dh * pitch;
  const flat = oh == 1 && (kh != 3 || kw != 3);
  const outPitch = flat ? oc : ow * oc;
  const down = flat ? sw << 1 : sh * pitch;
  let batch = batches;
  fill(planes, inZero, planeBytes * lanes + 4);
  do {
    let oy = 0;
    do {
      const rows = oh - oy < band ? oh - oy : band;
      let record = stream;
      let y = out + oy * ow * oc;
      let channel = 0;
      do {
        spread(
          planes, image + channel, oy * sh - top, (rows - 1) * sh + (kh - 1) * dh + 1, ih, iw, ic, left, lanes,
          pitch, planeBytes, inZero, i32(band < oh),
        );
        let plane = planes;
        let lane = lanes;
        do {
          let m = multiple;
          do {
            const weights = record + header;
            let to = y;
            let from = plane;
            let ox = ow;
            if (kh == 3 && kw == 3) {
              if (sw <= 2) {
                while (ox > 1) {
                  column3x3(to, from, record, weights, rows, outPitch, oc, step, down, true, sw, tail, outZero, low, high);
                  to += oc << 1;
                  from += sw << 2;
                  ox -= 2;
                }
              }
              while (ox > 0) {
                column3x3(to, from, record, weights, rows, outPitch, oc, step, down, false, sw, tail, outZero, low, high);
                to += oc;
                from += sw << 1;
                ox -= 1;
              }
            } else {
              if (flat) ox = 1;
              const lines = flat ? ow : rows;
              do {
                columnAny(to, from, record, weights, lines, outPitch, step, down, kh, pairs, tail, outZero, low, high);
                to += oc;
                from += sw << 1;
              } while (--ox);
            }
            record += size;
            y += 1;
          } while (--m);
          plane += planeBytes;
        } while (--lane);
        channel += lanes;
      } while (channel < ic);
      oy += band;
    } while (oy < oh);
    image += ih * iw * ic;
    out += oh * ow * oc;
  } while (--batch);
}
