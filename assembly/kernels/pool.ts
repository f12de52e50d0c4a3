// Average and max pooling over NHWC. Windows are cut at the borders: padding takes no part.
//
//   h oh kh sh ph    rows: input, output, kernel, stride, padding before; then the same for columns
//
// int8 averages of at most 256 elements add four channels at once: bytes 0 and 2 of a word in the halves of one register,
// 1 and 3 in another (256 · −128 still fits a half). A window as wide as the input is one run of rows · columns pixels.

import { sxtab16, sxtab16_ror8 } from "../intrinsics";
import { clampPlain } from "./requantize";

/** Sum over count, to nearest, halves away from zero. */
// @ts-ignore: decorator
@inline
function average(sum: i32, count: i32): i32 {
  const half = count >> 1;
  return (sum > 0 ? sum + half : sum - half) / count;
}

/** Four channels of one window of rows × columns pixels. */
// @ts-ignore: decorator
@inline
function average_four(out: usize, x: usize, rows: i32, columns: i32, channels: i32, skip: i32, lo: i32, hi: i32): void {
  let even = 0;
  let odd = 0;
  for (let v = rows; v > 0; v--) {
    let u = columns;
    do {
      const word = load<i32>(x);
      even = sxtab16(even, word);
      odd = sxtab16_ror8(odd, word);
      x += channels;
    } while (--u);
    x += skip;
  }
  const count = rows * columns;
  store<i8>(out, <i8>clampPlain(average((even << 16) >> 16, count), lo, hi));
  store<i8>(out, <i8>clampPlain(average((odd << 16) >> 16, count), lo, hi), 1);
  store<i8>(out, <i8>clampPlain(average(even >> 16, count), lo, hi), 2);
  store<i8>(out, <i8>clampPlain(average(odd >> 16, count), lo, hi), 3);
}

/** All channels of one window whose first pixel is at x; skip: bytes from the end of a window row to the next one. */
// @ts-ignore: decorator
@inline
function average_window_s8(out: usize, x: usize, rows: i32, columns: i32, channels: i32, skip: i32, lo: i32, hi: i32): void {
  if (((<usize>channels | out | x) & 3) == 0 && rows * columns <= 256) {
    for (let c = 0; c < channels; c += 4) {
      if (skip == 0) average_four(out + c, x + c, 1, rows * columns, channels, 0, lo, hi);
      else average_four(out + c, x + c, rows, columns, channels, skip, lo, hi);
    }
    return;
  }
  average_window<i8>(out, x, rows, columns, channels, skip, lo, hi);
}

// @ts-ignore: decorator
@inline
function average_window<T>(out: usize, x: usize, rows: i32, columns: i32, channels: i32, skip: i32, lo: i32, hi: i32): void {
  const pixel = channels * sizeof<T>();
  for (let c = 0; c < channels; c++) {
    let from = x + c * sizeof<T>();
    let sum = 0;
    for (let v = rows; v > 0; v--) {
      for (let u = columns; u > 0; u--) {
        sum += <i32>load<T>(from);
        from += pixel;
      }
      from += skip;
    }
    store<T>(out + c * sizeof<T>(), <T>clampPlain(average(sum, rows * columns), lo, hi));
  }
}

// @ts-ignore: decorator
@inline
function average_window_f32(out: usize, x: usize, rows: i32, columns: i32, channels: i32, skip: i32, lo: f32, hi: f32): void {
  for (let c = 0; c < channels; c++) {
    let from = x + (c << 2);
    let sum: f32 = 0;
    for (let v = rows; v > 0; v--) {
      for (let u = columns; u > 0; u--) {
        sum += load<f32>(from);
        from += channels << 2;
      }
      from += skip;
    }
    const mean = sum / <f32>(rows * columns);
    store<f32>(out + (c << 2), mean < lo ? lo : mean > hi ? hi : mean);
  }
}

/** The greatest, clamped; T values as V. */
// @ts-ignore: decorator
@inline
function max_window<T, V>(out: usize, x: usize, rows: i32, columns: i32, channels: i32, skip: i32, lo: V, hi: V, least: V): void {
  const pixel = channels * sizeof<T>();
  for (let c = 0; c < channels; c++) {
    let from = x + c * sizeof<T>();
    let most = least;
    for (let v = rows; v > 0; v--) {
      for (let u = columns; u > 0; u--) {
        const value = <V>load<T>(from);
        if (value > most) most = value;
        from += pixel;
      }
      from += skip;
    }
    store<T>(out + c * sizeof<T>(), <T>(most < lo ? lo : most > hi ? hi : most));
  }
}

// @ts-ignore: decorator
@inline
function pool<T, V>(
  most: bool, out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: V, hi: V, least: V,
): void {
  const pixel = channels * sizeof<T>();
  for (let batch = 0; batch < batches; batch++) {
    for (let i = 0; i < oh; i++) {
      const top = max(i * sh - ph, 0);
      const rows = min(i * sh - ph + kh, h) - top;
      for (let j = 0; j < ow; j++) {
        const left = max(j * sw - pw, 0);
        const columns = min(j * sw - pw + kw, w) - left;
        const from = x + (top * w + left) * pixel;
        const skip = (w - columns) * pixel;
        if (most) max_window<T, V>(out, from, rows, columns, channels, skip, lo, hi, least);
        else if (isFloat<V>()) average_window_f32(out, from, rows, columns, channels, skip, <f32>lo, <f32>hi);
        else if (sizeof<T>() == 1) average_window_s8(out, from, rows, columns, channels, skip, <i32>lo, <i32>hi);
        else average_window<T>(out, from, rows, columns, channels, skip, <i32>lo, <i32>hi);
        out += pixel;
      }
    }
    x += h * w * pixel;
  }
}

export function average_pool_s8(
  out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: i32, hi: i32,
): void {
  pool<i8, i32>(false, out, x, batches, channels, h, oh, kh, sh, ph, w, ow, kw, sw, pw, lo, hi, 0);
}

export function average_pool_s16(
  out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: i32, hi: i32,
): void {
  pool<i16, i32>(false, out, x, batches, channels, h, oh, kh, sh, ph, w, ow, kw, sw, pw, lo, hi, 0);
}

export function average_pool_f32(
  out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: f32, hi: f32,
): void {
  pool<f32, f32>(false, out, x, batches, channels, h, oh, kh, sh, ph, w, ow, kw, sw, pw, lo, hi, 0);
}

export function max_pool_s8(
  out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: i32, hi: i32,
): void {
  pool<i8, i32>(true, out, x, batches, channels, h, oh, kh, sh, ph, w, ow, kw, sw, pw, lo, hi, -128);
}

export function max_pool_s16(
  out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: i32, hi: i32,
): void {
  pool<i16, i32>(true, out, x, batches, channels, h, oh, kh, sh, ph, w, ow, kw, sw, pw, lo, hi, -32768);
}

export function max_pool_f32(
  out: usize, x: usize, batches: i32, channels: i32,
  h: i32, oh: i32, kh: i32, sh: i32, ph: i32, w: i32, ow: i32, kw: i32, sw: i32, pw: i32, lo: f32, hi: f32,
): void {
  pool<f32, f32>(true, out, x, batches, channels, h, oh, kh, sh, ph, w, ow, kw, sw, pw, lo, hi, <f32>-3.4028234663852886e38);
}
