// Integer and float arithmetic: three-operand forms, immediates, shifted operands, multiply-accumulate, bit fields,
// saturation. On cores whose forms overwrite their first operand, the definition is tied to it.

import { invariant } from "../base/errors.ts";
import type { Op, Value } from "./ir.ts";
import type { Instruction, Operation, Register, Shift } from "./machine.ts";
import type { Selector } from "./select.ts";
import { highProduct, longProduct, multiplyAccumulate, multiplyByConstant } from "./select-multiply.ts";
import { selectShift } from "./select-shift.ts";

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
  if (op === "remS" || op === "remU") return remainder(s, value);
  if (op === "mulHiS" || op === "mulHiU") return highProduct(s, value);
  if (op === "mul" && s.highPartner(value)) return longProduct(s, value);
  if (op === "ctz") return countTrailing(s, value);
  if (op in conversions) return convert(s, value, conversions[op]!);
  if (op === "shl" || op === "shrS" || op === "shrU" || op === "rotr") return selectShift(s, value, plain[op]!);
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
  if (operation === "and" && !target.thumb2 && isLowMask(imm)) return lowBits(s, value, a, imm);
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

/** On v6-M, x & (2^k − 1) without a register for the mask: up and down again. */
function lowBits(s: Selector, value: Value, a: Value, mask: number): boolean {
  const [up, by] = [s.temporary(), Math.clz32(mask)];
  const { offset } = value;
  s.push(
    { op: "lsl", defs: [up], uses: [s.register(a)], imm: by, offset },
    { op: "lsr", defs: [s.result(value)], uses: [up], imm: by, offset },
  );
  return true;
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
