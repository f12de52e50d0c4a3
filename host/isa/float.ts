// Floating point in exact integers, the reference: bit patterns in, bit patterns and FPSCR exception bits out, in all rounding
// modes, with flush-to-zero, default NaN and both half-precision formats. Slow and plain; a fast simulator checks itself
// against it. A finite number is (-1)^sign * mantissa * 2^exponent. Source: DDI 0403E A2.5.10 to A2.5.13 and D6 (FPUnpack, FPRound).
//
//   FPSCR  31:28 NZCV | 26 AHP | 25 DN | 24 FZ | 23:22 RMode | 7 IDC | 4 IXC | 3 UFC | 2 OFC | 1 DZC | 0 IOC

export interface Format {
  readonly exponentBits: number;
  readonly fractionBits: number;
}
export const half: Format = { exponentBits: 5, fractionBits: 10 };
export const single: Format = { exponentBits: 8, fractionBits: 23 };
export const double: Format = { exponentBits: 11, fractionBits: 52 };

export const exception = { invalid: 1, divideByZero: 2, overflow: 4, underflow: 8, inexact: 16, inputDenormal: 128 };

/** FPSCR while an operation runs: exceptions gather in it. */
export interface Status {
  fpscr: number;
}
export const flushes = (status: Status): boolean => ((status.fpscr >>> 24) & 1) === 1;
const defaultsNaN = (status: Status): boolean => ((status.fpscr >>> 25) & 1) === 1;
export const alternativeHalf = (status: Status): boolean => ((status.fpscr >>> 26) & 1) === 1;
export function raise(status: Status, bits: number): void {
  status.fpscr |= bits;
}

/** FPSCR.RMode's numbers, and ties away from zero. */
export type Rounding = 0 | 1 | 2 | 3 | 4;
export const roundingOf = (status: Status, asked: number): Rounding =>
  (asked === 5 ? (status.fpscr >>> 22) & 3 : asked) as Rounding;

export interface Float {
  readonly kind: "zero" | "finite" | "infinity" | "quiet" | "signalling";
  readonly sign: 0 | 1;
  readonly mantissa: bigint;
  readonly exponent: number;
  /** The pattern it came from, for NaNs. */
  readonly bits: bigint;
}

export const bias = (format: Format): number => 2 ** (format.exponentBits - 1) - 1;
const width = (format: Format): number => 1 + format.exponentBits + format.fractionBits;
const lengthOf = (x: bigint): number => (x === 0n ? 0 : x.toString(2).length);

export function unpack(format: Format, pattern: bigint, status: Status): Float {
  const { exponentBits, fractionBits } = format;
  const bits = BigInt.asUintN(width(format), pattern);
  const sign = Number(bits >> BigInt(width(format) - 1)) as 0 | 1;
  const exponent = Number((bits >> BigInt(fractionBits)) & (2n ** BigInt(exponentBits) - 1n));
  const fraction = bits & (2n ** BigInt(fractionBits) - 1n);
  const lowest = 1 - bias(format) - fractionBits;
  const finite = (mantissa: bigint, exponent: number): Float => ({ kind: "finite", sign, mantissa, exponent, bits });
  if (exponent === 0) {
    const flush = fraction !== 0n && format !== half && flushes(status);
    if (flush) raise(status, exception.inputDenormal);
    if (fraction === 0n || flush) return { kind: "zero", sign, mantissa: 0n, exponent: 0, bits };
    return finite(fraction, lowest);
  }
  if (exponent === 2 ** exponentBits - 1 && !(format === half && alternativeHalf(status))) {
    const quiet = (fraction >> BigInt(fractionBits - 1)) & 1n;
    const kind = fraction === 0n ? "infinity" : quiet ? "quiet" : "signalling";
    return { kind, sign, mantissa: 0n, exponent: 0, bits };
  }
  return finite(fraction | (1n << BigInt(fractionBits)), lowest + exponent - 1);
}

const signed = (format: Format, sign: number, magnitude: bigint): bigint =>
  (BigInt(sign) << BigInt(width(format) - 1)) | magnitude;
const highest = (format: Format): bigint => (2n ** BigInt(format.exponentBits) - 1n) << BigInt(format.fractionBits);

export const zero = (format: Format, sign: number): bigint => signed(format, sign, 0n);
export const infinity = (format: Format, sign: number): bigint => signed(format, sign, highest(format));
export const defaultNaN = (format: Format): bigint => highest(format) | (1n << BigInt(format.fractionBits - 1));

/** Whether to take the next magnitude up, from the last kept bit and the remainder's size against one half. */
function roundsUp(mode: Rounding, sign: number, odd: boolean, remainder: bigint, one: bigint): boolean {
  const twice = remainder * 2n;
  switch (mode) {
    case 0:
      return twice > one || (twice === one && odd);
    case 1:
      return remainder !== 0n && sign === 0;
    case 2:
      return remainder !== 0n && sign === 1;
    case 3:
      return false;
    case 4:
      return twice >= one;
  }
}

/** mantissa * 2^exponent to an integer. */
export function toInteger(sign: number, mantissa: bigint, exponent: number, mode: Rounding) {
  if (exponent >= 0) return { integer: mantissa << BigInt(exponent), inexact: false };
  const one = 1n << BigInt(-exponent);
  const remainder = mantissa & (one - 1n);
  const integer = mantissa >> BigInt(-exponent);
  const up = roundsUp(mode, sign, (integer & 1n) === 1n, remainder, one);
  return { integer: up ? integer + 1n : integer, inexact: remainder !== 0n };
}

/** FPRound: the nearest pattern to an exact value other than 0. An odd lowest bit may stand for anything below it. */
export function round(
  format: Format,
  sign: number,
  mantissa: bigint,
  exponent: number,
  status: Status,
  mode: Rounding,
): bigint {
  const { fractionBits } = format;
  const top = lengthOf(mantissa) - 1 + exponent;
  const least = 1 - bias(format);
  const tiny = top < least;
  if (tiny && format !== half && flushes(status)) {
    raise(status, exception.underflow);
    return zero(format, sign);
  }
  const unit = Math.max(top, least) - fractionBits;
  const { integer, inexact } = toInteger(sign, mantissa, exponent - unit, mode);
  // the hidden bit of a normal number, and a carry out of the fraction, fall into the exponent by themselves
  const magnitude = tiny ? integer : integer + (BigInt(top - least) << BigInt(fractionBits));
  if (tiny && inexact) raise(status, exception.underflow);
  if (format === half && alternativeHalf(status)) {
    const most = highest(format) | (2n ** BigInt(fractionBits) - 1n);
    if (magnitude > most) {
      raise(status, exception.invalid);
      return signed(format, sign, most);
    }
  } else if (magnitude >= highest(format)) {
    raise(status, exception.overflow | exception.inexact);
    const away = mode === 0 || mode === 4 || (mode === 1 && sign === 0) || (mode === 2 && sign === 1);
    return away ? infinity(format, sign) : signed(format, sign, highest(format) - 1n);
  }
  if (inexact) raise(status, exception.inexact);
  return signed(format, sign, magnitude);
}

export const isNotANumber = (x: Float): boolean => x.kind === "quiet" || x.kind === "signalling";

/** FPProcessNaNs: the first signalling, else the first quiet one, made quiet; undefined without NaNs. */
export function propagate(format: Format, operands: readonly Float[], status: Status): bigint | undefined {
  const signalling = operands.find((x) => x.kind === "signalling");
  if (signalling) raise(status, exception.invalid);
  const chosen = signalling ?? operands.find((x) => x.kind === "quiet");
  if (!chosen) return undefined;
  return defaultsNaN(status) ? defaultNaN(format) : chosen.bits | (1n << BigInt(format.fractionBits - 1));
}

/** FPConvertNaN: sign, quiet, and as much of the payload's top as fits. */
export function convertNaN(from: Format, to: Format, x: Float, status: Status): bigint {
  if (x.kind === "signalling") raise(status, exception.invalid);
  if (defaultsNaN(status)) return defaultNaN(to);
  const payload = x.bits & (2n ** BigInt(from.fractionBits - 1) - 1n);
  const shift = to.fractionBits - from.fractionBits;
  return signed(to, x.sign, defaultNaN(to) | (shift > 0 ? payload << BigInt(shift) : payload >> BigInt(-shift)));
}
