// Integer and float arithmetic: three-operand forms, immediates, shifted operands, multiply-accumulate, bit fields,
// saturation. On cores whose forms overwrite their first operand, the definition is tied to it.

import { invariant } from "../base/errors.ts";
import type { Op, Value } from "./ir.ts";
import type { Instruction, Operation, Register, Shift } from "./machine.ts";
import type { Selector } from "./select.ts";
import { saturation } from "./select-saturate.ts";

const plain: Partial<Record<Op, Operation>> = {
  add: "add",
  sub: "sub",
  and: "and",
  or: "orr",
  xor: "eor",
  shl: "lsl",
  shrS: "asr",
  shrU: "lsr",
  rotr: "ror",
  mul: "mul",
  divS: "sdiv",
  divU: "udiv",
  clz: "clz",
  ext8S: "sxtb",
  ext16S: "sxth",
  addHi: "carryHigh",
  subHi: "borrowHigh",
  fadd: "vadd",
  fsub: "vsub",
  fmul: "vmul",
  fdiv: "vdiv",
  fsqrt: "vsqrt",
  fabs: "vabs",
  fneg: "vneg",
  bitsFromF32: "vmov",
  f32FromBits: "vmov",
};

const conversions: Partial<Record<Op, number>> = {
  f32FromI32S: 0,
  f32FromI32U: 1,
  i32FromF32SatS: 2,
  i32FromF32SatU: 3,
};
const commutative: ReadonlySet<Op> = new Set<Op>(["add", "and", "or", "xor", "mul"]);
const shifts: Partial<Record<Op, Shift["kind"]>> = { shl: "lsl", shrS: "asr", shrU: "lsr", rotr: "ror" };

export function selectArithmetic(s: Selector, value: Value): void {
  const { op, offset } = value;
  const saturated = saturation(s, value);
  if (saturated) return s.push(saturated);
  if (op === "remS" || op === "remU") return remainder(s, value);
  if (op === "mulHiS" || op === "mulHiU") return highProduct(s, value);
  if (op === "mul" && s.highPartner(value)) return longProduct(s, value);
  if (op === "ctz") return countTrailing(s, value);
  if (op in conversions) return convert(s, value, conversions[op]!);
  if (op === "shl" || op === "shrS" || op === "shrU" || op === "rotr") return shift(s, value);
  const operation = plain[op];
  invariant(operation, `${op} has no selection`);
  if (value.args.length === 1 || value.args.length === 4 || value.type === "f32") {
    const uses = value.args.map((arg) => s.register(arg));
    // CMN/CMP leaves the first two operands alone; ADC/SBC overwrites the high word of the first on v6-M.
    const tied = s.target.twoAddress(operation) ? ([[0, uses.length === 4 ? 2 : 0]] as const) : undefined;
    return s.push({ op: operation, defs: [s.result(value)], uses, tied, offset });
  }
  binary(s, value, operation);
}

function binary(s: Selector, value: Value, operation: Operation): void {
  const [a, b] = ordered(value);
  const { offset } = value;
  const defs = [s.result(value)];
  if (operation === "sub" && a.op === "const" && s.target.fitsImmediate("rsb", a.imm))
    return s.push({ op: "rsb", defs, uses: [s.register(b)], imm: a.imm, offset });
  if (b.op === "const" && immediate(s, value, operation, a, b.imm)) return;
  const fused = multiplyAccumulate(s, value, a, b);
  if (fused) return s.push(fused);
  const shifted = shiftedOperand(s, value, a, b, operation);
  if (shifted) return s.push(shifted);
  const uses = [s.register(a), s.register(b)];
  const tied = s.target.twoAddress(operation) ? ([[0, 0]] as const) : undefined;
  s.push({ op: operation, defs, uses, tied, offset });
}

/** A constant goes right, where immediates are. */
function ordered({ op, args }: Value): [Value, Value] {
  const [a, b] = args as [Value, Value];
  return commutative.has(op) && a.op === "const" && b.op !== "const" ? [b, a] : [a, b];
}

function immediate(s: Selector, value: Value, operation: Operation, a: Value, imm: number): boolean {
  const { target } = s;
  const { offset } = value;
  const defs = [s.result(value)];
  if (operation === "and" && (imm === 0xff || imm === 0xffff)) {
    const loaded = imm === 0xff ? "uxtb" : "uxth";
    s.push({ op: loaded, defs, uses: [s.register(a)], offset });
    return true;
  }
  if (operation === "and" && target.thumb2 && isLowMask(imm)) return bitField(s, value, a, imm);
  if (operation === "eor" && imm === -1) {
    s.push({ op: "mvn", defs, uses: [s.register(a)], offset });
    return true;
  }
  if (operation === "mul") return multiplyByConstant(s, value, a, imm);
  if (!target.fitsImmediate(operation, imm)) return false;
  s.push({ op: operation, defs, uses: [s.register(a)], imm, offset });
  return true;
}

function isLowMask(imm: number): boolean {
  return imm > 0 && (imm & (imm + 1)) === 0;
}

/** (x >>> n) & (2^k − 1) is UBFX. */
function bitField(s: Selector, value: Value, a: Value, mask: number): boolean {
  const width = 32 - Math.clz32(mask);
  const amount = a.args[1];
  if ((a.op !== "shrU" && a.op !== "shrS") || amount?.op !== "const" || !s.foldable(a, value)) {
    if (s.target.fitsImmediate("and", mask)) return false;
    s.push({ op: "ubfx", defs: [s.result(value)], uses: [s.register(a)], imm: width << 8, offset: value.offset });
    return true;
  }
  const lsb = amount.imm & 31;
  if (lsb + width > 32) return false;
  s.push({
    op: "ubfx",
    defs: [s.result(value)],
    uses: [s.register(a.args[0]!)],
    imm: lsb | (width << 8),
    offset: value.offset,
  });
  return true;
}

/** Multiplications by 2^k, 2^k + 1 and 2^k − 1; others stay a MUL (one cycle on every core here but M0's small option). */
function multiplyByConstant(s: Selector, value: Value, a: Value, imm: number): boolean {
  const { offset } = value;
  const defs = [s.result(value)];
  const uses = [s.register(a)];
  const exponent = 31 - Math.clz32(imm);
  if (imm > 0 && imm === 2 ** exponent) {
    s.push({ op: "lsl", defs, uses, imm: exponent, offset });
    return true;
  }
  if (!s.target.shiftedOperand || imm <= 0) return false;
  const isBelow = imm - 1 === 2 ** exponent;
  const isAbove = imm + 1 === 2 ** (exponent + 1);
  if (!isBelow && !isAbove) return false;
  const shift: Shift = { kind: "lsl", amount: isBelow ? exponent : exponent + 1 };
  s.push({ op: isBelow ? "add" : "rsb", defs, uses: [uses[0]!, uses[0]!], shift, offset });
  return true;
}

/** a + x·y and a − x·y. */
function multiplyAccumulate(s: Selector, value: Value, a: Value, b: Value): Instruction | undefined {
  if (!s.target.thumb2 || (value.op !== "add" && value.op !== "sub")) return undefined;
  const candidates =
    value.op === "add"
      ? ([
          [a, b],
          [b, a],
        ] as const)
      : ([[a, b]] as const);
  for (const [accumulator, product] of candidates) {
    if (product.op !== "mul" || !s.foldable(product, value) || s.highPartner(product)) continue;
    if (product.args.some(({ op }) => op === "const")) continue;
    const uses = [...product.args, accumulator].map((arg) => s.register(arg));
    return { op: value.op === "add" ? "mla" : "mls", defs: [s.result(value)], uses, offset: value.offset };
  }
  return undefined;
}

/** a op (b << n): free on Thumb-2. */
function shiftedOperand(s: Selector, value: Value, a: Value, b: Value, operation: Operation): Instruction | undefined {
  if (!s.target.shiftedOperand || operation === "mul" || operation === "sdiv" || operation === "udiv") return undefined;
  const tries = commutative.has(value.op)
    ? ([
        [a, b, operation],
        [b, a, operation],
      ] as const)
    : ([
        [a, b, operation],
        [b, a, "rsb"],
      ] as const);
  for (const [first, second, op] of tries) {
    const kind = shifts[second.op];
    const amount = second.args[1];
    if (!kind || amount?.op !== "const" || (amount.imm & 31) === 0 || !s.foldable(second, value)) continue;
    const shift: Shift = { kind, amount: amount.imm & 31 };
    return {
      op,
      defs: [s.result(value)],
      uses: [s.register(first), s.register(second.args[0]!)],
      shift,
      offset: value.offset,
    };
  }
  return undefined;
}

/** WASM takes amounts modulo 32, Thumb's register shifts modulo 256: the amount is masked first. */
function shift(s: Selector, value: Value): void {
  const [a, amount] = value.args as [Value, Value];
  const operation = plain[value.op]!;
  const { offset } = value;
  const defs = [s.result(value)];
  if (amount.op === "const") {
    const imm = amount.imm & 31;
    if (imm === 0) return s.push({ op: "mov", defs, uses: [s.register(a)], offset });
    if (signExtension(s, value, a, imm)) return;
    if (s.target.fitsImmediate(operation, imm))
      return s.push({ op: operation, defs, uses: [s.register(a)], imm, offset });
  }
  const tied = s.target.thumb2 ? undefined : ([[0, 0]] as const);
  if (value.op === "rotr" || amount.op === "const")
    return s.push({ op: operation, defs, uses: [s.register(a), s.register(amount)], tied, offset });
  const masked = s.temporary();
  const mask: Instruction[] = s.target.fitsImmediate("and", 31)
    ? [{ op: "and", defs: [masked], uses: [s.register(amount)], imm: 31, offset }]
    : lowBits(s, s.register(amount), masked, 27, offset);
  s.push(...mask, { op: operation, defs, uses: [s.register(a), masked], tied, offset });
}

/** On v6-M, x & 31 without a register for the mask: up by 27 and down again. */
function lowBits(s: Selector, from: Register, to: Register, by: number, offset: number): Instruction[] {
  const up = s.temporary();
  return [
    { op: "lsl", defs: [up], uses: [from], imm: by, offset },
    { op: "lsr", defs: [to], uses: [up], imm: by, offset },
  ];
}

/** (x << n) >> m: SXTH, SXTB or a signed bit field. */
function signExtension(s: Selector, value: Value, a: Value, right: number): boolean {
  const left = a.args[1];
  if (value.op !== "shrS" || a.op !== "shl" || left?.op !== "const" || !s.foldable(a, value)) return false;
  const { offset } = value;
  const amount = left.imm & 31;
  if (amount === 0 || amount > right) return false;
  const defs = [s.result(value)];
  const uses = [s.register(a.args[0]!)];
  if (amount === right && (right === 16 || right === 24))
    s.push({ op: right === 16 ? "sxth" : "sxtb", defs, uses, offset });
  else if (s.target.thumb2) s.push({ op: "sbfx", defs, uses, imm: (right - amount) | ((32 - right) << 8), offset });
  else {
    const up = s.temporary();
    s.push({ op: "lsl", defs: [up], uses, imm: amount, offset }, { op: "asr", defs, uses: [up], imm: right, offset });
  }
  return true;
}

function remainder(s: Selector, value: Value): void {
  const [a, b] = value.args.map((arg) => s.register(arg)) as [Register, Register];
  const quotient = s.temporary();
  const { offset } = value;
  const op = value.op === "remS" ? "sdiv" : "udiv";
  s.push(
    { op, defs: [quotient], uses: [a, b], offset },
    { op: "mls", defs: [s.result(value)], uses: [quotient, b, a], offset },
  );
}

/** Low and high word by one SMULL or UMULL. */
function longProduct(s: Selector, low: Value): void {
  const high = s.highPartner(low)!;
  const uses = low.args.map((arg) => s.register(arg));
  const imm = high.op === "mulHiS" ? 1 : 0;
  s.push({ op: "mulLong", defs: [s.result(low), s.result(high)], uses, imm, offset: low.offset });
}

function highProduct(s: Selector, value: Value): void {
  if (s.isPaired(value)) return; // made together with its low word
  const uses = value.args.map((arg) => s.register(arg));
  const { offset } = value;
  if (value.op === "mulHiS" && s.target.dsp) s.push({ op: "mulHigh", defs: [s.result(value)], uses, offset });
  else
    s.push({ op: "mulLong", defs: [s.temporary(), s.result(value)], uses, imm: value.op === "mulHiS" ? 1 : 0, offset });
}

function countTrailing(s: Selector, value: Value): void {
  const reversed = s.temporary();
  const { offset } = value;
  s.push(
    { op: "rbit", defs: [reversed], uses: [s.register(value.args[0]!)], offset },
    { op: "clz", defs: [s.result(value)], uses: [reversed], offset },
  );
}

/** VCVT works inside the float registers. */
function convert(s: Selector, value: Value, kind: number): void {
  const inner = s.temporary("float");
  const from = s.register(value.args[0]!);
  const { offset } = value;
  const toFloat = kind < 2;
  const to = s.result(value);
  if (toFloat)
    s.push(
      { op: "vmov", defs: [inner], uses: [from], offset },
      { op: "vcvt", defs: [to], uses: [inner], imm: kind, offset },
    );
  else
    s.push(
      { op: "vcvt", defs: [inner], uses: [from], imm: kind, offset },
      { op: "vmov", defs: [to], uses: [inner], offset },
    );
}
