// Fixed-point arithmetic of the TensorFlow Lite Micro reference kernels ("double rounding"), on JavaScript numbers.
// A real factor is multiplier · 2^(shift − 31), multiplier in [2^30, 2^31): one 32-bit high multiply, then a rounding shift.
// All intermediate values are integers below 2^53, so doubles are exact; `test/graph/fixed-point.test.ts` proves the
// formulas against BigInt.

export interface Multiplier {
  /** 0, or in [2^30, 2^31). */
  readonly multiplier: number;
  /** Positive: to the left. */
  readonly shift: number;
}

/** real = mantissa · 2^exponent with |mantissa| in [0.5, 1). */
export function frexp(real: number): { readonly mantissa: number; readonly exponent: number } {
  if (real === 0 || !Number.isFinite(real)) return { mantissa: real, exponent: 0 };
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(real))) + 1);
  let mantissa = real * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  return { mantissa, exponent };
}

/** TFLite's QuantizeMultiplier: the nearest fixed-point factor; too small becomes 0, too large saturates. */
export function quantizeMultiplier(real: number): Multiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  const { mantissa, exponent } = frexp(real);
  let multiplier = roundAway(mantissa * 2 ** 31);
  let shift = exponent;
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  if (shift < -31) return { multiplier: 0, shift: 0 };
  if (shift > 30) return { multiplier: 2 ** 31 - 1, shift: 30 };
  return { multiplier, shift };
}

/** C's round(): halves away from zero. */
export function roundAway(x: number): number {
  return x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5);
}

/** round(a·b / 2^31), halves up, saturated (gemmlowp's SaturatingRoundingDoublingHighMul). a, b: int32. */
export function saturatingRoundingDoublingHighMul(a: number, b: number): number {
  // a·b + 2^30 = (a·bh)·2^16 + (a·bl + 2^30); floor by 2^31 in two steps keeps every term below 2^53.
  const bh = b >> 16;
  const bl = b & 0xffff;
  const high = Math.floor((a * bh + Math.floor((a * bl + 0x40000000) / 0x10000)) / 0x8000);
  return Math.min(high, 0x7fffffff);
}

/** x / 2^exponent, rounded to nearest, halves away from zero (gemmlowp's RoundingDivideByPOT). 0 ≤ exponent ≤ 31. */
export function roundingDivideByPot(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const half = 2 ** (exponent - 1);
  return Math.floor((x + half - (x < 0 ? 1 : 0)) / 2 ** exponent);
}

/** x · factor for an int32 x: left shift wraps as 32-bit hardware does, then high multiply, then rounding right shift. */
export function multiplyByQuantizedMultiplier(x: number, { multiplier, shift }: Multiplier): number {
  const left = shift > 0 ? x << shift : x;
  const high = saturatingRoundingDoublingHighMul(left, multiplier);
  return shift < 0 ? roundingDivideByPot(high, -shift) : high;
}

/**
 * x · factor for a 48-bit accumulator (int16 activations): the multiplier is first rounded to 15 bits, then one rounding
 * shift. |x| < 2^47; result is int32.
 */
export function multiplyByQuantizedMultiplier64(x: bigint, { multiplier, shift }: Multiplier): number {
  const reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
  const totalShift = BigInt(15 - shift);
  const scaled = x * BigInt(reduced) + (1n << (totalShift - 1n));
  return Number(BigInt.asIntN(32, scaled >> totalShift));
}

export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : Math.min(x, high);
}
