// The last word on order, after allocation: instructions of a block move past others that do not depend on them where the core's
// pipeline makes that cheaper. Its rules are those of the simulator (DDI 0439D 3.3.2):
//
//   ldr a ; mac ; ldr b ; mac      →   ldr a ; ldr b ; mac ; mac        loads and stores right after a load cost one cycle less
//   add p ; ldr [p] ; mov          →   add p ; mov ; ldr [p]            an address made by the instruction before waits
//   ldr a ; use a ; mov            →   ldr a ; mov ; use a              (M7, M33) a value loaded by the instruction before waits
//
// Memory accesses keep their order among each other, but for stack slots, which nothing else reaches, and loads of what nobody writes
// (`unchanging`: where in the WASM module they come from, read-only.ts); calls, traps and the instructions of `cpu.*` stay where they
// are and nothing moves past them. Where a block counts down to zero, its last instruction stays last: its flags are those of the
// branch.

import type { Core } from "../isa/isa.ts";
import type { Instruction, MachineBlock, MachineFunction, Operation, Register } from "./machine.ts";
import { isModifiedImmediate } from "./target.ts";

type Pipeline = Core["pipeline"];
interface Rules {
  readonly pipeline: Pipeline;
  readonly unchanging: ReadonlySet<number>;
}

/** How far an instruction may move: beyond that, nothing was found in any kernel. */
const reach = 24;
const rounds = 3;

const memoryLoads: ReadonlySet<Operation> = new Set(["ldr", "ldrb", "ldrsb", "ldrh", "ldrsh", "vldr"]);
const loads: ReadonlySet<Operation> = new Set(["ldr", "ldrb", "ldrsb", "ldrh", "ldrsh", "reload", "incoming"]);
const stores: ReadonlySet<Operation> = new Set(["str", "strb", "strh", "vstr"]);
const slots: ReadonlySet<Operation> = new Set(["spill", "reload", "vspill", "vreload"]);
const accesses: ReadonlySet<Operation> = new Set([...loads, ...stores, ...slots, "vldr", "argument"]);
const fixed: ReadonlySet<Operation> = new Set(["call", "callRegister", "trapIf"]);

export function schedule(fn: MachineFunction, { pipeline }: Core, unchanging: () => ReadonlySet<number>): void {
  if (!pipeline.loadPairing && !pipeline.addressStall && !pipeline.loadUseStall) return;
  const rules = { pipeline, unchanging: unchanging() };
  for (const block of fn.blocks) for (let i = 0; i < rounds && improve(block, rules); i++);
}

function improve(block: MachineBlock, rules: Rules): boolean {
  const { code } = block;
  const end = block.end.kind === "branch" ? code.length - 1 : code.length;
  let better = false;
  for (let from = 0; from < end; from++) {
    const to = bestPlace(code, from, end, rules);
    if (to === from) continue;
    code.splice(to, 0, ...code.splice(from, 1));
    better = true;
  }
  return better;
}

/** The index that the instruction at `from` should have: the nearest of the cheapest, its own unless another is cheaper. */
function bestPlace(code: readonly Instruction[], from: number, end: number, rules: Rules): number {
  const { pipeline, unchanging } = rules;
  const moved = code[from]!;
  if (isFixed(moved)) return from;
  const cost = (a: Instruction | undefined, b: Instruction | undefined) => (a && b ? extra(a, b, pipeline) : 0);
  const [before, after] = [code[from - 1], code[from + 1]];
  const leaving = cost(before, after) - cost(before, moved) - cost(moved, after);
  let best = { to: from, gain: 0 };
  const consider = (to: number, left: Instruction | undefined, right: Instruction | undefined): void => {
    const gain = -(leaving + cost(left, moved) + cost(moved, right) - cost(left, right));
    if (gain > best.gain || (gain === best.gain && gain > 0 && Math.abs(to - from) < Math.abs(best.to - from)))
      best = { to, gain };
  };
  for (let to = from - 1; to >= Math.max(0, from - reach) && canSwap(code[to]!, moved, unchanging); to--)
    consider(to, code[to - 1], code[to]);
  for (let to = from + 1; to < Math.min(end, from + reach) && canSwap(moved, code[to]!, unchanging); to++)
    consider(to, code[to], code[to + 1]);
  return best.to;
}

/** Cycles that `b` waits for `a`, or saves by coming after it. */
function extra(a: Instruction, b: Instruction, pipeline: Pipeline): number {
  const isAccess = accesses.has(b.op) || isLiteral(b);
  const waits = isAccess && addressOf(b).some((register) => a.defs.includes(register));
  if (isLoad(a)) {
    if (pipeline.loadUseStall && b.uses.some((register) => a.defs.includes(register))) return pipeline.loadUseStall;
    return isAccess && !waits ? -pipeline.loadPairing : 0;
  }
  return waits && !accesses.has(a.op) ? pipeline.addressStall : 0;
}

function addressOf({ op, uses }: Instruction): readonly Register[] {
  return stores.has(op) || op === "spill" || op === "vspill" || op === "argument" ? uses.slice(1) : uses;
}

const isLoad = (instruction: Instruction): boolean => loads.has(instruction.op) || isLiteral(instruction);

/** Constants that emit takes from the literal pool. */
function isLiteral({ op, imm = 0 }: Instruction): boolean {
  if (op === "address") return true;
  return op === "constant" && !isModifiedImmediate(imm) && !isModifiedImmediate(~imm) && imm >>> 16 !== 0;
}

const isFixed = ({ op, symbol = "" }: Instruction): boolean =>
  fixed.has(op) || (op === "dsp" && symbol.startsWith("cpu."));

/** `a` stands before `b`; would the other order do the same? */
function canSwap(a: Instruction, b: Instruction, unchanging: ReadonlySet<number>): boolean {
  if (isFixed(a) || isFixed(b)) return false;
  const mayChange = ({ op, offset }: Instruction) =>
    accesses.has(op) && !(memoryLoads.has(op) && unchanging.has(offset));
  if (mayChange(a) && mayChange(b)) {
    if (slots.has(a.op) === slots.has(b.op) && (!slots.has(a.op) || a.imm === b.imm)) return false;
  }
  return (
    !writes(a, b.uses) && !writes(a, b.defs) && !writes(b, a.uses) && !writes(a, b.clobbers) && !writes(b, a.clobbers)
  );
}

function writes({ defs, clobbers }: Instruction, registers: readonly Register[] = []): boolean {
  return registers.some((register) => defs.includes(register) || clobbers?.includes(register));
}
