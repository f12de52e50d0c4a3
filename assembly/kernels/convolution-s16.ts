// Convolutions of int16 activations with int8 weights (CONV_2D with groups, DEPTHWISE_CONV_2D, FULLY_CONNECTED as a 1×1
// convolution over rows): sums in 64 bits, or in 32 where the bias is int32.
//
//   weights   [oc][ky][kx][ic of the group]
//   records   one a channel: 64-bit: bias i64, reduced multiplier i32, 15 − shift i32 · 32-bit: bias, multiplier, shift

import { clampPlain, multiplyByQuantizedMultiplier, multiplyByReducedMultiplier64 } from "./requantize";

/** Σ over the window of one output; positions outside the input add nothing. T: i32 or i64. */
// @ts-ignore: decorator
@inline
function windowSum<T>(
  image: usize, weights: usize, iy: i32, ix: i32, ih: i32, iw: i32, ic: i32, depth: i32,
  kh: i32, kw: i32, dh: i32, dw: i32,
): T {
  let sum = <T>0;
  let ky = 0;
  do {
    const y = iy + ky * dh;
    if (<u32>y < <u32>ih) {
      let kx = 0;
      do {
        const x = ix + kx * dw;
        if (<u32>x < <u32>iw) {
          let from = image + (((y * iw + x) * ic) << 1);
          let w = weights + (ky * kw + kx) * depth;
          let n = depth;
          do {
            sum += <T>(<i32>load<i16>(from) * <i32>load<i8>(w));
            from += 2;
            w += 1;
          } while (--n);
        }
        kx += 1;
      } while (kx < kw);
    }
    ky += 1;
  } while (ky < kh);
  return sum;
}

/** out [batches, oh, ow, oc] ← in [batches, ih, iw, ic], both int16 with zero point 0. long: sums in 64 bits. */
export function convolution_s16(
  out: usize, image: usize, weights: usize, records: usize, batches: i32,
  ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32, groups: i32,
  long: i32, low: i32, high: i32,
): void {
  const depth = ic / groups;
  const channels = oc / groups;
  let batch = batches;
  do {
    let oy = 0;
    do {
      let ox = 0;
      do {
        let w = weights;
        let record = records;
        let group = image;
        let g = groups;
        const iy = oy * sh - top;
        const ix = ox * sw - left;
        do {
          let n = channels;
          do {
            let scaled: i32;
            if (long) {
              const sum = windowSum<i64>(group, w, iy, ix, ih, iw, ic, depth, kh, kw, dh, dw) + load<i64>(record);
              scaled = multiplyByReducedMultiplier64(sum, load<i32>(record, 8), load<i32>(record, 12));
            } else {
              const sum = windowSum<i32>(group, w, iy, ix, ih, iw, ic, depth, kh, kw, dh, dw) + load<i32>(record);
              scaled = multiplyByQuantizedMultiplier(sum, load<i32>(record, 4), load<i32>(record, 8));
            }
            store<i16>(out, clampPlain(scaled, low, high));
            out += 2;
            w += kh * kw * depth;
            record += long ? 16 : 12;
          } while (--n);
          group += depth << 1;
        } while (--g);
        ox += 1;
      } while (ox < ow);
      oy += 1;
    } while (oy < oh);
    image += (ih * iw * ic) << 1;
  } while (--batch);
}
