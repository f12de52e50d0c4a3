// A convolution's input, one column of int16 values an output pixel: what its weights are multiplied with, in their order.
// Kernel positions outside the input hold the input's zero point (its products are part of the folded bias).
//
//   a column is made of runs, each `n` input bytes that are contiguous: a kernel row where taps are neighbours in memory
//   (no dilation, one group), else one tap. In a run, blocks of four are stored even lanes first, as SXTB16 gives them:
//
//     bytes     b0 b1 b2 b3 │ b4 b5 b6 b7 │ b8 b9        halfwords   b0 b2 b1 b3 │ b4 b6 b5 b7 │ b8 b9
//
//   host/graph/pack-convolution.ts packs the weights by the same rule. dst is 2-byte, src 1-byte aligned (Armv7E-M loads and
//   stores words at any address).

import { sxtb16, sxtb16_ror8 } from "../intrinsics";

/** n contiguous int8 → n int16 in column order. n is constant: branches on it vanish. */
// @ts-ignore: decorator
@inline
export function expandRun(dst: usize, src: usize, n: i32): void {
  if (n >= 8) {
    let eights = n >> 3;
    do {
      const a = load<i32>(src);
      const b = load<i32>(src, 4);
      store<i32>(dst, sxtb16(a));
      store<i32>(dst, sxtb16_ror8(a), 4);
      store<i32>(dst, sxtb16(b), 8);
      store<i32>(dst, sxtb16_ror8(b), 12);
      src += 8;
      dst += 16;
    } while (--eights);
  }
  if (n & 4) {
    const a = load<i32>(src);
    store<i32>(dst, sxtb16(a));
    store<i32>(dst, sxtb16_ror8(a), 4);
    src += 4;
    dst += 8;
  }
  if ((n & 3) > 0) store<i16>(dst, <i32>load<i8>(src));
  if ((n & 3) > 1) store<i16>(dst, <i32>load<i8>(src, 1), 2);
  if ((n & 3) > 2) store<i16>(dst, <i32>load<i8>(src, 2), 4);
}

// @ts-ignore: decorator
@inline
export function fillRun(dst: usize, value: i32, n: i32): void {
  const pair = (value & 0xffff) | (value << 16);
  let i = n >> 1;
  while (i > 0) {
    store<i32>(dst, pair);
    dst += 4;
    i -= 1;
  }
  if (n & 1) store<i16>(dst, value);
}

/** Elements first … last−1 of a run of n, where the others are outside the input. */
// @ts-ignore: decorator
@inline
function scatterRun(dst: usize, src: usize, first: i32, last: i32, n: i32): void {
  let i = first;
  while (i < last) {
    const place = i < (n & ~3) ? (i & ~3) | ((i & 1) << 1) | ((i >> 1) & 1) : i;
    store<i16>(dst + (place << 1), <i32>load<i8>(src));
    src += 1;
    i += 1;
  }
}

/** A kernel row whose taps are contiguous; columns ix … ix + kw − 1 of the input row at `row`. */
// @ts-ignore: decorator
@inline
function gatherRow(dst: usize, row: usize, ix: i32, width: i32, depth: i32, kw: i32, zero: i32): void {
  const first = ix < 0 ? -ix : 0;
  const last = ix + kw > width ? width - ix : kw;
  if (first == 0 && last == kw) {
    expandRun(dst, row + ix * depth, kw * depth);
    return;
  }
  fillRun(dst, zero, kw * depth);
  if (first >= last) return;
  if (depth & 3) {
    scatterRun(dst, row + (ix + first) * depth, first * depth, last * depth, kw * depth);
  } else {
    let to = dst + ((first * depth) << 1);
    let from = row + (ix + first) * depth;
    let n = last - first;
    do {
      expandRun(to, from, depth);
      to += depth << 1;
      from += depth;
    } while (--n);
  }
}

/**
 * One column: the window whose first tap is at row iy, column ix.
 *   image    first byte of the batch's input, moved to the group's first channel
 *   pixel    bytes from one pixel to the next (all channels); depth: channels of the group
 *   clipped  0: every window lies inside the input
 */
// @ts-ignore: decorator
@inline
export function gatherColumn(
  dst: usize, image: usize, iy: i32, ix: i32, height: i32, width: i32, pixel: i32, depth: i32,
  kh: i32, kw: i32, dh: i32, dw: i32, zero: i32, clipped: i32,
): void {
  if (kh == 1 && kw == 1 && !clipped) {
    expandRun(dst, image + (iy * width + ix) * pixel, depth);
    return;
  }
  let rows = kh;
  do {
    const outside = clipped != 0 && <u32>iy >= <u32>height;
    const row = image + iy * width * pixel;
    if (pixel == depth && dw == 1) {
      if (outside) fillRun(dst, zero, kw * depth);
      else if (clipped) gatherRow(dst, row, ix, width, depth, kw, zero);
      else expandRun(dst, row + ix * depth, kw * depth);
      dst += (kw * depth) << 1;
    } else {
      let taps = kw;
      let column = ix;
      do {
        if (outside || (clipped != 0 && <u32>column >= <u32>width)) fillRun(dst, zero, depth);
        else expandRun(dst, row + column * pixel, depth);
        dst += depth << 1;
        column += dw;
      } while (--taps);
    }
    iy += dh;
  } while (--rows);
}
