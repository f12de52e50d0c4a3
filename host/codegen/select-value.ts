// One SSA value → the instructions that compute it (see select.ts). Memory, flags and address patterns are in their own
// files; this one is the table of the plain operators.

import { invariant } from "../base/errors.ts";
import { isLoad, isStore, traps, type Value } from "./ir.ts";
import { firstFloat, type Instruction, type Operation, type Register } from "./machine.ts";
import type { Selector } from "./select.ts";
import { selectArithmetic } from "./select-alu.ts";
import { selectSelect, selectSet, selectTrap } from "./select-flags.ts";
import { selectLoad, selectStore } from "./select-memory.ts";
import { saturation } from "./select-saturate.ts";

export function selectValue(s: Selector, value: Value): void {
  if (isLoad(value.op)) return selectLoad(s, value);
  if (isStore(value.op)) return selectStore(s, value);
  switch (value.op) {
    case "param":
      return; // parameters() defines them
    case "highResult":
      return; // defined together with the call
    case "eq":
    case "ne":
    case "ltS":
    case "ltU":
    case "leS":
    case "leU":
    case "lt64S":
    case "lt64U":
    case "feq":
    case "fne":
    case "flt":
    case "fle":
      return selectSet(s, value);
    case "select": {
      const saturated = saturation(s, value);
      return saturated ? s.push(saturated) : selectSelect(s, value);
    }
    case "trapIf":
      return selectTrap(s, value);
    case "call":
    case "callIndirect":
      return selectCall(s, value);
    case "intrinsic":
      return selectIntrinsic(s, value);
    case "globalGet":
    case "globalSet":
    case "memorySize":
      return selectGlobal(s, value);
    default:
      return selectArithmetic(s, value);
  }
}

/** The value that receives the high word of a call's result, if somebody reads it. */
function highOf(value: Value): Value | undefined {
  const { body } = value.block;
  const next = body[body.indexOf(value) + 1];
  return next?.op === "highResult" && next.args[0] === value ? next : undefined;
}

/** By a call, as AAPCS has it: r0–r3, r12, lr and s0–s15. */
const destroyed: readonly Register[] = [0, 1, 2, 3, 12, 14, ...Array.from({ length: 16 }, (_, i) => firstFloat + i)];

/** Arguments in r0–r3, then on the stack; results in r0 and r1; r0–r3, r12 and lr are destroyed. */
function selectCall(s: Selector, value: Value): void {
  const indirect = value.op === "callIndirect";
  const args = indirect ? value.args.slice(1) : value.args;
  const { offset } = value;
  const before: Instruction[] = [];
  for (const [i, arg] of args.slice(4).entries())
    before.push({ op: "argument", defs: [], uses: [s.register(arg)], imm: i, offset });
  s.reserveOutgoing(Math.max(0, args.length - 4));
  const inRegisters = args.slice(0, 4).map((arg, i) => ({ i, from: s.register(arg) }));
  for (const { i, from } of inRegisters) before.push({ op: "mov", defs: [i], uses: [from], offset });
  const results = [value, highOf(value)].filter((v) => v !== undefined);
  const needed = results.map((result) => s.isNeeded(result));
  const uses = inRegisters.map(({ i }) => i);
  // The address goes through r12, which carries no argument.
  const callee: Register[] = indirect ? [12] : [];
  if (indirect) before.unshift(...tableEntry(s, value, offset));
  const after = results.flatMap((result, i): Instruction[] =>
    needed[i] ? [{ op: "mov", defs: [s.result(result)], uses: [i], offset }] : [],
  );
  const defs = results.map((_, i) => i);
  const clobbers = destroyed.filter((register) => !defs.includes(register));
  const op: Operation = indirect ? "callRegister" : "call";
  s.push(...before, { op, defs, uses: [...callee, ...uses], symbol: value.symbol, clobbers, offset }, ...after);
}

/** r12 = function_table[index].code, after comparing the entry's type with the one expected. */
function tableEntry(s: Selector, value: Value, offset: number): Instruction[] {
  const [table, entry, type, code] = [s.temporary(), s.temporary(), s.temporary(), s.temporary()];
  const scaled = s.temporary();
  const index = s.register(value.args[0]!);
  const expected = s.temporary();
  return [
    { op: "address", defs: [table], uses: [], imm: 0, symbol: "function_table", offset },
    { op: "lsl", defs: [scaled], uses: [index], imm: 3, offset },
    { op: "add", defs: [entry], uses: [table, scaled], offset },
    { op: "ldr", defs: [type], uses: [entry], imm: 4, offset },
    { op: "constant", defs: [expected], uses: [], imm: value.imm, offset },
    { op: "trapIf", defs: [], uses: [type, expected], compare: "cmp", condition: 1, trap: traps[5], offset },
    { op: "ldr", defs: [code], uses: [entry], imm: 0, offset },
    { op: "mov", defs: [12], uses: [code], offset },
  ];
}

function selectIntrinsic(s: Selector, value: Value): void {
  const { symbol, offset } = value;
  const high = highOf(value);
  const last = value.args.at(-1);
  if (symbol === "ssat" || symbol === "usat" || symbol === "ssat16") {
    invariant(last?.op === "const", `${symbol} needs a constant width`);
    s.push({ op: "dsp", symbol, defs: [s.result(value)], uses: [s.register(value.args[0]!)], imm: last.imm, offset });
    return;
  }
  const uses = value.args.map((arg) => s.register(arg));
  if (!high) s.push({ op: "dsp", symbol, defs: [s.result(value)], uses, offset });
  else {
    // SMLALD: the accumulator's registers are the result's.
    const tied = [
      [0, 2],
      [1, 3],
    ] as const;
    s.push({ op: "dsp", symbol, defs: [s.result(value), s.result(high)], uses, tied, offset });
  }
}

function selectGlobal(s: Selector, value: Value): void {
  const { op, imm, offset } = value;
  const symbol = op === "memorySize" ? "memory_pages" : value.symbol;
  const base = s.temporary();
  const place: Instruction = {
    op: "address",
    defs: [base],
    uses: [],
    imm: op === "memorySize" ? 0 : imm * 4,
    symbol,
    offset,
  };
  if (op === "globalSet")
    s.push(place, { op: "str", defs: [], uses: [s.register(value.args[0]!), base], imm: 0, offset });
  else s.push(place, { op: "ldr", defs: [s.result(value)], uses: [base], imm: 0, offset });
}
