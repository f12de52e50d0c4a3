// Sum, product, fused product and sum, quotient and square root of unpacked numbers: exact, then rounded once.
// Source: DDI 0403E D6 (FPAdd, FPMul, FPMulAdd, FPDiv, FPSqrt).

import {
  defaultNaN,
  exception,
  type Float,
  type Format,
  infinity,
  isNotANumber,
  propagate,
  raise,
  round,
  roundingOf,
  type Status,
  zero,
} from "./float.ts";

export interface Context {
  readonly format: Format;
  readonly status: Status;
}

export const rounded = ({ format, status }: Context, value: bigint, exponent: number, zeroSign: number): bigint => {
  if (value === 0n) return zero(format, zeroSign);
  const sign = value < 0n ? 1 : 0;
  return round(format, sign, value < 0n ? -value : value, exponent, status, roundingOf(status, 5));
};
const invalid = ({ format, status }: Context): bigint => {
  raise(status, exception.invalid);
  return defaultNaN(format);
};
export const numberOf = (x: Float): bigint => (x.sign ? -x.mantissa : x.mantissa);
/** The sign of an exact zero sum: minus only when rounding down, or when both are. */
const zeroSum = ({ status }: Context, a: number, b: number): number =>
  a === b ? a : roundingOf(status, 5) === 2 ? 1 : 0;

export function sum(context: Context, a: Float, b: Float): bigint {
  const nan = propagate(context.format, [a, b], context.status);
  if (nan !== undefined) return nan;
  if (a.kind === "infinity" && b.kind === "infinity" && a.sign !== b.sign) return invalid(context);
  if (a.kind === "infinity") return infinity(context.format, a.sign);
  if (b.kind === "infinity") return infinity(context.format, b.sign);
  if (a.kind === "zero" && b.kind === "zero") return zero(context.format, zeroSum(context, a.sign, b.sign));
  const exponent = Math.min(a.kind === "zero" ? b.exponent : a.exponent, b.kind === "zero" ? a.exponent : b.exponent);
  const scaled = (x: Float): bigint => (x.kind === "zero" ? 0n : numberOf(x) << BigInt(x.exponent - exponent));
  return rounded(context, scaled(a) + scaled(b), exponent, zeroSum(context, 0, 1));
}

export const negated = (x: Float): Float => (isNotANumber(x) ? x : { ...x, sign: (x.sign ^ 1) as 0 | 1 });

export function product(context: Context, a: Float, b: Float): bigint {
  const nan = propagate(context.format, [a, b], context.status);
  if (nan !== undefined) return nan;
  const sign = a.sign ^ b.sign;
  const kinds = [a.kind, b.kind];
  if (kinds.includes("infinity")) return kinds.includes("zero") ? invalid(context) : infinity(context.format, sign);
  return rounded(context, numberOf(a) * numberOf(b), a.exponent + b.exponent, sign);
}

export function fused(context: Context, addend: Float, a: Float, b: Float): bigint {
  const kinds = [a.kind, b.kind];
  const infiniteTimesZero = kinds.includes("infinity") && kinds.includes("zero");
  const nan = propagate(context.format, [addend, a, b], context.status);
  if (infiniteTimesZero && addend.kind !== "signalling") return invalid(context);
  if (nan !== undefined) return nan;
  const sign = (a.sign ^ b.sign) as 0 | 1;
  const kind = kinds.includes("infinity") ? "infinity" : kinds.includes("zero") ? "zero" : "finite";
  const exact: Float = { kind, sign, mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent, bits: 0n };
  return sum(context, addend, exact);
}

export function quotient(context: Context, a: Float, b: Float): bigint {
  const { format, status } = context;
  const nan = propagate(format, [a, b], status);
  if (nan !== undefined) return nan;
  const sign = a.sign ^ b.sign;
  if (a.kind === b.kind && a.kind !== "finite") return invalid(context);
  if (a.kind === "infinity" || b.kind === "zero") {
    if (a.kind !== "infinity") raise(status, exception.divideByZero);
    return infinity(format, sign);
  }
  if (a.kind === "zero" || b.kind === "infinity") return zero(format, sign);
  const extra = 2 * format.fractionBits + 4;
  const top = a.mantissa << BigInt(extra);
  const sticky = top % b.mantissa === 0n ? 0n : 1n;
  const mantissa = ((top / b.mantissa) << 1n) | sticky;
  return round(format, sign, mantissa, a.exponent - b.exponent - extra - 1, status, roundingOf(status, 5));
}

function integerRoot(x: bigint): bigint {
  let root = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function squareRoot(context: Context, a: Float): bigint {
  const { format, status } = context;
  const nan = propagate(format, [a], status);
  if (nan !== undefined) return nan;
  if (a.kind === "zero") return zero(format, a.sign);
  if (a.sign) return invalid(context);
  if (a.kind === "infinity") return infinity(format, 0);
  const extra = 2 * format.fractionBits + 8 + (a.exponent & 1);
  const wide = a.mantissa << BigInt(extra);
  const root = integerRoot(wide);
  const mantissa = (root << 1n) | (root * root === wide ? 0n : 1n);
  return round(format, 0, mantissa, (a.exponent - extra) / 2 - 1, status, roundingOf(status, 5));
}
