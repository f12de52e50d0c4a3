// QUANTIZE, DEQUANTIZE, CAST between element types (codes of elements.ts). out may be x where both elements have one size.
// Rounding and clamping are those of host/graph/ops/quantize.ts and cast.ts.

import { BOOL, F32, S16, S64, U32, U8, element_size, load_integer, store_integer } from "./elements";
import { multiplyByQuantizedMultiplier } from "./requantize";

/** out = clamp(round(x / scale) + zeroPoint), halves away from zero; NaN becomes the zero point. */
export function quantize_f32(
  out: usize, x: usize, n: i32, to: i32, scale: f32, zeroPoint: i32, low: i32, high: i32,
): void {
  // beyond these the clamp decides, and the conversion to an integer cannot overflow
  const least: f32 = <f32>(low - zeroPoint - 1);
  const most: f32 = <f32>(high - zeroPoint + 1);
  do {
    let v: f32 = load<f32>(x) / scale;
    if (v > most) v = most;
    if (v < least) v = least;
    const whole = <i32>v;
    const rest: f32 = v - <f32>whole;
    const q = whole + i32(rest >= <f32>0.5) - i32(rest <= <f32>-0.5) + zeroPoint;
    store_integer(out, to, max(min(q, high), low));
    x += 4;
    out += element_size(to);
  } while (--n);
}

/** Integers to integers: out = clamp((x − zx) · multiplier · 2^(shift − 31) + zo). */
export function requantize(
  out: usize, x: usize, n: i32, from: i32, to: i32, zx: i32, multiplier: i32, shift: i32, zo: i32, low: i32, high: i32,
): void {
  do {
    const scaled = multiplyByQuantizedMultiplier(load_integer(x, from) - zx, multiplier, shift);
    store_integer(out, to, max(min(scaled + zo, high), low));
    x += element_size(from);
    out += element_size(to);
  } while (--n);
}

/** out = scale · (x − zeroPoint), one rounding: the difference is exact. */
export function dequantize(out: usize, x: usize, n: i32, from: i32, scale: f32, zeroPoint: i32): void {
  do {
    store<f32>(out, scale * <f32>(load_integer(x, from) - zeroPoint));
    x += element_size(from);
    out += 4;
  } while (--n);
}

// @ts-ignore: decorator
@inline
function cast_float(out: usize, value: f32, to: i32): void {
  if (to == BOOL) store<u8>(out, i32(value != <f32>0));
  else if (to == F32) store<f32>(out, value);
  else if (to == U32) store<u32>(out, <u32>value);
  else {
    let whole = <i32>value;
    if (to == S16) whole = max(min(whole, 32767), -32768);
    if (to == U8) whole = max(min(whole, 255), 0);
    store_integer(out, to, whole);
  }
}

/** C's conversions; from float: towards zero, saturated at the ends of int32, int16 and uint8; NaN is 0. */
export function cast(out: usize, x: usize, n: i32, from: i32, to: i32): void {
  do {
    if (from == F32) cast_float(out, load<f32>(x), to);
    else {
      const value = load_integer(x, from);
      if (to == F32) store<f32>(out, from == U32 ? <f32><u32>value : <f32>value);
      else if (to == BOOL) store<u8>(out, i32((from == S64 ? value | load<i32>(x, 4) : value) != 0));
      else if (to == S64) {
        store<i32>(out, value);
        store<i32>(out, from == S64 ? load<i32>(x, 4) : from == U32 ? 0 : value >> 31, 4);
      } else store_integer(out, to, value);
    }
    x += element_size(from);
    out += element_size(to);
  } while (--n);
}
