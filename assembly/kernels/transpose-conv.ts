// TRANSPOSE_CONV as a gather: an output sums the taps whose patch covers it, from the last tap to the first (TFLite's order
// of float additions). weights [oc][ky][kx][ic]; records as host/graph/lower-transpose-conv.ts writes them.
//
//   iy = (oy + top − ky) / sh where that is whole and inside the input; ix likewise

import { clampPlain, multiplyByQuantizedMultiplier, multiplyByReducedMultiplier64 } from "./requantize";

/** X, W: element types of input and weights; S: type of the sum (products of integers are 32-bit). */
// @ts-ignore: decorator
@inline
function patchSum<X, W, S>(
  image: usize, weights: usize, ty: i32, tx: i32, ih: i32, iw: i32, ic: i32, kh: i32, kw: i32, sh: i32, sw: i32, zero: i32,
): S {
  let sum = <S>0;
  let ky = kh - 1;
  do {
    const y = ty - ky;
    if (y >= 0 && y % sh == 0 && y / sh < ih) {
      let kx = kw - 1;
      do {
        const x = tx - kx;
        if (x >= 0 && x % sw == 0 && x / sw < iw) {
          let from = image + ((y / sh) * iw + x / sw) * ic * sizeof<X>();
          let w = weights + (ky * kw + kx) * ic * sizeof<W>();
          let n = ic;
          do {
            if (isFloat<S>()) sum += <S>load<X>(from) * <S>load<W>(w);
            else sum += <S>((<i32>load<X>(from) - zero) * <i32>load<W>(w));
            from += sizeof<X>();
            w += sizeof<W>();
          } while (--n);
        }
        kx -= 1;
      } while (kx >= 0);
    }
    ky -= 1;
  } while (ky >= 0);
  return sum;
}

/** out [batches, oh, ow, oc] ← in [batches, ih, iw, ic]; kernel kh × kw, strides sh sw, padding top and left. */
export function transpose_conv_s8(
  out: usize, image: usize, weights: usize, records: usize,
  batches: i32, ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32, inZero: i32, outZero: i32, low: i32, high: i32,
): void {
  let batch = batches;
  do {
    let oy = 0;
    do {
      let ox = 0;
      do {
        let w = weights;
        let record = records;
        let n = oc;
        do {
          const sum = patchSum<i8, i8, i32>(image, w, oy + top, ox + left, ih, iw, ic, kh, kw, sh, sw, inZero);
          const scaled = multiplyByQuantizedMultiplier(sum + load<i32>(record), load<i32>(record, 4), load<i32>(record, 8));
          store<i8>(out, clampPlain(scaled + outZero, low, high));
          out += 1;
          w += kh * kw * ic;
          record += 12;
        } while (--n);
        ox += 1;
      } while (ox < ow);
      oy += 1;
    } while (oy < oh);
    image += ih * iw * ic;
  } while (--batch);
}

/** int16 activations, zero points 0, sums in 64 bits. */
export function transpose_conv_s16(
  out: usize, image: usize, weights: usize, records: usize,
  batches: i32, ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32, low: i32, high: i32,
): void {
  let batch = batches;
  do {
    let oy = 0;
    do {
      let ox = 0;
      do {
        let w = weights;
        let record = records;
        let n = oc;
        do {
          const sum = patchSum<i16, i8, i64>(image, w, oy + top, ox + left, ih, iw, ic, kh, kw, sh, sw, 0);
          const scaled = multiplyByReducedMultiplier64(sum + load<i64>(record), load<i32>(record, 8), load<i32>(record, 12));
          store<i16>(out, clampPlain(scaled, low, high));
          out += 2;
          w += kh * kw * ic;
          record += 16;
        } while (--n);
        ox += 1;
      } while (ox < ow);
      oy += 1;
    } while (oy < oh);
    image += (ih * iw * ic) << 1;
  } while (--batch);
}

/** Float: bias f32 [oc] instead of records. */
export function transpose_conv_f32(
  out: usize, image: usize, weights: usize, bias: usize,
  batches: i32, ih: i32, iw: i32, ic: i32, oh: i32, ow: i32, oc: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32, low: f32, high: f32,
): void {
  let batch = batches;
  do {
    let oy = 0;
    do {
      let ox = 0;
      do {
        let w = weights;
        let add = bias;
        let n = oc;
        do {
          const sum = patchSum<f32, f32, f32>(image, w, oy + top, ox + left, ih, iw, ic, kh, kw, sh, sw, 0);
          const biased = sum + load<f32>(add);
          const floor = biased < low ? low : biased;
          store<f32>(out, floor > high ? high : floor);
          out += 4;
          w += (kh * kw * ic) << 2;
          add += 4;
        } while (--n);
        ox += 1;
      } while (ox < ow);
      oy += 1;
    } while (oy < oh);
    image += (ih * iw * ic) << 2;
  } while (--batch);
}
