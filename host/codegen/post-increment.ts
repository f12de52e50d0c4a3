// p' = p + k beside accesses through p: the access at [p] becomes post-indexed (ldr x, [p], #k, which defines p'), the
// addition goes, and later accesses through p in the block become accesses through p' with their offsets less k. Worth it
// when p dies in the block: then p and p' share a register, and the addition was the only cost of moving on.
//
// Before allocation. A use of p that is not an access with an offset, or one that would not fit, stops the rewriting.

import { liveness } from "./liveness.ts";
import { firstVirtual, type Instruction, type MachineBlock, type MachineFunction, type Register } from "./machine.ts";

const accesses = new Set(["ldr", "ldrb", "ldrsb", "ldrh", "ldrsh", "str", "strb", "strh"]);

export function postIncrement(fn: MachineFunction): void {
  const { liveOut } = liveness(fn, firstVirtual + fn.classes.length);
  for (const block of fn.blocks)
    for (const addition of block.code.filter(({ op, imm }) => (op === "add" || op === "sub") && imm !== undefined)) {
      const [pointer] = addition.uses;
      if (pointer! >= firstVirtual && !liveOut.get(block)!.has(pointer!)) rewrite(block, addition);
    }
}

function baseIndex({ op }: Instruction): number {
  return op.startsWith("str") ? 1 : 0;
}

function isAccessThrough(instruction: Instruction, pointer: Register): boolean {
  const { op, uses, imm, post } = instruction;
  if (!accesses.has(op) || imm === undefined || post) return false;
  const at = baseIndex(instruction);
  return uses[at] === pointer && !uses.some((use, i) => use === pointer && i !== at);
}

function rewrite(block: MachineBlock, addition: Instruction): void {
  const pointer = addition.uses[0]!;
  const next = addition.defs[0]!;
  const step = addition.op === "add" ? addition.imm! : -addition.imm!;
  if (step === 0 || Math.abs(step) > 255) return;
  const at = block.code.indexOf(addition);
  const users = block.code.filter((instruction) => instruction !== addition && instruction.uses.includes(pointer));
  const first = users.find((instruction) => isAccessThrough(instruction, pointer) && instruction.imm === 0);
  if (!first) return;
  const position = block.code.indexOf(first);
  // p must be defined before, and p' may be read only after the access.
  const later = users.filter((instruction) => block.code.indexOf(instruction) > position);
  const movable = later.every((instruction) => isAccessThrough(instruction, pointer) && fits(instruction.imm! - step));
  const readBefore = block.code.slice(0, position).some(({ uses }) => uses.includes(next));
  const endReadsPointer = "uses" in block.end && block.end.uses.includes(pointer);
  if (!movable || readBefore || endReadsPointer) return;
  for (const instruction of later) {
    instruction.uses = instruction.uses.map((use) => (use === pointer ? next : use));
    instruction.imm = instruction.imm! - step;
  }
  const defs = [...first.defs, next];
  const tied = [[defs.length - 1, baseIndex(first)]] as const;
  block.code[position] = { ...first, defs, imm: step, post: true, tied };
  block.code.splice(at, 1);
}

function fits(offset: number): boolean {
  return offset >= -255 && offset <= 4095;
}
