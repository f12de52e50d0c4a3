// Single-precision functions for float operators: every operation is one IEEE 754 binary32 operation (`Math.fround` around
// each), so that the same bits come out of assembly/runtime/f32.ts, its twin line by line, on every engine and every core.
// Arguments are binary32 values held in numbers. Errors, measured: exp and log below 1 unit in the last
// place, logistic and erf below 2.3, the others below 1.6 (sin and cos away from their zeros). NaN in, NaN out.
//
// Polynomials: least-squares fits at Chebyshev nodes of the function named beside them; the two-part constants for ln 2 and
// π/2 are those of Cody and Waite (Software Manual for the Elementary Functions, 1980), so that k · high part is exact.

import { frexp } from "./fixed-point.ts";

const f = Math.fround;

/** c0 + x·(c1 + x·(c2 + …)), each step rounded to binary32. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let y = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) {
    y = i === coefficients.length - 1 ? f(coefficients[i]!) : f(f(y * x) + f(coefficients[i]!));
  }
  return y;
}

// (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2
const EXP = [0.5, 0.166666672, 0.041666463, 0.00833329838, 0.00139336765, 0.000198993192];
// (log(1 + x) − x + x²/2) / x³ for √½ − 1 ≤ x ≤ √2 − 1
const LOG = [
  0.333333313, -0.249999896, 0.200007081, -0.166684806, 0.142499372, -0.124110505, 0.116615109, -0.115712009,
  0.0714975372,
];
// (tanh(x)/x − 1) / x² in x², |x| ≤ 0.625
const TANH = [-0.333333284, 0.133327827, -0.0538524985, 0.0210036412, -0.006104948];
// erf(x) / x − 1 in x², |x| ≤ 1
const ERF = [
  0.128379226, -0.376126379, 0.112837829, -0.0268654376, 0.00522105349, -0.00084843964, 0.000112682537,
  -0.00000967359028,
];
// e^(x²)·(1 − erf(x)) in 1/x, 1 ≤ x ≤ 4
const ERFC = [
  0.000363852916, 0.557537258, 0.0522100739, -0.509692311, 0.582545936, -0.361126453, 0.12443532, -0.0186900795,
];
// (sin(x)/x − 1) / x² and (cos(x) − 1 + x²/2) / x⁴ in x², |x| ≤ π/4
const SIN = [-0.166666642, 0.00833272468, -0.000195829169];
const COS = [0.0416667722, -0.00138950197, 0.0000253999788];

const LN2_HIGH = 0.693359375;
const LN2_LOW = f(-0.00021219444);

/** x · 2^k in two exact-or-final steps, |k| ≤ 300: only the last multiplication can round, underflow or overflow. */
function scale(x: number, k: number): number {
  const half = k >> 1;
  return f(f(x * 2 ** half) * 2 ** (k - half));
}

/** Integer nearest to x, halves to even (WASM's f32.nearest); |x| < 2^22. */
function nearest(x: number): number {
  return f(f(x + 12582912) - 12582912);
}

/** x = k·ln 2 + r with |r| ≤ ln 2 / 2; |x| ≤ 104. */
function reduce(x: number): { readonly k: number; readonly r: number } {
  const k = nearest(f(x * f(1.44269502)));
  return { k, r: f(f(x - f(k * LN2_HIGH)) - f(k * LN2_LOW)) };
}

/** e^r − 1 for |r| ≤ ln 2 / 2. */
function expm1Reduced(r: number): number {
  return f(r + f(f(r * r) * polynomial(r, EXP)));
}

export function exp(x: number): number {
  if (x > 88.75) return Number.POSITIVE_INFINITY;
  if (x < -104) return 0;
  if (Number.isNaN(x)) return x;
  const { k, r } = reduce(x);
  return scale(f(1 + expm1Reduced(r)), k);
}

/** e^x − 1 without cancellation near 0. */
export function expm1(x: number): number {
  if (x > 17) return exp(x);
  if (x < -18) return -1;
  if (Number.isNaN(x)) return x;
  const { k, r } = reduce(x);
  const t = expm1Reduced(r);
  return k === 0 ? t : f(scale(t, k) + f(2 ** k - 1));
}

export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let { mantissa, exponent } = frexp(x);
  if (mantissa < f(0.707106769)) {
    mantissa = f(mantissa * 2);
    exponent--;
  }
  const t = f(mantissa - 1);
  const z = f(t * t);
  let tail = f(f(t * z) * polynomial(t, LOG));
  tail = f(tail + f(exponent * LN2_LOW));
  tail = f(tail - f(0.5 * z));
  return f(f(t + tail) + f(exponent * LN2_HIGH));
}

export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 0.625) {
    const z = f(x * x);
    return f(x + f(f(x * z) * polynomial(z, TANH)));
  }
  if (magnitude > 9.0109135) return x < 0 ? -1 : 1;
  const y = f(1 - f(2 / f(exp(f(2 * magnitude)) + 1)));
  return x < 0 ? -y : y;
}

/** 1 / (1 + e^−x); on the negative side e^x / (1 + e^x), which keeps its relative accuracy down to subnormals. */
export function logistic(x: number): number {
  if (x < 0) {
    const e = exp(x);
    return f(e / f(1 + e));
  }
  return f(1 / f(1 + exp(-x)));
}

export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 1) return f(x + f(x * polynomial(f(x * x), ERF)));
  if (magnitude > 4) return x < 0 ? -1 : 1;
  const y = f(1 - f(exp(-f(x * x)) * polynomial(f(1 / magnitude), ERFC)));
  return x < 0 ? -y : y;
}

/** 1 / √x: two roundings. */
export function rsqrt(x: number): number {
  return f(1 / f(Math.sqrt(x)));
}

/** sin(x) for quarter 0, cos(x) for quarter 1; |x| ≤ 8192 (beyond, NaN: no operator needs it). */
function circular(x: number, quarter: number): number {
  if (!(Math.abs(x) <= 8192)) return Number.NaN;
  const k = nearest(f(x * f(0.636619747)));
  // π/2 in three parts: 8, 11 and 24 bits, so that the first two products are exact for |k| ≤ 2^13.
  let r = f(x - f(k * 1.5703125));
  r = f(r - f(k * f(0.00048375129699707031)));
  r = f(r - f(k * f(7.549789948768648e-8)));
  const z = f(r * r);
  const q = (k + quarter) & 3;
  const y = q & 1 ? f(f(1 - f(0.5 * z)) + f(f(z * z) * polynomial(z, COS))) : f(r + f(f(r * z) * polynomial(z, SIN)));
  return q & 2 ? -y : y;
}

export function sin(x: number): number {
  return circular(x, 0);
}

export function cos(x: number): number {
  return circular(x, 1);
}
