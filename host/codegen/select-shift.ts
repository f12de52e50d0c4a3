// Shifts: by a constant, sign extensions written as two shifts, and by a register.

import type { Value } from "./ir.ts";
import type { Operation } from "./machine.ts";
import type { Selector } from "./select.ts";

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
  // The amount is below 32 (pass-shifts.ts); a rotation does not care.
  s.push({ op: operation, defs, uses: [s.register(a), s.register(amount)], tied, offset });
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
