// On v6-M the allocator hands out r0–r7, because almost no instruction reaches r8–r14. Those make good homes for spilled
// values all the same: a MOV costs one cycle where a stack slot costs two. The slots that are used most, weighted by how
// often they run, move there: r8–r11 (saved by the prologue, through low registers that it has saved itself), and in functions
// that call nothing r12 and lr as well.

import { type Instruction, LR, type MachineFunction, type Register } from "./machine.ts";

export function highSlots(fn: MachineFunction): void {
  const weights = new Map<number, number>();
  let calls = false;
  const saved = new Set<Register>();
  for (const { code, frequency } of fn.blocks)
    for (const { op, imm, defs } of code) {
      if (op === "reload" || op === "spill") weights.set(imm!, (weights.get(imm!) ?? 0) + frequency);
      if (op === "call" || op === "callRegister") calls = true;
      for (const def of defs) if (def >= 4 && def <= 7) saved.add(def);
    }
  const homes: Register[] = [...(calls ? [] : [12, LR]), ...[8, 9, 10, 11].slice(0, saved.size)];
  const ranked = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const homeOf = new Map(ranked.slice(0, homes.length).map(([slot], i) => [slot, homes[i]!]));
  const newSlot = new Map(ranked.slice(homes.length).map(([slot], i) => [slot, i]));
  for (const block of fn.blocks) block.code = block.code.map((instruction) => moved(instruction, homeOf, newSlot));
  fn.slots = newSlot.size;
}

function moved(
  instruction: Instruction,
  homeOf: ReadonlyMap<number, Register>,
  newSlot: ReadonlyMap<number, number>,
): Instruction {
  const { op, imm, defs, uses, offset } = instruction;
  if (op !== "reload" && op !== "spill") return instruction;
  const home = homeOf.get(imm!);
  if (home === undefined) return { ...instruction, imm: newSlot.get(imm!)! };
  return op === "reload" ? { op: "mov", defs, uses: [home], offset } : { op: "mov", defs: [home], uses, offset };
}
