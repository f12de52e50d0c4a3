// The interference graph: which registers may not share one, which pairs a move or an accumulator would like to share, and what spilling
// each would cost. Physical registers are nodes too; they interfere with everything alive where they are clobbered.

import { defsAndUses, liveness, walkBackwards } from "./liveness.ts";
import { classOf, firstVirtual, isVirtual, type MachineFunction, type Register } from "./machine.ts";

export interface Move {
  readonly from: Register;
  readonly to: Register;
  readonly weight: number;
}

export interface Interference {
  readonly neighbours: Set<Register>[];
  readonly moves: readonly Move[];
  /** Pairs that gain from one register without needing it: an accumulator and its sum, two-address narrow forms. */
  readonly hints: readonly (readonly [Register, Register])[];
  /** Estimated executions of the uses and definitions of each register. */
  readonly cost: Float64Array;
}

export function interference(fn: MachineFunction): Interference {
  const count = firstVirtual + fn.classes.length;
  const neighbours = Array.from({ length: count }, () => new Set<Register>());
  const cost = new Float64Array(count);
  const moves: Move[] = [];
  const hints: (readonly [Register, Register])[] = [];
  const classes = Array.from({ length: count }, (_, register) => classOf(fn, register));
  const connect = (a: Register, b: Register): void => {
    if (a === b || classes[a] !== classes[b] || (!isVirtual(a) && !isVirtual(b))) return;
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  };
  const { liveOut } = liveness(fn, count);
  for (const block of fn.blocks) {
    const weight = block.frequency;
    defsAndUses(block, (register) => void (cost[register]! += weight));
    const live = liveOut.get(block)!.copy();
    walkBackwards(block, live, (index) => {
      const instruction = block.code[index];
      if (!instruction) return;
      const { op, defs, uses, clobbers = [] } = instruction;
      const isMove = op === "mov" || op === "vmov";
      if (isMove && classes[defs[0]!] === classes[uses[0]!]) moves.push({ from: uses[0]!, to: defs[0]!, weight });
      const source = isMove ? uses[0] : undefined;
      if (!isMove && defs.length === 1 && op !== "select") {
        // Of three operands the last is an accumulator (SMLAD, MLA): its steps are one value that grows, and sharing a
        // register keeps a long chain from being pulled apart. Of two, the first is what narrow forms overwrite.
        const shared = uses.length === 3 ? uses[2]! : uses[0];
        if (shared !== undefined && !live.has(shared)) {
          if (uses.length === 3 && classes[shared] === classes[defs[0]!])
            moves.push({ from: shared, to: defs[0]!, weight: weight * 0.9 });
          else hints.push([defs[0]!, shared]);
        }
      }
      for (const other of live) {
        for (const def of defs) if (other !== source) connect(def, other);
        for (const clobbered of clobbers) if (!defs.includes(other)) connect(clobbered, other);
      }
      for (const def of defs) for (const other of defs) connect(def, other);
      for (const def of defs) for (const clobbered of clobbers) connect(def, clobbered);
    });
  }
  return { neighbours, moves, hints, cost };
}
