// Data processing, from machine instructions with physical registers to rows of room isa: narrow forms first. A form is
// tried in the order given; the assembler takes the first that the core has and that holds the operands.

import { invariant } from "../base/errors.ts";
import type { Operands } from "../isa/isa.ts";
import type { Assembler } from "./assembler.ts";
import type { Instruction, Operation, Register, Shift } from "./machine.ts";

type Form = readonly [string, Operands];

const isLow = (...registers: readonly Register[]): boolean => registers.every((register) => register < 8);
const shiftTypes: Readonly<Record<Shift["kind"], number>> = { lsl: 0, lsr: 1, asr: 2, ror: 3 };

/** Row names of the operations that have a two-operand narrow form, an immediate and a shifted wide form. */
const logical: Partial<Record<Operation, string>> = { and: "and", orr: "orr", eor: "eor", bic: "bic" };
const shiftNames: Partial<Record<Operation, string>> = { lsl: "lsl", lsr: "lsr", asr: "asr", ror: "ror" };

export function move(a: Assembler, to: Register, from: Register): void {
  if (to !== from) a.emit(["mov Rd, Rm", { d: to, m: from }]);
}

/** A 32-bit constant: MOVS, MOV of a modified immediate, MVN, MOVW, two instructions, or the literal pool. */
export function constant(a: Assembler, to: Register, value: number): void {
  const narrow: Form[] = isLow(to) ? [["mov{s} Rd, #<i>", { d: to, i: value >>> 0 }]] : [];
  const forms: Form[] = [
    ...narrow,
    ["mov{s}.w Rd, #<const>", { d: to, const: value }],
    ["mvn{s}.w Rd, #<const>", { d: to, const: ~value }],
    ["movw Rd, #<imm16>", value >>> 16 ? { d: -1 } : { d: to, imm16: value }],
  ];
  const halfwords = a.tryForms(forms);
  if (halfwords) return a.emit(...forms);
  if (!a.wide && isLow(to) && smallConstant(a, to, value)) return;
  a.literal(to, value);
}

/** On v6-M: an 8-bit constant shifted, or its complement, is 4 bytes where a literal is 6. */
function smallConstant(a: Assembler, to: Register, value: number): boolean {
  const shift = value ? 31 - Math.clz32(value & -value) : 0;
  if (shift && value >>> shift <= 0xff) {
    a.emit(["mov{s} Rd, #<i>", { d: to, i: value >>> shift }]);
    a.emit(["lsl{s} Rd, Rm, #<i>", { d: to, m: to, i: shift }]);
    return true;
  }
  if (~value >>> 0 > 0xff) return false;
  a.emit(["mov{s} Rd, #<i>", { d: to, i: ~value }]);
  a.emit(["mvn{s} Rd, Rm", { d: to, m: to }]);
  return true;
}

/** `S`: 1 when the flags are wanted; the narrow forms set them anyhow. */
export function addImmediate(a: Assembler, to: Register, from: Register, value: number, S: 0 | 1 = 0): void {
  if (value === 0 && !S) return move(a, to, from);
  const [name, size] = value < 0 ? (["sub", -value] as const) : (["add", value] as const);
  const other = name === "add" ? "sub" : "add";
  const narrow: Form[] = [];
  if (isLow(to, from) && size <= 7) narrow.push([`${name}{s} Rd, Rn, #<i>`, { d: to, n: from, i: size }]);
  if (isLow(to) && to === from) narrow.push([`${name}{s} Rd, #<i>`, { d: to, i: size }]);
  const forms: Form[] = [
    ...narrow,
    [`${name}{s}.w Rd, Rn, #<const>`, { d: to, n: from, const: size, S }],
    [`${other}{s}.w Rd, Rn, #<const>`, { d: to, n: from, const: -size, S }],
    [`${name}w Rd, Rn, #<i>`, size <= 0xfff && !S ? { d: to, n: from, i: size } : { d: -1 }],
  ];
  if (a.tryForms(forms)) return a.emit(...forms);
  invariant(!a.wide && isLow(to) && size <= 255, `no form adds ${value}`);
  move(a, to, from);
  a.emit([`${name}{s} Rd, #<i>`, { d: to, i: size }]);
}

function addRegisters(a: Assembler, to: Register, n: Register, m: Register, shift: Shift | undefined): void {
  const forms: Form[] = [];
  if (!shift) {
    if (isLow(to, n, m)) forms.push(["add{s} Rd, Rn, Rm", { d: to, n, m }]);
    if (to === n) forms.push(["add Rd, Rm", { d: to, m }]);
    if (to === m) forms.push(["add Rd, Rm", { d: to, m: n }]);
  }
  forms.push(["add{s}.w Rd, Rn, Rm<shift>", { d: to, n, m, ...shiftOperands(shift) }]);
  if (a.tryForms(forms)) return a.emit(...forms);
  move(a, to, n); // v6-M with a high register: to is neither n nor m
  a.emit(["add Rd, Rm", { d: to, m }]);
}

function shiftOperands(shift: Shift | undefined): Operands {
  return shift ? { type: shiftTypes[shift.kind], amount: shift.amount } : { type: 0, amount: 0 };
}

function subtract(a: Assembler, { defs, uses, imm, shift }: Instruction): void {
  const [to, n, m] = [defs[0]!, uses[0]!, uses[1]!];
  if (imm !== undefined) return addImmediate(a, to, n, -imm);
  const narrow: Form[] = !shift && isLow(to, n, m) ? [["sub{s} Rd, Rn, Rm", { d: to, n, m }]] : [];
  a.emit(...narrow, ["sub{s}.w Rd, Rn, Rm<shift>", { d: to, n, m, ...shiftOperands(shift) }]);
}

function logic(a: Assembler, name: string, { defs, uses, imm, shift }: Instruction): void {
  const [to, n, m] = [defs[0]!, uses[0]!, uses[1]!];
  if (imm !== undefined) {
    const opposite = name === "and" ? "bic" : name === "bic" ? "and" : name === "orr" ? "orn" : undefined;
    const wide = opposite === "orn" ? "orn{s} Rd, Rn, #<const>" : `${opposite}{s}.w Rd, Rn, #<const>`;
    const forms: Form[] = [[`${name}{s}.w Rd, Rn, #<const>`, { d: to, n, const: imm }]];
    if (opposite) forms.push([wide, { d: to, n, const: ~imm }]);
    return a.emit(...forms);
  }
  const forms: Form[] = [];
  if (!shift && isLow(to, n, m)) {
    if (to === n) forms.push([`${name}{s} Rd, Rm`, { d: to, m }]);
    if (to === m && name !== "bic") forms.push([`${name}{s} Rd, Rm`, { d: to, m: n }]);
  }
  a.emit(...forms, [`${name}{s}.w Rd, Rn, Rm<shift>`, { d: to, n, m, ...shiftOperands(shift) }]);
}

function shiftBy(a: Assembler, name: string, { defs, uses, imm }: Instruction): void {
  const [to, n, m] = [defs[0]!, uses[0]!, uses[1]!];
  if (imm === undefined) {
    const narrow: Form[] = to === n && isLow(to, m) ? [[`${name}{s} Rd, Rm`, { d: to, m }]] : [];
    return a.emit(...narrow, [`${name}{s}.w Rd, Rn, Rm`, { d: to, n, m }]);
  }
  const immediate = name === "lsl" ? "lsl{s} Rd, Rm, #<i>" : `${name}{s} Rd, Rm, #<i32>`;
  const narrow: Form[] = isLow(to, n) && name !== "ror" ? [[immediate, { d: to, m: n, i: imm, i32: imm }]] : [];
  a.emit(...narrow, [
    "mov{s}.w Rd, Rm<shift>",
    { d: to, m: n, ...shiftOperands({ kind: name as Shift["kind"], amount: imm }) },
  ]);
}

function multiply(a: Assembler, { defs, uses }: Instruction): void {
  const [to, n, m] = [defs[0]!, uses[0]!, uses[1]!];
  const forms: Form[] = [];
  if (isLow(to, n, m) && to === m) forms.push(["mul{s} Rd, Rn", { d: to, n }]);
  if (isLow(to, n, m) && to === n) forms.push(["mul{s} Rd, Rn", { d: to, n: m }]);
  a.emit(...forms, ["mul.w Rd, Rn, Rm", { d: to, n, m }]);
}

function extend(a: Assembler, { op, defs, uses }: Instruction): void {
  const [to, m] = [defs[0]!, uses[0]!];
  const narrow: Form[] = isLow(to, m) ? [[`${op} Rd, Rm`, { d: to, m }]] : [];
  a.emit(...narrow, [`${op}.w Rd, Rm<ror>`, { d: to, m, rotation: 0 }]);
}

function reverseSubtract(a: Assembler, { defs, uses, imm, shift }: Instruction): void {
  const [to, n, m] = [defs[0]!, uses[0]!, uses[1]!];
  if (imm === undefined) return a.emit(["rsb{s} Rd, Rn, Rm<shift>", { d: to, n, m, ...shiftOperands(shift) }]);
  const narrow: Form[] = imm === 0 && isLow(to, n) ? [["neg{s} Rd, Rn", { d: to, n }]] : [];
  a.emit(...narrow, ["rsb{s} Rd, Rn, #<const>", { d: to, n, const: imm }]);
}

/** The high word of a sum or difference: flags from the low words, then ADC or SBC. */
function highWord(a: Assembler, { op, defs, uses }: Instruction): void {
  const to = defs[0]!;
  const [al, bl, ah, bh] = uses as [number, number, number, number];
  const [compare, name] = op === "carryHigh" ? ["cmn", "adc"] : ["cmp", "sbc"];
  const lowForms: Form[] = isLow(al, bl) ? [[`${compare} Rn, Rm`, { n: al, m: bl }]] : [];
  a.emit(...lowForms, [`${compare}.w Rn, Rm<shift>`, { n: al, m: bl, ...shiftOperands(undefined) }]);
  const narrow: Form[] = to === ah && isLow(to, bh) ? [[`${name}{s} Rd, Rm`, { d: to, m: bh }]] : [];
  a.emit(...narrow, [`${name}{s}.w Rd, Rn, Rm<shift>`, { d: to, n: ah, m: bh, ...shiftOperands(undefined) }]);
}

/** False when the operation is not one of this file's. */
export function emitData(a: Assembler, instruction: Instruction): boolean {
  const { op, defs, uses, imm, shift } = instruction;
  const [d, n, m, x] = [defs[0]!, uses[0]!, uses[1]!, uses[2]!];
  if (logical[op]) logic(a, logical[op], instruction);
  else if (shiftNames[op]) shiftBy(a, shiftNames[op], instruction);
  else if (op === "mov") move(a, d, n);
  else if (op === "constant") constant(a, d, imm!);
  else if (op === "add" && imm !== undefined) addImmediate(a, d, n, imm);
  else if (op === "add") addRegisters(a, d, n, m, shift);
  else if (op === "sub") subtract(a, instruction);
  else if (op === "rsb") reverseSubtract(a, instruction);
  else if (op === "mul") multiply(a, instruction);
  else if (op === "sxtb" || op === "sxth" || op === "uxtb" || op === "uxth") extend(a, instruction);
  else if (op === "carryHigh" || op === "borrowHigh") highWord(a, instruction);
  else if (op === "mvn") {
    const narrow: Form[] = isLow(d, n) ? [["mvn{s} Rd, Rm", { d, m: n }]] : [];
    a.emit(...narrow, ["mvn{s}.w Rd, Rm<shift>", { d, m: n, ...shiftOperands(shift) }]);
  } else if (op === "mla" || op === "mls") a.emit([`${op} Rd, Rn, Rm, Ra`, { d, n, m, a: x }]);
  else if (op === "mulLong") a.emit([`${imm ? "smull" : "umull"} Rl, Rh, Rn, Rm`, { l: d, h: defs[1]!, n, m }]);
  else if (op === "mulHigh") a.emit(["smmul Rd, Rn, Rm", { d, n, m }]);
  else if (op === "sdiv" || op === "udiv") a.emit([`${op} Rd, Rn, Rm`, { d, n, m }]);
  else if (op === "clz" || op === "rbit") a.emit([`${op} Rd, <twice>`, { d, m: n }]);
  else if (op === "ubfx" || op === "sbfx")
    a.emit([`${op} Rd, Rn, #<k>, #<width>`, { d, n, k: imm! & 0xff, width: imm! >> 8 }]);
  else if (op === "ssat") a.emit(["ssat Rd, #<bits>, Rn<lsl>", { d, n, bits: imm! & 0xff, k: 0 }]);
  else if (op === "usat") a.emit(["usat Rd, #<i>, Rn<lsl>", { d, n, i: imm! & 0xff, k: 0 }]);
  else return false;
  return true;
}
