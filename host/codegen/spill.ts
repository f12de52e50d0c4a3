// Spilling: a register without a colour lives in a stack slot instead. Every use reads it into a short-lived temporary,
// every definition writes it back; a use shortly after another one, or after the definition, shares its temporary. What
// is a constant is made again where it is used, and needs no slot.

import type { Instruction, MachineBlock, MachineFunction, Register } from "./machine.ts";
import { classOf, endUses, newRegister } from "./machine.ts";

export interface SpillState {
  /** Slot of a spilled register, and of the temporaries that stand for it: spilling those again stores nothing anew. */
  readonly slotOf: Map<Register, number>;
  /** Made by spilling: must not be chosen for spilling again while anything else is left. */
  readonly temporaries: Set<Register>;
}

/** A temporary is kept for further uses over this many instructions. */
const shareWindow = 8;

export function spill(fn: MachineFunction, spilled: ReadonlySet<Register>, state: SpillState): void {
  const remade = constants(fn, spilled);
  for (const block of fn.blocks) rewrite(fn, block, spilled, remade, state);
}

/** Registers that every definition gives the same constant or address. */
function constants(fn: MachineFunction, spilled: ReadonlySet<Register>): ReadonlyMap<Register, Instruction> {
  const definitions = new Map<Register, Instruction[]>();
  for (const { code } of fn.blocks)
    for (const instruction of code)
      for (const def of instruction.defs)
        if (spilled.has(def)) definitions.set(def, [...(definitions.get(def) ?? []), instruction]);
  const found = new Map<Register, Instruction>();
  for (const [register, all] of definitions)
    if (all.every((one) => isSameConstant(one, all[0]!))) found.set(register, all[0]!);
  return found;
}

const remakeable: ReadonlySet<Instruction["op"]> = new Set(["constant", "address", "vconstant", "incoming"]);

function isSameConstant(a: Instruction, b: Instruction): boolean {
  return remakeable.has(a.op) && a.op === b.op && a.imm === b.imm && a.symbol === b.symbol;
}

function rewrite(
  fn: MachineFunction,
  block: MachineBlock,
  spilled: ReadonlySet<Register>,
  remade: ReadonlyMap<Register, Instruction>,
  state: SpillState,
): void {
  const code: Instruction[] = [];
  /** Spilled register → the temporary that holds it now, and when it was last made. */
  const held = new Map<Register, { readonly temporary: Register; readonly at: number }>();
  const temporaryFor = (register: Register): Register => {
    const temporary = newRegister(fn, classOf(fn, register));
    state.temporaries.add(temporary);
    return temporary;
  };
  const slotFor = (register: Register): number => {
    const slot = state.slotOf.get(register) ?? fn.slots++;
    state.slotOf.set(register, slot);
    return slot;
  };
  const read = (register: Register, offset: number): Register => {
    if (!spilled.has(register)) return register;
    const known = held.get(register);
    if (known && code.length - known.at <= shareWindow && !state.temporaries.has(register)) return known.temporary;
    const temporary = temporaryFor(register);
    const constant = remade.get(register);
    const op = classOf(fn, register) === "float" ? "vreload" : "reload";
    if (constant) code.push({ ...constant, defs: [temporary], uses: [], offset });
    else {
      code.push({ op, defs: [temporary], uses: [], imm: slotFor(register), offset });
      state.slotOf.set(temporary, slotFor(register));
    }
    held.set(register, { temporary, at: code.length });
    return temporary;
  };
  for (const instruction of block.code) {
    const { op, offset } = instruction;
    if (instruction.defs.some((def) => remade.has(def))) continue;
    // A temporary that is spilled in its turn: its slot holds the value already, each use reads it for itself.
    const isReload = op === "reload" || op === "vreload";
    if (isReload && spilled.has(instruction.defs[0]!) && state.temporaries.has(instruction.defs[0]!)) continue;
    instruction.uses = instruction.uses.map((use) => read(use, offset));
    const stores: Instruction[] = [];
    instruction.defs = instruction.defs.map((def) => {
      if (!spilled.has(def)) return def;
      // A definition on the register of a use (tied) stays on that use's temporary.
      const tied = instruction.tied?.find(([d]) => instruction.defs[d] === def);
      const temporary = tied ? instruction.uses[tied[1]]! : temporaryFor(def);
      const store = classOf(fn, def) === "float" ? "vspill" : "spill";
      stores.push({ op: store, defs: [], uses: [temporary], imm: slotFor(def), offset });
      held.set(def, { temporary, at: code.length + 1 });
      return temporary;
    });
    code.push(instruction, ...stores);
    if (op === "call" || op === "callRegister") held.clear();
  }
  block.code = code;
  if ("uses" in block.end) {
    const offset = block.code.at(-1)?.offset ?? 0;
    const uses = endUses(block.end).map((use) => read(use, offset));
    block.end.uses = uses;
  }
}

/** Slots that are written and never read (every use found the value in a register still): the writes go, slots move up. */
export function dropUnreadSlots(fn: MachineFunction): void {
  const read = new Set<number>();
  for (const { code } of fn.blocks)
    for (const { op, imm } of code) if (op === "reload" || op === "vreload") read.add(imm!);
  const slots = new Map([...read].sort((a, b) => a - b).map((slot, i) => [slot, i]));
  const isSlot = (op: Instruction["op"]): boolean =>
    op === "spill" || op === "vspill" || op === "reload" || op === "vreload";
  for (const block of fn.blocks) {
    block.code = block.code.filter(({ op, imm }) => !isSlot(op) || read.has(imm!));
    for (const instruction of block.code) if (isSlot(instruction.op)) instruction.imm = slots.get(instruction.imm!)!;
  }
  fn.slots = slots.size;
}
