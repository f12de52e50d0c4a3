// Functions on 32-bit fixed-point numbers, as gemmlowp defines them (fixedpoint.h) and the TensorFlow Lite Micro reference
// kernels use them: exp, logistic, tanh, log and reciprocals, bit for bit. A number in Q(i) is raw · 2^(i − 31).
// assembly/runtime/fixed-point-functions.ts holds those that kernels need at run time.
//
//   product of Q(a) and Q(b)   saturatingRoundingDoublingHighMul(raw, raw), in Q(a + b)
//   Q(a) → Q(b)                `rescale`: rounding right shift by b − a, or saturating left shift by a − b

import { roundingDivideByPot, saturatingRoundingDoublingHighMul } from "./fixed-point.ts";

const mul = saturatingRoundingDoublingHighMul;
const one = 0x7fffffff; // 1 in Q0, as near as it comes

/** raw · 2^exponent: rounding to the right, saturating to the left. */
export function multiplyByPot(raw: number, exponent: number): number {
  if (exponent <= 0) return roundingDivideByPot(raw, -exponent);
  const limit = 2 ** (31 - exponent);
  if (raw > limit - 1) return 0x7fffffff;
  return raw < -limit ? -0x80000000 : raw << exponent;
}

function rescale(raw: number, from: number, to: number): number {
  return multiplyByPot(raw, from - to);
}

function halfSum(a: number, b: number): number {
  const sum = a + b;
  return Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/** e^x for −¼ ≤ x < 0 in Q0: fourth-order Taylor polynomial around −⅛. */
function expOnLastQuarter(raw: number): number {
  const atCentre = 1895147668; // e^−⅛
  const third = 715827883;
  const x = raw + 2 ** 28;
  const x2 = mul(x, x);
  const x3 = mul(x2, x);
  const x4 = mul(x2, x2);
  const tail = multiplyByPot(mul(multiplyByPot(x4, -2) + x3, third) + x2, -1);
  return (atCentre + mul(atCentre, x + tail)) | 0;
}

// e^(−2^k) in Q0
const powers: readonly (readonly [exponent: number, raw: number])[] = [
  [-2, 1672461947],
  [-1, 1302514674],
  [0, 790015084],
  [1, 290630308],
  [2, 39332535],
  [3, 720401],
  [4, 242],
];

/** e^x for x ≤ 0 in Q(integerBits), to Q0: the last quarter by polynomial, whole quarters by one factor for each bit. */
export function expOnNegativeValues(raw: number, integerBits: number): number {
  if (raw === 0) return one;
  const fraction = 31 - integerBits;
  const quarter = 2 ** (fraction - 2);
  const inQuarter = (raw & (quarter - 1)) - quarter;
  let result = expOnLastQuarter(rescale(inQuarter, integerBits, 0));
  const remainder = inQuarter - raw;
  for (const [exponent, factor] of powers) {
    if (integerBits > exponent && remainder & (1 << (fraction + exponent))) result = mul(result, factor);
  }
  return integerBits > 5 && raw < -(2 ** (36 - integerBits)) ? 0 : result;
}

/** 1 / ((1 + x) / 2) in Q2 for 0 ≤ x ≤ 1 in Q0, by three Newton–Raphson steps. */
function reciprocalOfHalf(raw: number): number {
  const halfDenominator = halfSum(raw, one);
  let x = 1515870810 + mul(halfDenominator, -1010580540); // 48/17 − 32/17 · d in Q2
  for (let i = 0; i < 3; i++) {
    const error = 2 ** 29 - mul(halfDenominator, x);
    x += multiplyByPot(mul(x, error), 2);
  }
  return x | 0;
}

/** 1 / (1 + x) for 0 ≤ x ≤ 1, Q0 to Q0. */
export function oneOverOnePlusX(raw: number): number {
  return multiplyByPot(reciprocalOfHalf(raw), 1);
}

/** (1 − x) / (1 + x) for 0 ≤ x ≤ 1, Q0 to Q0. */
function oneMinusXOverOnePlusX(raw: number): number {
  return multiplyByPot((reciprocalOfHalf(raw) - 2 ** 29) | 0, 2);
}

/** 1 / (1 + e^−x), Q(integerBits) to Q0. */
export function logistic(raw: number, integerBits: number): number {
  if (raw === 0) return 2 ** 30;
  const positive = oneOverOnePlusX(expOnNegativeValues(-Math.abs(raw), integerBits));
  return raw > 0 ? positive : one - positive;
}

/** tanh x, Q(integerBits) to Q0; e^(−2|x|) reads the same bits with one integer bit more. */
export function tanh(raw: number, integerBits: number): number {
  if (raw === 0) return 0;
  const magnitude = oneMinusXOverOnePlusX(expOnNegativeValues(-Math.abs(raw), integerBits + 1));
  return raw < 0 ? -magnitude : magnitude;
}

/** 1 / x for x ≥ 1 in Q(integerBits): the quotient in Q0 of x shifted below 2, and by how many bits. */
export function reciprocal(
  raw: number,
  integerBits: number,
): { readonly scale: number; readonly bitsOverUnit: number } {
  const headroom = Math.clz32(raw);
  const shifted = ((raw << headroom) >>> 0) - 2 ** 31;
  return { scale: oneOverOnePlusX(shifted), bitsOverUnit: integerBits - headroom };
}

/**
 * 1 / √x for an integer x ≥ 0 as multiplier and left shift (≤ 0): TFLite's GetInvSqrtQuantizedMultiplierExp with reversed
 * shift. 0 and 1 give the greatest multiplier.
 */
export function inverseSquareRoot(x: number): { readonly multiplier: number; readonly shift: number } {
  if (x <= 1) return { multiplier: one, shift: 0 };
  let right = 11;
  let input = x;
  while (input >= 2 ** 29) {
    input = Math.trunc(input / 4);
    right++;
  }
  const pairs = ((Math.clz32(input) - 1) >> 1) - 1;
  right -= pairs;
  input <<= 2 * pairs;
  const value = input >> 1; // Q3
  const half = multiplyByPot(value, -1);
  let y = 2 ** 28; // 1 in Q3
  for (let i = 0; i < 5; i++) {
    const cube = rescale(mul(mul(y, y), y), 9, 3);
    y = rescale((mul(402653184, y) - mul(half, cube)) | 0, 6, 3);
  }
  y = mul(y, 1518500250); // √½
  return right < 0 ? { multiplier: y << -right, shift: 0 } : { multiplier: y, shift: -right };
}

/**
 * ln x for x ≥ 1, Q(from) to Q(to): x = 2^k · r with r near √√½ (two roundings of k are tried), then ln r by a quotient of
 * polynomials in q = 2(r − √√½).
 */
export function logOfOneOrMore(raw: number, from: number, to: number): number {
  const accumulator = to + 1;
  const [ln2, sqrtHalf, sqrtSqrtHalf] = [1488522236, 1518500250, 1805811301];
  const [alphaN, alphaD, alphaI, alphaF] = [117049297, 127690142, 1057819769, 638450708];
  const quarter = rescale(536870912, 0, accumulator);
  const headroomA = Math.clz32(raw);
  const ra = multiplyByPot(mul(multiplyByPot(raw, headroomA - 1), sqrtHalf), 1);
  const powerA = multiplyByPot(from - headroomA, 31 - accumulator) + quarter;
  const headroomB = Math.clz32(mul(raw, sqrtHalf)) - 1;
  const rb = multiplyByPot(raw, headroomB);
  const powerB = multiplyByPot(from - headroomB, 31 - accumulator) - quarter;
  const r = Math.min(ra, rb);
  const power = Math.max(powerA, powerB);
  const p = halfSum(r, sqrtSqrtHalf);
  const q = 2 * (r - sqrtSqrtHalf);
  const square = mul(q, q);
  const numerator = mul(q, r) + mul(mul(q, square), alphaN);
  const denominatorMinusOne = mul(p, alphaI + q + mul(alphaD, square)) + mul(alphaF, q);
  const quotient = mul(rescale(numerator, 0, accumulator), oneOverOnePlusX(denominatorMinusOne));
  return rescale(mul(power, ln2) + quotient, accumulator, to);
}
