// After high-slots: ADD reaches the high registers on v6-M, so a sum kept in one needs no detour through a low one.
//
//   mov t, H ; add d, t, x ; mov H, d   →   add H, x          an accumulator: three cycles become one
//   mov t, H ; add x, t, x              →   add x, H
//
// t and d must not be read afterwards.

import { type BitSet, liveness, walkBackwards } from "./liveness.ts";
import { firstVirtual, type Instruction, type MachineBlock, type MachineFunction, type Register } from "./machine.ts";

export function highAdds(fn: MachineFunction): void {
  const { liveOut } = liveness(fn, firstVirtual);
  for (const block of fn.blocks) rewriteBlock(block, liveOut.get(block)!);
}

function rewriteBlock(block: MachineBlock, liveOut: BitSet): void {
  /** Registers alive after each instruction. */
  const after: BitSet[] = [];
  const live = liveOut.copy();
  walkBackwards(block, live, (index) => {
    if (index < block.code.length) after[index] = live.copy();
  });
  const code: Instruction[] = [];
  for (let i = 0; i < block.code.length; i++) {
    const [first, second, third] = [block.code[i]!, block.code[i + 1], block.code[i + 2]];
    const accumulated = second && third && accumulation(first, second, third, after[i + 2]!);
    const direct = second && directAdd(first, second, after[i + 1]!);
    if (accumulated) code.push(accumulated);
    else code.push(direct ?? first);
    i += accumulated ? 2 : direct ? 1 : 0;
  }
  block.code = code;
}

const isHigh = (register: Register | undefined): boolean =>
  register !== undefined && register >= 8 && register <= 14 && register !== 13;

/** The operand of an addition of two registers that is not `t`. */
function otherOperand({ op, uses, imm, shift }: Instruction, t: Register): Register | undefined {
  if (op !== "add" || imm !== undefined || shift || uses.length !== 2) return undefined;
  if (uses[0] === t && uses[1] !== t) return uses[1];
  return uses[1] === t && uses[0] !== t ? uses[0] : undefined;
}

function accumulation(
  first: Instruction,
  second: Instruction,
  third: Instruction,
  after: BitSet,
): Instruction | undefined {
  const [t, home] = [first.defs[0]!, first.uses[0]!];
  if (first.op !== "mov" || !isHigh(home) || third.op !== "mov" || third.defs[0] !== home) return undefined;
  const x = otherOperand(second, t);
  const sum = second.defs[0]!;
  if (x === undefined || third.uses[0] !== sum || after.has(t) || after.has(sum)) return undefined;
  return { ...second, defs: [home], uses: [home, x], tied: undefined };
}

function directAdd(first: Instruction, second: Instruction, after: BitSet): Instruction | undefined {
  const [t, home] = [first.defs[0]!, first.uses[0]!];
  if (first.op !== "mov" || !isHigh(home)) return undefined;
  const x = otherOperand(second, t);
  if (x === undefined || second.defs[0] !== x || after.has(t)) return undefined;
  return { ...second, uses: [x, home], tied: undefined };
}
