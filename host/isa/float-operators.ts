// The float operators of effects, on bit patterns, by the exact arithmetic of float.ts. `applyFloat` takes an operator's name
// and arguments (numbers for 32 bits, bigints for a D register's 64) and the FPSCR, and gives the value and the new FPSCR.
// Source: DDI 0403E A2.5.13 and D6 (FPCompare, FPToFixed, FixedToFP, FPRoundInt, FPMaxNum).

import {
  alternativeHalf,
  convertNaN,
  double,
  exception,
  type Float,
  type Format,
  half,
  infinity,
  isNotANumber,
  propagate,
  raise,
  round,
  roundingOf,
  type Status,
  single,
  toInteger,
  unpack,
  zero,
} from "./float.ts";
import {
  type Context,
  fused,
  negated,
  numberOf,
  product,
  quotient,
  rounded,
  squareRoot,
  sum,
} from "./float-arithmetic.ts";
import type { FloatName, FloatOperator } from "./operators.ts";

/** -1, 0, 1; both operands are numbers. */
function order(a: Float, b: Float): number {
  const rank = (x: Float): number => (x.kind === "infinity" ? 1 : 0) * (x.sign ? -1 : 1);
  if (a.kind === "infinity" || b.kind === "infinity") return Math.sign(rank(a) - rank(b));
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = (numberOf(a) << BigInt(a.exponent - exponent)) - (numberOf(b) << BigInt(b.exponent - exponent));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** NZCV: less 1000, equal 0110, greater 0010, unordered 0011. */
function compare({ status }: Context, a: Float, b: Float, everyNaN: boolean): bigint {
  if (isNotANumber(a) || isNotANumber(b)) {
    if (everyNaN || a.kind === "signalling" || b.kind === "signalling") raise(status, exception.invalid);
    return 3n;
  }
  return [8n, 6n, 2n][order(a, b) + 1] as bigint;
}

/** FPMaxNum, FPMinNum: a quiet NaN loses against a number; +0 is above -0. */
function extreme(context: Context, a: Float, b: Float, most: 1 | -1): bigint {
  const quietA = a.kind === "quiet" && !isNotANumber(b);
  const quietB = b.kind === "quiet" && !isNotANumber(a);
  if (quietA || quietB) return pass(context, quietA ? b : a);
  const nan = propagate(context.format, [a, b], context.status);
  if (nan !== undefined) return nan;
  if (a.kind === "zero" && b.kind === "zero") {
    return zero(context.format, most === 1 ? a.sign & b.sign : a.sign | b.sign);
  }
  return pass(context, order(a, b) === most ? a : b);
}

/** A number as it is, except that flushing may have made it zero. */
const pass = ({ format }: Context, x: Float): bigint => (x.kind === "zero" ? zero(format, x.sign) : x.bits);

function toFixed(
  { status }: Context,
  x: Float,
  asked: number,
  fraction: number,
  bits: number,
  unsigned: boolean,
): bigint {
  const low = unsigned ? 0n : -(1n << BigInt(bits - 1));
  const high = unsigned ? (1n << BigInt(bits)) - 1n : (1n << BigInt(bits - 1)) - 1n;
  if (isNotANumber(x) || x.kind === "infinity") {
    raise(status, exception.invalid);
    return isNotANumber(x) ? 0n : x.sign ? low : high;
  }
  const { integer, inexact } = toInteger(x.sign, x.mantissa, x.exponent + fraction, roundingOf(status, asked));
  const value = x.sign ? -integer : integer;
  if (value < low || value > high) {
    raise(status, exception.invalid);
    return value < low ? low : high;
  }
  if (inexact) raise(status, exception.inexact);
  return value;
}

function toIntegral(context: Context, x: Float, asked: number, exact: boolean): bigint {
  const { format, status } = context;
  const nan = propagate(format, [x], status);
  if (nan !== undefined) return nan;
  if (x.kind !== "finite") return pass(context, x);
  const { integer, inexact } = toInteger(x.sign, x.mantissa, x.exponent, roundingOf(status, asked));
  if (exact && inexact) raise(status, exception.inexact);
  return integer === 0n ? zero(format, x.sign) : round(format, x.sign, integer, 0, status, 3);
}

function convert(from: Format, to: Format, pattern: bigint, status: Status): bigint {
  const x = unpack(from, pattern, status);
  const alternative = to === half && alternativeHalf(status);
  if (alternative && (isNotANumber(x) || x.kind === "infinity")) {
    raise(status, exception.invalid);
    return (BigInt(x.sign) << 15n) | (isNotANumber(x) ? 0n : 0x7fffn);
  }
  if (isNotANumber(x)) return convertNaN(from, to, x, status);
  if (x.kind === "infinity") return infinity(to, x.sign);
  if (x.kind === "zero") return zero(to, x.sign);
  return round(to, x.sign, x.mantissa, x.exponent, status, roundingOf(status, 5));
}

/** One operation: its operands as patterns of the format, and further arguments as numbers. */
function operate(name: FloatName, context: Context, patterns: readonly bigint[], extra: readonly number[]): bigint {
  const { format, status } = context;
  const top = 1n << BigInt(format.exponentBits + format.fractionBits);
  const [raw = 0n] = patterns;
  if (name === "fneg") return raw ^ top;
  if (name === "fabs") return raw & (top - 1n);
  const x = (n: number): Float => unpack(format, patterns[n] ?? 0n, status);
  const [first = 0, second = 0, third = 0] = extra;
  switch (name) {
    case "fadd":
      return sum(context, x(0), x(1));
    case "fsub":
      return sum(context, x(0), negated(x(1)));
    case "fmul":
      return product(context, x(0), x(1));
    case "fdiv":
      return quotient(context, x(0), x(1));
    case "fsqrt":
      return squareRoot(context, x(0));
    case "ffma":
      return fused(context, x(0), x(1), x(2));
    case "fmaxnm":
      return extreme(context, x(0), x(1), 1);
    case "fminnm":
      return extreme(context, x(0), x(1), -1);
    case "fcmp":
    case "fcmpe":
      return compare(context, x(0), x(1), name === "fcmpe");
    case "fcmpz":
    case "fcmpez":
      return compare(context, x(0), unpack(format, 0n, status), name === "fcmpez");
    case "ftosi":
    case "ftoui":
      return toFixed(context, x(0), second, third, 32, name === "ftoui");
    case "ftosh":
    case "ftouh":
      return toFixed(context, x(0), second, third, 16, name === "ftouh");
    case "sitof":
    case "uitof": {
      const value = BigInt(name === "sitof" ? first : first >>> 0);
      return rounded(context, value, -second, 0);
    }
    case "frint":
      return toIntegral(context, x(0), second, third !== 0);
    case "fhalf":
      return convert(format, half, raw, status);
    case "fromHalf":
      return convert(half, format, BigInt(first & 0xffff), status);
    case "fcvt":
      return format === double ? convert(single, double, raw, status) : convert(double, single, raw, status);
  }
}

const givesInteger: ReadonlySet<string> = new Set([
  ...["fcmp", "fcmpe", "fcmpz", "fcmpez"],
  ...["ftosi", "ftoui", "ftosh", "ftouh", "fhalf"],
]);

export function applyFloat(op: FloatOperator, args: readonly (number | bigint)[], fpscr: number) {
  const name = op.slice(0, -2) as FloatName;
  const format = op.endsWith("64") ? double : single;
  const status: Status = { fpscr };
  const value = operate(name, { format, status }, args.map(BigInt), args.map(Number));
  const wide = format === double && !givesInteger.has(name);
  return { value: wide ? BigInt.asUintN(64, value) : Number(BigInt.asIntN(32, value)), fpscr: status.fpscr };
}
