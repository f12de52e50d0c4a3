// The kinds of operands that rows name in their text: how a kind's raw fields become the values that effects use (`decode`),
// how the values become fields again (`encode`: undefined when there is no encoding), and how objdump prints it. Fields
// by letter: d n m a t u l h registers, i j immediates, k y shift amount and type, c condition, r register list, U add.

import { compressConstant, expandConstant, expandFloat, widthMask } from "./immediates.ts";
import { conditionNames, type OperandPart, type Operands } from "./row.ts";
import { barrierNames, maskNames, specialNames } from "./special.ts";

type Values = Record<string, number>;

export interface Kind {
  /** Undefined: the bits are no instruction. */
  readonly decode?: (raw: Operands, part: OperandPart) => Values | undefined;
  readonly encode?: (values: Operands, part: OperandPart) => Values | undefined;
  /** `address` is the instruction's. */
  readonly print: (values: Operands, part: OperandPart, address: number) => string;
}

const at = (values: Operands, name: string): number => values[name] ?? 0;
const unsigned = (x: number): string => `${x >>> 0}`;

export const registerNames = [..."0123456789"].map((n) => `r${n}`).concat(["sl", "fp", "ip", "sp", "lr", "pc"]);

/** A branch offset made of pieces, most significant first, in halfwords; the top bit is the sign. */
function pieces(total: number, joined: (raw: Operands) => number, split: (halfwords: number) => Values): Kind {
  const up = 32 - total;
  return {
    decode: (raw) => ({ label: ((joined(raw) << up) >> up) * 2 }),
    encode: ({ label = 0 }) => {
      const halfwords = label >> 1;
      return label & 1 || (halfwords << up) >> up !== halfwords ? undefined : split(halfwords & (2 ** total - 1));
    },
    print: (values, _, address) => ((address + 4 + at(values, "label")) >>> 0).toString(16),
  };
}

/** A value that differs from its field by a constant, or by a sign. */
function mapped(name: string, letter: string, from: (raw: number) => number, to: (value: number) => number): Kind {
  return {
    decode: (raw) => ({ [name]: from(at(raw, letter)) }),
    encode: (values) => ({ [letter]: to(at(values, name)) }),
    print: (values) => `${values[name]}`,
  };
}

const shiftNames = ["lsl", "lsr", "asr", "ror"];

/** DecodeImmShift: type 4 is RRX; LSR and ASR of 0 mean 32. */
const shift: Kind = {
  decode: ({ y = 0, k = 0 }) => {
    if (k === 0 && y === 3) return { type: 4, amount: 1 };
    return { type: y, amount: k === 0 && (y === 1 || y === 2) ? 32 : k };
  },
  encode: ({ type = 0, amount = 0 }) => (type === 4 ? { y: 3, k: 0 } : { y: type, k: amount & 31 }),
  print: ({ type = 0, amount = 0 }) => {
    if (type === 4) return ", rrx";
    return amount === 0 ? "" : `, ${shiftNames[type]} #${amount}`;
  },
};

/** A register list is its bits, with `fixed` registers that the row's own bits say are in it. */
function registerList(fixed: number): Kind {
  return {
    decode: ({ b = 0 }) => ({ list: b | fixed }),
    encode: ({ list = 0 }) => ((list & fixed) === fixed ? { b: list & ~fixed } : undefined),
    print: ({ list = 0 }) => `{${registerNames.filter((_, i) => (list >> i) & 1).join(", ")}}`,
  };
}

/** Consecutive floating-point registers: `words` single ones from `first`, `all` a mask of as many bits. */
function range(letter: "s" | "d", wordsEach: 1 | 2): Kind {
  return {
    decode: ({ d = 0, i = 0 }) => {
      const words = i * wordsEach;
      if (words === 0 || d + i > 32 / wordsEach) return undefined;
      return { first: d * wordsEach, words, all: widthMask(words) };
    },
    encode: ({ first = 0, words = 0 }) => ({ d: first / wordsEach, i: words / wordsEach }),
    print: ({ d = 0, i = 0 }) => (i === 1 ? `{${letter}${d}}` : `{${letter}${d}-${letter}${d + i - 1}}`),
  };
}

/** Bytes, from i scaled and the sign in U (absent: plus); "-0" exists, and objdump prints it of words. */
const offset: Kind = {
  decode: ({ U = 1, i = 0 }, { scale }) => ({ offset: ((U ? i : -i) * scale) | 0 }),
  encode: ({ offset = 0, U = 1 }, { scale }) => {
    if (offset % scale !== 0) return undefined;
    return { i: Math.abs(offset) / scale, U: offset === 0 ? U : offset > 0 ? 1 : 0 };
  },
  print: ({ i = 0, U = 1 }, { scale }) => `#${U || (i === 0 && scale === 1) ? "" : "-"}${i * scale}`,
};

function floatKind(name: string, exponentBits: number): Kind {
  const expand = expandFloat(exponentBits);
  return {
    decode: ({ i = 0 }) => ({ [name]: expand(i) }),
    encode: (values) => {
      const i = Array.from({ length: 256 }, (_, n) => n).find((n) => expand(n) === (at(values, name) | 0));
      return i === undefined ? undefined : { i };
    },
    print: ({ i = 0 }) => `${i}`,
  };
}

/** "t" or "e" for each further instruction; firstcond 15 is undefined. */
const it: Kind = {
  decode: ({ c = 0 }) => (c === 15 ? undefined : {}),
  print: ({ c = 0, i = 0 }) => {
    const length = 4 - Math.log2(i & -i);
    return [...Array(length - 1)].map((_, n) => (((i >> (3 - n)) & 1) === (c & 1) ? "t" : "e")).join("");
  },
};

const number = (print: (x: number) => string): Kind => ({
  print: (values, part) => print(at(values, part.letter) * part.scale),
});

export const kinds: Readonly<Record<string, Kind>> = {
  R: number((n) => registerNames[n] ?? "?"),
  S: number((n) => `s${n}`),
  D: number((n) => `d${n}`),
  s: { print: ({ S = 0 }) => (S ? "s" : "") },
  number: number(unsigned),
  hex4: number((n) => `0x${n.toString(16).padStart(4, "0")}`),
  offset,
  /** ", #4", or nothing for 0. */
  tail: {
    ...offset,
    print: (values, part, address) => {
      const silent = values["i"] === 0 && (values["U"] !== 0 || part.scale === 1);
      return silent ? "" : `, ${offset.print(values, part, address)}`;
    },
  },
  minus: { print: ({ i = 0 }) => (i === 0 ? "" : `, #-${i}`) },
  const: {
    decode: ({ i = 0 }) => {
      const { value, carry } = expandConstant(i);
      return { const: value, carry };
    },
    // 0 has many encodings: one that is given and right is kept
    encode: (values) => {
      const given = values["i"];
      const kept = given !== undefined && expandConstant(given).value === at(values, "const");
      const i = kept ? given : compressConstant(at(values, "const"));
      return i === undefined ? undefined : { i };
    },
    print: (values) => unsigned(at(values, "const")),
  },
  imm16: {
    decode: ({ i = 0, j = 0 }) => ({ imm16: (j << 12) | i }),
    encode: ({ imm16 = 0 }) => ({ i: imm16 & 0xfff, j: imm16 >>> 12 }),
    print: ({ imm16 = 0 }) => `${imm16}`,
  },
  i32: mapped(
    "i32",
    "i",
    (i) => i || 32,
    (v) => v & 31,
  ),
  bits: mapped(
    "bits",
    "i",
    (i) => i + 1,
    (v) => v - 1,
  ),
  shift,
  /** ASR #0 would be SSAT16 and USAT16. */
  asr: { decode: ({ k = 0 }) => (k === 0 ? undefined : {}), print: ({ k = 0 }) => `, asr #${k}` },
  lsl: { print: ({ k = 0 }) => (k ? `, lsl #${k}` : "") },
  ror: {
    decode: ({ k = 0 }) => ({ rotation: k * 8 }),
    encode: ({ rotation = 0 }) => ({ k: rotation >> 3 }),
    print: ({ rotation = 0 }) => (rotation ? `, ror #${rotation}` : ""),
  },
  /** The field must lie in the register. */
  width: {
    ...mapped(
      "width",
      "w",
      (w) => w + 1,
      (v) => v - 1,
    ),
    decode: ({ w = 0, k = 0 }) => (k + w > 31 ? undefined : { width: w + 1 }),
  },
  /** BFI and BFC hold the most significant bit. */
  msb: {
    decode: ({ w = 0, k = 0 }) => (w < k ? undefined : { width: w - k + 1 }),
    encode: ({ width = 1, k = 0 }) => ({ w: width + k - 1 }),
    print: ({ width = 0 }) => `${width}`,
  },
  list: registerList(0),
  listlr: registerList(1 << 14),
  listpc: registerList(1 << 15),
  /** LDM writes back unless it loads the base. */
  back: { print: ({ b = 0, n = 0 }) => ((b >> n) & 1 ? "" : "!") },
  slist: range("s", 1),
  dlist: range("d", 2),
  next: { print: ({ m = 0 }) => `s${m + 1}`, decode: ({ m = 0 }) => (m === 31 ? undefined : {}) },
  float: floatKind("float", 8),
  double: floatKind("double", 11),
  cond: { print: ({ c = 14 }) => conditionNames[c] || "al" },
  /** Conditions 14 and 15 of a far branch are other instructions. */
  if: { print: ({ c = 14 }) => conditionNames[c] ?? "", decode: ({ c = 0 }) => (c < 14 ? {} : undefined) },
  /** Rm in two places, which should agree; hardware and objdump look at m. */
  twice: {
    encode: ({ m = 0, n }) => ({ n: n ?? m }),
    print: ({ m = 0 }) => registerNames[m] ?? "?",
  },
  k32: mapped(
    "k32",
    "k",
    (k) => k || 32,
    (v) => v & 31,
  ),
  it,
  short: pieces(
    8,
    ({ i = 0 }) => i,
    (i) => ({ i }),
  ),
  middle: pieces(
    11,
    ({ i = 0 }) => i,
    (i) => ({ i }),
  ),
  forward: {
    ...pieces(
      7,
      ({ i = 0 }) => i,
      (i) => ({ i }),
    ),
    decode: ({ i = 0 }) => ({ label: i * 2 }),
    encode: ({ label = 0 }) => (label & 1 || label < 0 || label > 126 ? undefined : { i: label >> 1 }),
  },
  /** S:J2:J1:imm6:imm11 */
  farIf: pieces(
    20,
    ({ z = 0, x = 0, w = 0, i = 0 }) => (z << 19) | (x << 18) | (w << 17) | i,
    (h) => ({ z: h >> 19, x: (h >> 18) & 1, w: (h >> 17) & 1, i: h & 0x1ffff }),
  ),
  /** S:I1:I2:imm10:imm11 with I = NOT(J EOR S) */
  far: pieces(
    24,
    ({ z = 0, w = 0, x = 0, i = 0 }) => (z << 23) | ((1 ^ w ^ z) << 22) | ((1 ^ x ^ z) << 21) | i,
    (h) => {
      const z = h >> 23;
      return { z, w: 1 ^ ((h >> 22) & 1) ^ z, x: 1 ^ ((h >> 21) & 1) ^ z, i: h & 0x1fffff };
    },
  ),
  barrier: number((n) => barrierNames[n] ?? `#${n}`),
  full: number((n) => (n === 15 ? "sy" : `#${n}`)),
  special: number((n) => specialNames[n] ?? `${n}`),
  mask: { print: ({ i = 0, j = 0 }) => (i < 4 ? (maskNames[j] ?? "") : (specialNames[i] ?? `${i}`)) },
  iflags: { print: ({ i = 0 }) => `${i & 4 ? "a" : ""}${i & 2 ? "i" : ""}${i & 1 ? "f" : ""}` },
  fraction32: mapped(
    "fraction",
    "i",
    (i) => 32 - i,
    (v) => 32 - v,
  ),
  fraction16: mapped(
    "fraction",
    "i",
    (i) => 16 - i,
    (v) => 16 - v,
  ),
};
