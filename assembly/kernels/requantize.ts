// Fixed-point rescaling, the tail of every int8 operator: x · multiplier · 2^(shift − 31) with the double rounding of the
// TensorFlow Lite Micro reference kernels. host/graph/fixed-point.ts is the same arithmetic in TypeScript and the proof.
//
//   multiplier   0, or in [2^30, 2^31)
//   shift        positive: left, before the multiply; negative: a rounding right shift after it
//
// The high multiply: gemmlowp's trunc((ab ± nudge) / 2^31) equals (ab + 2^30) >> 31 (floor) exactly; the one case it
// saturates, a = b = −2^31, cannot occur, since multiplier ≥ 0.
// The right shift rounds halves away from zero: floor, plus one when the remainder is above half (above or equal if x ≥ 0).

/** round(a·b / 2^31), halves up. b ≥ 0. */
// @ts-ignore: decorator
@inline
export function doubling_high_mul(a: i32, b: i32): i32 {
  return <i32>((<i64>a * <i64>b + (1 << 30)) >> 31);
}

/** x / 2^s to nearest, halves away from zero; 0 ≤ s ≤ 31. */
// @ts-ignore: decorator
@inline
export function rounding_divide_by_pot(x: i32, s: i32): i32 {
  const mask = (1 << s) - 1;
  const remainder = x & mask;
  const threshold = (mask >> 1) - (x >> 31);
  return (x >> s) + i32(remainder > threshold);
}

/** x · multiplier · 2^(shift − 31), any shift. Kernels with a known sign of shift call the halves above themselves. */
// @ts-ignore: decorator
@inline
export function multiply_by_quantized_multiplier(x: i32, multiplier: i32, shift: i32): i32 {
  const left = max(shift, 0);
  const right = max(-shift, 0);
  return rounding_divide_by_pot(doubling_high_mul(x << left, multiplier), right);
}
