// Loads, stores, stack slots and float instructions, from machine instructions to rows of room isa.

import { invariant } from "../base/errors.ts";
import type { Operands } from "../isa/isa.ts";
import type { Assembler } from "./assembler.ts";
import { firstFloat, type Instruction, type Register, SP } from "./machine.ts";

type Form = readonly [string, Operands];

const isLow = (...registers: readonly Register[]): boolean => registers.every((register) => register < 8);
const accessBytes: Readonly<Record<string, number>> = {
  ldr: 4,
  str: 4,
  ldrh: 2,
  strh: 2,
  ldrsh: 2,
  ldrb: 1,
  strb: 1,
  ldrsb: 1,
};

export function emitAccess(a: Assembler, { op, defs, uses, imm, shift, post }: Instruction): void {
  const isStore = op.startsWith("str");
  const [t, n, m] = isStore ? [uses[0]!, uses[1]!, uses[2]] : [defs[0]!, uses[0]!, uses[1]];
  if (post) return a.emit([`${op}.w Rt, [Rn], <offset>`, { t, n, offset: imm! }]);
  if (m !== undefined) {
    const narrow: Form[] = !shift && isLow(t, n, m) ? [[`${op} Rt, [Rn, Rm]`, { t, n, m }]] : [];
    return a.emit(...narrow, [`${op}.w Rt, [Rn, Rm<lsl>]`, { t, n, m, k: shift?.amount ?? 0 }]);
  }
  a.emit(...offsetForms(op, t, n, imm ?? 0));
}

function offsetForms(op: string, t: Register, n: Register, imm: number): Form[] {
  const bytes = accessBytes[op]!;
  const signed = op === "ldrsb" || op === "ldrsh";
  const scaled = imm / bytes;
  const forms: Form[] = [];
  if (!signed && imm >= 0 && imm % bytes === 0) {
    if (isLow(t, n) && scaled <= 31) forms.push([narrowOffset(op, bytes), { t, n, i: scaled }]);
    if (bytes === 4 && isLow(t) && n === SP && scaled <= 255) forms.push([`${op} Rt, [sp, #<i*4>]`, { t, i: scaled }]);
  }
  forms.push(
    imm < 0 ? [`${op}.w Rt, [Rn<minus>]`, { t, n, i: -imm }] : [`${op}.w Rt, [Rn<tail>]`, { t, n, offset: imm }],
  );
  return forms;
}

function narrowOffset(op: string, bytes: number): string {
  return `${op} Rt, [Rn, #<i${bytes === 1 ? "" : `*${bytes}`}>]`;
}

/** A word of the frame, at a byte offset from SP. */
export function loadFrame(a: Assembler, to: Register, offset: number): void {
  if (to >= firstFloat) {
    if (offset > 1020)
      return farFrame(a, 0, offset, (at) =>
        a.emit(["vldr Sd, [Rn<tail*4>]", { d: to - firstFloat, n: at, offset: 0 }]),
      );
    a.emit(["vldr Sd, [Rn<tail*4>]", { d: to - firstFloat, n: SP, offset }]);
  } else if (reaches(a, to, offset)) a.emit(...offsetForms("ldr", to, SP, offset));
  else {
    a.literal(to, offset);
    a.emit(["add Rd, Rm", { d: to, m: SP }]);
    a.emit(...offsetForms("ldr", to, to, 0));
  }
}

export function storeFrame(a: Assembler, from: Register, offset: number): void {
  if (from >= firstFloat) {
    if (offset > 1020)
      return farFrame(a, 0, offset, (at) =>
        a.emit(["vstr Sd, [Rn<tail*4>]", { d: from - firstFloat, n: at, offset: 0 }]),
      );
    a.emit(["vstr Sd, [Rn<tail*4>]", { d: from - firstFloat, n: SP, offset }]);
  } else if (reaches(a, from, offset)) a.emit(...offsetForms("str", from, SP, offset));
  else farFrame(a, from === 0 ? 1 : 0, offset, (at) => a.emit(...offsetForms("str", from, at, 0)));
}

function reaches(a: Assembler, register: Register, offset: number): boolean {
  return offset <= (a.wide ? 4095 : 1020) && (a.wide || register < 8);
}

/** Beyond what the forms reach: through a low register, which the stack keeps meanwhile. Flags stay as they are. */
function farFrame(a: Assembler, through: Register, offset: number, access: (at: Register) => void): void {
  a.emit(["push <list>", { list: 1 << through }]);
  a.literal(through, offset + 4);
  a.emit(["add Rd, Rm", { d: through, m: SP }]);
  access(through);
  a.emit(["pop <list>", { list: 1 << through }]);
}

const unaryFloat: Readonly<Record<string, string>> = { vsqrt: "vsqrt.f32", vabs: "vabs.f32", vneg: "vneg.f32" };
const binaryFloat: Readonly<Record<string, string>> = {
  vadd: "vadd.f32",
  vsub: "vsub.f32",
  vmul: "vmul.f32",
  vdiv: "vdiv.f32",
};
const convertNames = ["vcvt.f32.s32", "vcvt.f32.u32", "vcvt.s32.f32", "vcvt.u32.f32"] as const;

/** False when the operation is not a float one. */
export function emitFloat(a: Assembler, { op, defs, uses, imm }: Instruction): boolean {
  const s = (register: Register | undefined): number => {
    invariant(register !== undefined && register >= firstFloat, "a float register was expected");
    return register - firstFloat;
  };
  if (unaryFloat[op]) a.emit([`${unaryFloat[op]} Sd, Sm`, { d: s(defs[0]), m: s(uses[0]) }]);
  else if (binaryFloat[op]) a.emit([`${binaryFloat[op]} Sd, Sn, Sm`, { d: s(defs[0]), n: s(uses[0]), m: s(uses[1]) }]);
  else if (op === "vcvt") a.emit([`${convertNames[imm!]!} Sd, Sm`, { d: s(defs[0]), m: s(uses[0]) }]);
  else if (op === "vconstant") {
    const forms: Form[] = [["vmov.f32 Sd, #<float>", { d: s(defs[0]), float: imm! }]];
    if (a.tryForms(forms)) a.emit(...forms);
    else a.literal(s(defs[0]), imm!, "", true);
  } else if (op === "vmov") floatMove(a, defs[0]!, uses[0]!);
  else if (op === "vldr") a.emit(["vldr Sd, [Rn<tail*4>]", { d: s(defs[0]), n: uses[0]!, offset: imm ?? 0 }]);
  else if (op === "vstr") a.emit(["vstr Sd, [Rn<tail*4>]", { d: s(uses[0]), n: uses[1]!, offset: imm ?? 0 }]);
  else return false;
  return true;
}

function floatMove(a: Assembler, to: Register, from: Register): void {
  const toFloat = to >= firstFloat;
  const fromFloat = from >= firstFloat;
  if (toFloat && fromFloat) {
    if (to !== from) a.emit(["vmov.f32 Sd, Sm", { d: to - firstFloat, m: from - firstFloat }]);
  } else if (toFloat) a.emit(["vmov Sn, Rt", { n: to - firstFloat, t: from }]);
  else a.emit(["vmov Rt, Sn", { t: to, n: from - firstFloat }]);
}
