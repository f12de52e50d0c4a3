// Elements of the model's input and output, and scores as integers. The element type is a constant of the app, so only one branch stays.

export const INT8 = 0;
export const UINT8 = 1;
export const INT16 = 2;
export const FLOAT32 = 3;

export function elementBytes(kind: i32): u32 {
  return kind == FLOAT32 ? 4 : kind == INT16 ? 2 : 1;
}

/** Of an integer type. */
export function loadElement(from: usize, kind: i32): i32 {
  if (kind == INT8) return <i32>load<i8>(from);
  if (kind == UINT8) return <i32>load<u8>(from);
  return <i32>load<i16>(from);
}

/** Of an integer type, cut at its ends. */
export function storeElement(to: usize, kind: i32, value: i32): void {
  if (kind == INT8) store<i8>(to, max(min(value, 127), -128));
  else if (kind == UINT8) store<u8>(to, max(min(value, 255), 0));
  else store<i16>(to, max(min(value, 32767), -32768));
}

/** Scores are cut here, so that 64 of them add up in an i32. */
export const LARGEST_SCORE: i32 = 1 << 24;

/** value · 2^exponent to the nearest whole number, halves away from zero; NaN is the least score. −60 ≤ exponent ≤ 60. */
export function toScore(value: f32, exponent: i32): i32 {
  const scaled = value * reinterpret<f32>((exponent + 127) << 23);
  const largest = <f32>LARGEST_SCORE;
  if (!(scaled > -largest)) return -LARGEST_SCORE;
  if (scaled > largest) return LARGEST_SCORE;
  return <i32>(scaled < <f32>0 ? scaled - <f32>0.5 : scaled + <f32>0.5);
}
