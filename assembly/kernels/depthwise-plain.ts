// DEPTHWISE_CONV_2D, int8, with 32-bit multiplies alone, and any dilation: one input channel at a time is spread into a plane
// of words with the padding around it, its weights into words before the plane, so that products are LDR, LDR, MULS, ADDS.
//
//   scratch   kh·kw weights │ rows of `pitch` bytes: z z x0 x1 x2 … z          z: the input's zero point
//   a band    `band` output rows: (band − 1)·sh + (kh − 1)·dh + 1 plane rows
//
// Stream, a record an output channel: start i32, fast: multiplier, round, right · general: multiplier, shift; then kh·kw
// weights as bytes, padded to a multiple of 4.

import { clampPlain, multiplyByQuantizedMultiplier, requantizeSplit } from "./requantize";

// @ts-ignore: decorator
@inline
function finish(
  sum: i32, multiplier: i32, round: i32, right: i32, tail: i32, outZero: i32, low: i32, high: i32,
): i32 {
  if (tail == 0) return clampPlain(requantizeSplit(sum, multiplier, round, right), low, high);
  return clampPlain(multiplyByQuantizedMultiplier(sum, multiplier, right) + outZero, low, high);
}

// @ts-ignore: decorator
@inline
function fill(dst: usize, zero: i32, bytes: i32): void {
  let n = bytes >> 2;
  do {
    store<i32>(dst, zero);
    dst += 4;
  } while (--n);
}

// @ts-ignore: decorator
@inline
function spread(
  plane: usize, image: usize, iy: i32, rows: i32, ih: i32, iw: i32, ic: i32, left: i32, pitch: i32,
  zero: i32, refill: i32,
): void {
  let n = rows;
  do {
    if (<u32>iy < <u32>ih) {
      let src = image + iy * iw * ic;
      let dst = plane + (left << 2);
      let i = iw;
      do {
        store<i32>(dst, <i32>load<i8>(src));
        src += ic;
        dst += 4;
      } while (--i);
    } else if (refill) {
      fill(plane, zero, pitch);
    }
    plane += pitch;
    iy += 1;
  } while (--n);
}

/** One row of outputs. */
// @ts-ignore: decorator
@inline
function outputRow(
  out: usize, row: usize, weights: usize, record: usize, ow: i32, oc: i32, kh: i32, kw: i32, sw: i32, dw: i32, step: i32,
  tail: i32, outZero: i32, low: i32, high: i32,
): void {
  const start = load<i32>(record);
  const multiplier = load<i32>(record, 4);
  const round = load<i32>(record, 8);
  const right = tail == 0 ? load<i32>(record, 12) : round;
  let n = ow;
  do {
    let sum = start;
    let x = row;
    let w = weights;
    let ky = kh;
    do {
      if (kw == 3) {
        sum += load<i32>(x) * load<i32>(w);
        sum += load<i32>(x + (dw << 2)) * load<i32>(w, 4);
        sum += load<i32>(x + (dw << 3)) * load<i32>(w, 8);
        w += 12;
      } else {
        let tap = x;
        let kx = kw;
        do {
          sum += load<i32>(tap) * load<i32>(w);
          tap += dw << 2;
          w += 4;
        } while (--kx);
      }
      x += step;
    } while (--ky);
    store<i8>(out, finish(sum, multiplier, round, right, tail, outZero, low, high));
    row += sw << 2;
    out += oc;
  } while (--n);
}

/** Arguments as depthwise_s8's, and dw, the columns' dilation. scratch: kh·kw·4 + planeBytes bytes. */
export function depthwise_s8_plain(
  out: usize, image: usize, stream: usize, scratch: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, multiple: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32,
  band: i32, pitch: i32, planeBytes: i32, tail: i32, inZero: i32, outZero: i32, low: i32, high: i32,
): void {
  const oc = ic * multiple;
  const header = tail == 0 ? 16 : 12;
  const size = header + ((kh * kw + 3) & ~3);
  const plane = scratch + ((kh * kw) << 2);
  let batch = batches;
  fill(plane, inZero, planeBytes);
  do {
    let oy = 0;
    do {
      const rows = oh - oy < band ? oh - oy : band;
      let record = stream;
      let y = out + oy * ow * oc;
      let channel = 0;
      do {
        spread(
          plane, image + channel, oy * sh - top, (rows - 1) * sh + (kh - 1) * dh + 1, ih, iw, ic, left, pitch,
          inZero, i32(band < oh),
        );
        let m = multiple;
        do {
          let i = 0;
          do {
            store<i32>(scratch + (i << 2), <i32>load<i8>(record + header + i));
            i += 1;
          } while (i < kh * kw);
          let row = plane;
          let to = y;
          let n = rows;
          do {
            outputRow(to, row, scratch, record, ow, oc, kh, kw, sw, dw, dh * pitch, tail, outZero, low, high);
            row += sh * pitch;
            to += ow * oc;
          } while (--n);
          record += size;
          y += 1;
        } while (--m);
        channel += 1;
      } while (channel < ic);
      oy += band;
    } while (oy < oh);
    image += ih * iw * ic;
    out += oh * ow * oc;
  } while (--batch);
}
