// The functions that effects apply: int32 in, int32 out, pure, total. `operators` is what an interpreter calls and generated
// code imports; a translator may print the simple ones inline. Truths are 0 or 1. Float operators (names end in 32 or 64) need
// FPSCR and live in float.ts: here are only their names. Sources: DDI 0403E A2.2.1, A2.3 and D6.5 (pseudocode functions).

import { parallel } from "./parallel.ts";

const bool = (x: boolean): number => (x ? 1 : 0);

/** Bits 63:32 of the product. 16-bit limbs keep every partial product exact. */
const umulhi = (a: number, b: number): number => {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const cross = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
};
const smulhi = (a: number, b: number): number => (umulhi(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;

/** Shifts by register take the bottom byte: 0 to 255. */
const lsl = (x: number, n: number): number => (n > 31 ? 0 : x << n);
const lsr = (x: number, n: number): number => (n > 31 ? 0 : (x >>> n) | 0);
const asr = (x: number, n: number): number => x >> Math.min(n, 31);
const ror = (x: number, n: number): number => (x >>> (n & 31)) | (x << (-n & 31));
const rrx = (x: number, c: number): number => (x >>> 1) | (c << 31);
const bit = (x: number, n: number): number => (x >>> n) & 1;
const lslCarry = (x: number, n: number, c: number): number => (n === 0 ? c : n > 32 ? 0 : bit(x, 32 - n));
const lsrCarry = (x: number, n: number, c: number): number => (n === 0 ? c : n > 32 ? 0 : bit(x, n - 1));
const asrCarry = (x: number, n: number, c: number): number => (n === 0 ? c : bit(x, n > 32 ? 31 : n - 1));
const rorCarry = (x: number, n: number, c: number): number => (n === 0 ? c : bit(x, (n - 1) & 31));

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const fits = (x: number, low: number, high: number): number => bool(x < low || x > high);
const swapBytes = (x: number): number => (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
const reverse16 = (x: number): number => ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff);
const reverseBits = (x: number): number => {
  let y = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  y = ((y & 0x33333333) << 2) | ((y >>> 2) & 0x33333333);
  return swapBytes(((y & 0x0f0f0f0f) << 4) | ((y >>> 4) & 0x0f0f0f0f));
};
const count = (x: number): number => {
  let n = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) n++;
  return n;
};
const widthMask = (width: number): number => (width > 31 ? -1 : (1 << width) - 1);
const halves = (x: number, f: (half: number) => number): number => (f((x << 16) >> 16) & 0xffff) | (f(x >> 16) << 16);
const sumOfAbsoluteDifferences = (a: number, b: number): number => {
  let sum = 0;
  for (let i = 0; i < 32; i += 8) sum += Math.abs(((a >>> i) & 0xff) - ((b >>> i) & 0xff));
  return sum;
};

const integer = {
  add: (a: number, b: number) => (a + b) | 0,
  sub: (a: number, b: number) => (a - b) | 0,
  mul: (a: number, b: number) => Math.imul(a, b),
  and: (a: number, b: number) => a & b,
  or: (a: number, b: number) => a | b,
  xor: (a: number, b: number) => a ^ b,
  not: (a: number) => ~a,
  neg: (a: number) => -a | 0,
  /** Truth values only. */
  isZero: (a: number) => bool(a === 0),
  eq: (a: number, b: number) => bool(a === b),
  ne: (a: number, b: number) => bool(a !== b),
  lt: (a: number, b: number) => bool(a < b),
  le: (a: number, b: number) => bool(a <= b),
  select: (when: number, a: number, b: number) => (when !== 0 ? a : b),
  /** Shifts by a constant 0 to 31: <<, >>>, >>. */
  shl: (x: number, n: number) => x << n,
  shr: (x: number, n: number) => (x >>> n) | 0,
  sar: (x: number, n: number) => x >> n,
  lsl,
  lsr,
  asr,
  ror,
  rrx,
  lslCarry,
  lsrCarry,
  asrCarry,
  rorCarry,
  /** Carry and overflow of a + b + c; a - b is a + ~b + 1. */
  carry: (a: number, b: number, c: number) => bool((a >>> 0) + (b >>> 0) + c > 0xffffffff),
  overflow: (a: number, b: number, c: number) => bool(a + b + c !== ((a + b + c) | 0)),
  /** Whether a + b + c, each signed, leaves int32: Q of the SMLAxx family. */
  overflow3: (a: number, b: number, c: number) => bool(a + b + c !== ((a + b + c) | 0)),
  umulhi,
  smulhi,
  /** Bits 47:16 of a word times a signed halfword: SMULWy. */
  smulw: (a: number, half: number) => Math.floor((a * half) / 0x10000) | 0,
  udiv: (a: number, b: number) => (b === 0 ? 0 : ((a >>> 0) / (b >>> 0)) | 0),
  sdiv: (a: number, b: number) => (b === 0 ? 0 : (a / b) | 0),
  sxtb: (x: number) => (x << 24) >> 24,
  sxth: (x: number) => (x << 16) >> 16,
  uxtb: (x: number) => x & 0xff,
  uxth: (x: number) => x & 0xffff,
  /** Bytes 0 and 2, extended to halfwords: SXTB16, UXTB16. */
  sxtb16: (x: number) => (((x << 24) >> 24) & 0xffff) | (((x << 8) >> 24) << 16),
  uxtb16: (x: number) => x & 0x00ff00ff,
  rev: swapBytes,
  rev16: reverse16,
  revsh: (x: number) => (reverse16(x) << 16) >> 16,
  rbit: reverseBits,
  clz: (x: number) => Math.clz32(x),
  count,
  pack: (low: number, high: number) => (low & 0xffff) | (high << 16),
  sbfx: (x: number, lsb: number, width: number) => (x << (32 - lsb - width)) >> (32 - width),
  ubfx: (x: number, lsb: number, width: number) => (x >>> lsb) & widthMask(width),
  bfi: (old: number, x: number, lsb: number, width: number) =>
    (old & ~(widthMask(width) << lsb)) | ((x & widthMask(width)) << lsb),
  ssat: (x: number, bits: number) => clamp(x, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
  ssatQ: (x: number, bits: number) => fits(x, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
  usat: (x: number, bits: number) => clamp(x, 0, 2 ** bits - 1) | 0,
  usatQ: (x: number, bits: number) => fits(x, 0, 2 ** bits - 1),
  ssat16: (x: number, bits: number) => halves(x, (h) => clamp(h, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)),
  usat16: (x: number, bits: number) => halves(x, (h) => clamp(h, 0, 2 ** bits - 1)),
  qadd: (a: number, b: number) => clamp(a + b, -0x80000000, 0x7fffffff),
  qsub: (a: number, b: number) => clamp(a - b, -0x80000000, 0x7fffffff),
  usad8: sumOfAbsoluteDifferences,
  /** Byte i from a where GE<i>, else from b. */
  sel: (ge: number, a: number, b: number) => {
    const mask = (ge & 1 ? 0xff : 0) | (ge & 2 ? 0xff00 : 0) | (ge & 4 ? 0xff0000 : 0) | (ge & 8 ? 0xff000000 : 0);
    return (a & mask) | (b & ~mask);
  },
  ...parallel,
};
export type IntegerOperator = keyof typeof integer;

/** Replaced by bind.ts: shift(x, type, amount) by one of lsl … rrx; condition(c) by a formula over flags. */
export type BoundOperator = "shift" | "shiftCarry" | "condition";

/** Rounding arguments: 0 to nearest even, 1 up, 2 down, 3 to zero (FPSCR.RMode's numbers), 4 to nearest away, 5 as FPSCR. */
export const floatOperators = [
  "fadd", // (a, b)
  "fsub",
  "fmul",
  "fdiv",
  "fsqrt", // (a)
  "ffma", // (addend, a, b): one rounding
  "fneg",
  "fabs",
  "fmaxnm", // (a, b)
  "fminnm",
  "fcmp", // (a, b): NZCV as 4 bits; IOC for signalling NaNs
  "fcmpe", // … for every NaN
  "fcmpz", // (a): with +0
  "fcmpez",
  "ftosi", // (a, rounding, fraction bits): int32
  "ftoui",
  "ftosh", // … to 16 bits, sign-extended / zero-extended
  "ftouh",
  "sitof", // (x, fraction bits): rounded as FPSCR (fraction bits > 0: to nearest)
  "uitof",
  "frint", // (a, rounding, exact): VRINTx
  "fhalf", // (a): binary16 in bits 15:0
  "fromHalf", // (h)
  "fcvt", // fcvt32(a double): single; fcvt64(a single): double
] as const;
export type FloatName = (typeof floatOperators)[number];
export type FloatOperator = `${FloatName}${32 | 64}`;

export type Operator = IntegerOperator | BoundOperator | FloatOperator;

export const operators: Readonly<Record<IntegerOperator, (a: number, b: number, c: number, d: number) => number>> =
  integer;

export function isIntegerOperator(name: string): name is IntegerOperator {
  return Object.hasOwn(integer, name);
}

const floatNames: ReadonlySet<string> = new Set(floatOperators.flatMap((name) => [`${name}32`, `${name}64`]));

export function isFloatOperator(name: string): name is FloatOperator {
  return floatNames.has(name);
}
