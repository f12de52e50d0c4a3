// Loads and stores, with their addresses: base + constant, base + index, base + (index << n). An address is folded only
// into users in its own block: folding it across blocks would keep the old pointer alive beside the new one, and cost the
// post-increment (codegen-findings, P3, 2).

import type { Op, Value } from "./ir.ts";
import type { Instruction, Operation, Register, Shift } from "./machine.ts";
import type { Selector } from "./select.ts";

const operations: Partial<Record<Op, Operation>> = {
  load8S: "ldrsb",
  load8U: "ldrb",
  load16S: "ldrsh",
  load16U: "ldrh",
  load32: "ldr",
  loadF32: "vldr",
  store8: "strb",
  store16: "strh",
  store32: "str",
  storeF32: "vstr",
};

interface Address {
  readonly uses: Register[];
  readonly imm?: number;
  readonly shift?: Shift;
}

export function selectLoad(s: Selector, value: Value): void {
  const op = operations[value.op]!;
  const { uses, imm, shift } = addressOf(s, value, op);
  s.push(...finish(s, { op, defs: [s.result(value)], uses, imm, shift, offset: value.offset }, 0));
}

export function selectStore(s: Selector, value: Value): void {
  const op = operations[value.op]!;
  const { uses, imm, shift } = addressOf(s, value, op);
  const stored = storedValue(s, value);
  s.push(...finish(s, { op, defs: [], uses: [stored, ...uses], imm, shift, offset: value.offset }, 1));
}

/** STRB and STRH take the low bits: an extension or a mask of the stored value does nothing. */
function storedValue(s: Selector, value: Value): Register {
  const stored = value.args[1]!;
  const mask = value.op === "store8" ? 0xff : value.op === "store16" ? 0xffff : 0;
  if (!mask) return s.register(stored);
  const [inner, other] = stored.args;
  const redundant =
    (stored.op === "and" && other?.op === "const" && (other.imm & mask) === mask) ||
    (stored.op === "ext8S" && mask === 0xff) ||
    stored.op === "ext16S";
  return s.register(redundant && s.foldable(stored, value) ? inner! : stored);
}

function addressOf(s: Selector, value: Value, op: Operation): Address {
  const base = value.args[0]!;
  const { target } = s;
  if (base.op === "const") {
    // A constant address: keep the low bits as offset, so that neighbours share the register.
    const address = (base.imm + value.imm) | 0;
    const low = target.thumb2 ? address & 0x3ff : 0;
    return { uses: [s.register({ ...base, imm: address - low })], imm: low };
  }
  if (base.op === "add" && s.foldable(base, value)) {
    const [a, b] = base.args as [Value, Value];
    if (b.op === "const" && target.fitsOffset(op, b.imm + value.imm))
      return { uses: [s.register(a)], imm: b.imm + value.imm };
    if (value.imm === 0 && op !== "vldr" && op !== "vstr" && b.op !== "const") return indexed(s, a, b, base);
  }
  return { uses: [s.register(base)], imm: value.imm };
}

function indexed(s: Selector, a: Value, b: Value, user: Value): Address {
  for (const [base, index] of [
    [a, b],
    [b, a],
  ] as const) {
    const amount = index.args[1];
    const shifts =
      index.op === "shl" && amount?.op === "const" && amount.imm >= 1 && amount.imm <= s.target.scaledIndex;
    if (shifts && s.foldable(index, user))
      return { uses: [s.register(base), s.register(index.args[0]!)], shift: { kind: "lsl", amount: amount.imm } };
  }
  return { uses: [s.register(a), s.register(b)] };
}

/** Offsets that the encoding lacks are added first; `at` is the base's place among the uses. */
function finish(s: Selector, access: Instruction, at: number): Instruction[] {
  const { op, imm, uses, offset } = access;
  if (imm === undefined || s.target.fitsOffset(op, imm)) return [access];
  const base = s.temporary();
  const registerOnly = op === "ldrsb" || op === "ldrsh";
  if (!s.target.thumb2 && registerOnly) {
    // v6-M has no offset on LDRSB and LDRSH: the offset goes through a register.
    const index = s.temporary();
    const constant: Instruction = { op: "constant", defs: [index], uses: [], imm, offset };
    return [constant, { ...access, imm: undefined, uses: [...uses.slice(0, at + 1), index] }];
  }
  const parts: Instruction[] = [];
  if (s.target.fitsImmediate("add", imm)) parts.push({ op: "add", defs: [base], uses: [uses[at]!], imm, offset });
  else {
    const constant = s.temporary();
    parts.push({ op: "constant", defs: [constant], uses: [], imm, offset });
    parts.push({ op: "add", defs: [base], uses: [uses[at]!, constant], offset });
  }
  return [...parts, { ...access, imm: 0, uses: uses.with(at, base) }];
}
