// Comparisons: set, select, trap and branch each take their comparison into themselves, because flags live only inside one
// machine instruction of this compiler (machine.ts).

import type { Op, Value } from "./ir.ts";
import { traps } from "./ir.ts";
import {
  type Compare,
  type Condition,
  inverted,
  type MachineBlock,
  type MachineEnd,
  type Operation,
  type Register,
} from "./machine.ts";
import type { Selector } from "./select.ts";

interface Flags {
  readonly compare: Compare;
  readonly condition: Condition;
  readonly uses: Register[];
  readonly imm?: number;
}

/** Condition when the operands stand as written, and when they are exchanged. */
const conditions: Partial<Record<Op, readonly [Condition, Condition]>> = {
  eq: [0, 0],
  ne: [1, 1],
  ltS: [11, 12],
  leS: [13, 10],
  ltU: [3, 8],
  leU: [9, 2],
};

/** After VCMP, unordered sets C and V: these are false (ne: true) for NaN. */
const floatConditions: Partial<Record<Op, Condition>> = { feq: 0, fne: 1, flt: 4, fle: 9 };

/** How to make flags that say whether `condition` is non-zero, for a user of form `op`. */
function flagsFor(s: Selector, condition: Value, op: Operation): Flags {
  if (isNot(condition)) {
    const inner = flagsFor(s, condition.args[0]!, op);
    return { ...inner, condition: inverted(inner.condition) };
  }
  const float = floatConditions[condition.op];
  if (float !== undefined)
    return { compare: "vcmp", condition: float, uses: condition.args.map((arg) => s.register(arg)) };
  const pair = conditions[condition.op];
  if (!pair) return { compare: "cmp", condition: 1, uses: [s.register(condition)], imm: 0 };
  const [a, b] = condition.args as [Value, Value];
  const swap = a.op === "const" && b.op !== "const";
  const [x, y] = swap ? [b, a] : [a, b];
  return compareWith(s, condition, x, y, pair[swap ? 1 : 0], op);
}

function compareWith(s: Selector, user: Value, x: Value, y: Value, condition: Condition, op: Operation): Flags {
  const isZero = y.op === "const" && y.imm === 0;
  if (isZero && condition <= 1 && x.op === "and" && s.foldable(x, user)) {
    const [a, b] = x.args as [Value, Value];
    if (
      s.target.thumb2 &&
      b.op === "const" &&
      s.target.fitsImmediate("and", b.imm) &&
      s.target.fitsImmediate("eor", b.imm)
    )
      return { compare: "tst", condition, uses: [s.register(a)], imm: b.imm };
    return { compare: "tst", condition, uses: [s.register(a), s.register(b)] };
  }
  if (y.op === "const" && s.target.fitsImmediate(op, y.imm))
    return { compare: "cmp", condition, uses: [s.register(x)], imm: y.imm };
  return { compare: "cmp", condition, uses: [s.register(x), s.register(y)] };
}

/** eq(c, 0) of something that is itself a truth. */
function isNot({ op, args }: Value): boolean {
  const [inner, zero] = args;
  if (op !== "eq" || zero?.op !== "const" || zero.imm !== 0) return false;
  return inner!.op in conditions || inner!.op in floatConditions;
}

export function selectSet(s: Selector, value: Value): void {
  const { offset } = value;
  const defs = [s.result(value)];
  if (value.op === "lt64S" || value.op === "lt64U") {
    const uses = value.args.map((arg) => s.register(arg));
    // SBCS on v6-M overwrites the first high word.
    const tied = s.target.thumb2 ? undefined : ([[0, 2]] as const);
    s.push({ op: "set", defs, uses, compare: "cmp64", condition: value.op === "lt64S" ? 11 : 3, tied, offset });
    return;
  }
  const { compare, condition, uses, imm } = flagsFor(s, value, "set");
  s.push({ op: "set", defs, uses, imm, compare, condition, offset });
}

export function selectSelect(s: Selector, value: Value): void {
  const [condition, then, otherwise] = value.args as [Value, Value, Value];
  const flags = flagsFor(s, condition, "select");
  const uses = [...flags.uses, s.register(then), s.register(otherwise)];
  const tied = [[0, uses.length - 1]] as const;
  const { compare, imm } = flags;
  s.push({
    op: "select",
    defs: [s.result(value)],
    uses,
    imm,
    compare,
    condition: flags.condition,
    tied,
    offset: value.offset,
  });
}

export function selectTrap(s: Selector, value: Value): void {
  const { compare, condition, uses, imm } = flagsFor(s, value.args[0]!, "trapIf");
  s.push({ op: "trapIf", defs: [], uses, imm, compare, condition, trap: traps[value.imm], offset: value.offset });
}

export function branchOn(s: Selector, condition: Value, then: MachineBlock, otherwise: MachineBlock): MachineEnd {
  const { compare, condition: code, uses, imm } = flagsFor(s, condition, "set");
  return { kind: "branch", compare, condition: code, uses, imm, then, otherwise, offset: condition.offset };
}
