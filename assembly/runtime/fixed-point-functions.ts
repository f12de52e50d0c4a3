// Functions on 32-bit fixed-point numbers (gemmlowp's), those that kernels need at run time: the twin of
// host/graph/fixed-point-functions.ts, which explains them. A number in Q(i) is raw · 2^(i − 31).

import { roundingDivideByPot, roundingDoublingHighMul } from "../kernels/requantize";

/** raw · 2^exponent, exponent ≥ 0, saturated. */
// @ts-ignore: decorator
@inline
export function saturatingShiftLeft(raw: i32, exponent: i32): i32 {
  if (exponent == 0) return raw;
  const limit = 1 << (31 - exponent);
  if (raw > limit - 1) return i32.MAX_VALUE;
  return raw < -limit ? i32.MIN_VALUE : raw << exponent;
}

// @ts-ignore: decorator
@inline
function halfSum(a: i32, b: i32): i32 {
  const sum = <i64>a + <i64>b;
  // (sum ± 1) / 2 towards zero = (sum + 1) >> 1 for every sum ≥ 0, and −((1 − sum) >> 1) below
  return sum >= 0 ? <i32>((sum + 1) >> 1) : -(<i32>((1 - sum) >> 1));
}

/** 1 / (1 + x) for 0 ≤ x ≤ 1, Q0 to Q0. */
export function oneOverOnePlusX(raw: i32): i32 {
  const halfDenominator = halfSum(raw, i32.MAX_VALUE);
  let x = 1515870810 + roundingDoublingHighMul(halfDenominator, -1010580540);
  for (let i = 3; i > 0; i--) {
    const error = (1 << 29) - roundingDoublingHighMul(halfDenominator, x);
    x += saturatingShiftLeft(roundingDoublingHighMul(x, error), 2);
  }
  return saturatingShiftLeft(x, 1);
}

/** e^x for x ≤ 0 in Q5, to Q0. */
export function expOnNegativeValuesQ5(raw: i32): i32 {
  if (raw == 0) return i32.MAX_VALUE;
  const inQuarter = (raw & ((1 << 24) - 1)) - (1 << 24);
  const x = (inQuarter << 5) + (1 << 28);
  const x2 = roundingDoublingHighMul(x, x);
  const x3 = roundingDoublingHighMul(x2, x);
  const x4 = roundingDoublingHighMul(x2, x2);
  const tail = roundingDivideByPot(roundingDoublingHighMul(roundingDivideByPot(x4, 2) + x3, 715827883) + x2, 1);
  let result = 1895147668 + roundingDoublingHighMul(1895147668, x + tail);
  const remainder = inQuarter - raw;
  if (remainder & (1 << 24)) result = roundingDoublingHighMul(result, 1672461947);
  if (remainder & (1 << 25)) result = roundingDoublingHighMul(result, 1302514674);
  if (remainder & (1 << 26)) result = roundingDoublingHighMul(result, 790015084);
  if (remainder & (1 << 27)) result = roundingDoublingHighMul(result, 290630308);
  if (remainder & (1 << 28)) result = roundingDoublingHighMul(result, 39332535);
  if (remainder & (1 << 29)) result = roundingDoublingHighMul(result, 720401);
  if (remainder & (1 << 30)) result = roundingDoublingHighMul(result, 242);
  return result;
}

/** ln x for x ≥ 1, Q12 to Q5. */
export function logOfOneOrMoreQ12(raw: i32): i32 {
  const headroomA = clz<i32>(raw);
  const scaledA = roundingDoublingHighMul(saturatingShiftLeft(raw, headroomA - 1), 1518500250);
  const ra = saturatingShiftLeft(scaledA, 1);
  const powerA = ((12 - headroomA) << 25) + (1 << 23);
  const headroomB = clz<i32>(roundingDoublingHighMul(raw, 1518500250)) - 1;
  const rb = saturatingShiftLeft(raw, headroomB);
  const powerB = ((12 - headroomB) << 25) - (1 << 23);
  const r = min(ra, rb);
  const power = max(powerA, powerB);
  const p = halfSum(r, 1805811301);
  const q = (r - 1805811301) << 1;
  const square = roundingDoublingHighMul(q, q);
  const numerator =
    roundingDoublingHighMul(q, r) + roundingDoublingHighMul(roundingDoublingHighMul(q, square), 117049297);
  const inner = 1057819769 + q + roundingDoublingHighMul(127690142, square);
  const denominatorMinusOne = roundingDoublingHighMul(p, inner) + roundingDoublingHighMul(638450708, q);
  const quotient = roundingDoublingHighMul(roundingDivideByPot(numerator, 6), oneOverOnePlusX(denominatorMinusOne));
  return saturatingShiftLeft(roundingDoublingHighMul(power, 1488522236) + quotient, 1);
}

/** 1 / √x: right shift that goes with `inverseSquareRoot`; below 0: to the left. x ≤ 1: 0. */
export function inverseSquareRootShift(x: i32): i32 {
  if (x <= 1) return 0;
  let right = 11;
  while (x >= 1 << 29) {
    x >>= 2;
    right++;
  }
  return right - (((clz<i32>(x) - 1) >> 1) - 1);
}

/** 1 / √x for an integer x ≥ 0 as a multiplier. */
export function inverseSquareRoot(x: i32): i32 {
  if (x <= 1) return i32.MAX_VALUE;
  while (x >= 1 << 29) x >>= 2;
  const pairs = ((clz<i32>(x) - 1) >> 1) - 1;
  const value = (x << (2 * pairs)) >> 1; // Q3
  const half = roundingDivideByPot(value, 1);
  let y = 1 << 28; // 1 in Q3
  for (let i = 5; i > 0; i--) {
    const cube = saturatingShiftLeft(roundingDoublingHighMul(roundingDoublingHighMul(y, y), y), 6);
    y = saturatingShiftLeft(roundingDoublingHighMul(402653184, y) - roundingDoublingHighMul(half, cube), 3);
  }
  return roundingDoublingHighMul(y, 1518500250);
}
