// Float operators as closures and translated code call them: they read FPSCR (x[22]) and OR exceptions into it. Room isa's exact
// arithmetic is the reference; here single precision in the default mode (round to nearest, no flush, no default NaN) is done
// with the host's doubles where that provably gives the same bits, and everything else falls back to the reference.
//
//   + − × ÷ √ of two floats, rounded first to double, then to float, equals one rounding (53 ≥ 2·24 + 2; Figueroa, "When is double
//   rounding innocuous?", 1995); the remainder that decides IXC is found by an exact check. Subnormal or special: reference.

import { applyFloat, type FloatOperator } from "../isa/isa.ts";
import { slot } from "./cpu.ts";

export interface FloatFunction {
  (x: Int32Array, args: readonly (number | bigint)[]): number | bigint;
  /** The result is a 64-bit pattern. */
  readonly wide: boolean;
}

const inexact = 16;
/** DN, FZ and RMode: the quick way serves only their default. */
const modes = 0x03c00000;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
const asFloat = (pattern: number): number => {
  bits[0] = pattern;
  return float[0]!;
};
const asBits = (value: number): number => {
  float[0] = value;
  return bits[0]!;
};

const leastNormal = 2 ** -126;
const most = 2 ** 128 - 2 ** 104;

/** Neither subnormal nor infinite nor NaN; zero is fine. */
const plain = (value: number): boolean => {
  const size = Math.abs(value);
  return (size >= leastNormal && size <= most) || size === 0;
};

/** Result of rounding `value` to float, with IXC unless `exact`; undefined where the quick way does not serve. */
function rounded(x: Int32Array, value: number, exact: boolean): number | undefined {
  const result = Math.fround(value);
  // Tininess is seen before rounding (FPRound): what rounds up to the least normal number still underflows.
  if (!(Math.abs(value) >= leastNormal && Math.abs(result) <= most)) return undefined;
  if (!exact || result !== value) x[slot.fpscr]! |= inexact;
  return asBits(result);
}

/** Whether s = fl(a + b) is a + b (Knuth's TwoSum). */
function sumIsExact(a: number, b: number, s: number): boolean {
  const bb = s - a;
  return a - (s - bb) + (b - bb) === 0;
}

type Quick = (x: Int32Array, a: number, b: number, c: number) => number | undefined;

function sum(x: Int32Array, a: number, b: number): number | undefined {
  if (!plain(a) || !plain(b)) return undefined;
  const s = a + b;
  if (s === 0) return a === 0 && b === 0 ? (Object.is(a, -0) && Object.is(b, -0) ? -0x80000000 : 0) : 0;
  return rounded(x, s, sumIsExact(a, b, s));
}

const quick: Partial<Record<string, Quick>> = {
  fadd32: (x, a, b) => sum(x, asFloat(a), asFloat(b)),
  fsub32: (x, a, b) => sum(x, asFloat(a), -asFloat(b)),
  fmul32: (x, a, b) => {
    const [p, q] = [asFloat(a), asFloat(b)];
    if (!plain(p) || !plain(q)) return undefined;
    if (p === 0 || q === 0) return (a ^ b) & -0x80000000;
    return rounded(x, p * q, true);
  },
  fdiv32: (x, a, b) => {
    const [p, q] = [asFloat(a), asFloat(b)];
    if (!plain(p) || !plain(q) || q === 0) return undefined;
    if (p === 0) return (a ^ b) & -0x80000000;
    const result = Math.fround(p / q);
    return rounded(x, p / q, result * q === p);
  },
  fsqrt32: (x, a) => {
    const p = asFloat(a);
    if (!plain(p) || p <= 0) return undefined;
    const root = Math.sqrt(p);
    const result = Math.fround(root);
    return rounded(x, root, result * result === p);
  },
  // The sum of an exact product and a float, in double, is one rounding too many only where it lands on a float's midpoint.
  ffma32: (x, addend, a, b) => {
    const [c, p, q] = [asFloat(addend), asFloat(a), asFloat(b)];
    if (!plain(c) || !plain(p) || !plain(q)) return undefined;
    const product = p * q;
    const s = product + c;
    if (s === 0) return undefined;
    const exact = sumIsExact(product, c, s);
    if (!exact && onMidpoint(s)) return undefined;
    return rounded(x, s, exact);
  },
  fneg32: (_x, a) => a ^ -0x80000000,
  fabs32: (_x, a) => a & 0x7fffffff,
  fcmp32: (_x, a, b) => compare(asFloat(a), asFloat(b)),
  fcmpe32: (_x, a, b) => compare(asFloat(a), asFloat(b)),
  fcmpz32: (_x, a) => compare(asFloat(a), 0),
  fcmpez32: (_x, a) => compare(asFloat(a), 0),
  sitof32: (x, a, fraction) => fromInteger(x, a, fraction),
  uitof32: (x, a, fraction) => fromInteger(x, a >>> 0, fraction),
  ftosi32: (x, a, rounding, fraction) => toInteger(x, asFloat(a), rounding, fraction, -0x80000000, 0x7fffffff),
  ftoui32: (x, a, rounding, fraction) => toInteger(x, asFloat(a), rounding, fraction, 0, 0xffffffff),
};

const doubleBits = new BigUint64Array(1);
const doubleValue = new Float64Array(doubleBits.buffer);
function onMidpoint(value: number): boolean {
  doubleValue[0] = value;
  return (doubleBits[0]! & 0x1fffffffn) === 0x10000000n;
}

/** NZCV as VCMP writes it: less 1000, equal 0110, greater 0010 (DDI 0403E A2.5.8). */
function compare(a: number, b: number): number | undefined {
  if (!plain(a) || !plain(b)) return undefined;
  return a === b ? 6 : a < b ? 8 : 2;
}

function fromInteger(x: Int32Array, value: number, fraction: number): number | undefined {
  if (fraction !== 0) return undefined;
  return value === 0 ? 0 : rounded(x, value, true);
}

function toInteger(
  x: Int32Array,
  value: number,
  rounding: number,
  fraction: number,
  least: number,
  most: number,
): number | undefined {
  if (rounding !== 3 || fraction !== 0 || !plain(value)) return undefined;
  const whole = Math.trunc(value);
  if (whole < least || whole > most) return undefined;
  if (whole !== value) x[slot.fpscr]! |= inexact;
  return whole | 0;
}

const givesInteger = /^(fcmp|fcmpe|fcmpz|fcmpez|ftosi|ftoui|ftosh|ftouh|fhalf)64$/;

const cache = new Map<string, FloatFunction>();

export function floatFunction(name: string): FloatFunction {
  const known = cache.get(name);
  if (known) return known;
  const fast = quick[name];
  const slow = (x: Int32Array, args: readonly (number | bigint)[]) => {
    const { value, fpscr } = applyFloat(name as FloatOperator, args, x[slot.fpscr]!);
    x[slot.fpscr] = fpscr;
    return value;
  };
  const call = fast
    ? (x: Int32Array, args: readonly (number | bigint)[]) => {
        if ((x[slot.fpscr]! & modes) !== 0) return slow(x, args);
        const [a = 0, b = 0, c = 0] = args as readonly number[];
        return fast(x, a, b, c) ?? slow(x, args);
      }
    : slow;
  const made = Object.assign(call, { wide: name.endsWith("64") && !givesInteger.test(name) });
  cache.set(name, made);
  return made;
}
