// Shifts: by a constant, sign extensions written as two shifts, and by a register.

import type { Value } from "./ir.ts";
import type { Instruction, Operation, Register } from "./machine.ts";
import type { Selector } from "./select.ts";

/** WASM takes amounts modulo 32, Thumb's register shifts modulo 256: the amount is masked first. */
export function selectShift(s: Selector, value: Value, operation: Operation): void {
  const [a, amount] = value.args as [Value, Value];
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
