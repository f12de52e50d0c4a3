// Moves "counter += imm" down to the branch that asks whether the counter is zero, so that its flags serve the branch
// (emit.ts). Before allocation; the value must not be read in between.

import type { MachineBlock, MachineFunction } from "./machine.ts";

export function sinkCounters(fn: MachineFunction): void {
  for (const block of fn.blocks) sinkCounter(block);
}

function sinkCounter({ code, end }: MachineBlock): void {
  if (end.kind !== "branch" || end.compare !== "cmp" || end.imm !== 0 || end.condition > 1) return;
  const counter = end.uses[0]!;
  const at = code.findLastIndex(({ defs }) => defs.includes(counter));
  const addition = code[at];
  if (!addition || (addition.op !== "add" && addition.op !== "sub") || addition.imm === undefined) return;
  const between = code.slice(at + 1);
  const [source] = addition.uses;
  if (between.some(({ uses, defs }) => uses.includes(counter) || defs.includes(source!))) return;
  code.splice(at, 1);
  code.push(addition);
}
