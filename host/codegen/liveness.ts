// Which registers are alive at the end of each block: the usual backward data-flow, to a fixed point, on bit sets.

import { endUses, type MachineBlock, type MachineFunction, machineSuccessors, type Register } from "./machine.ts";

/** A set of small integers as bits. */
export class BitSet {
  readonly words: Uint32Array;

  constructor(size: number) {
    this.words = new Uint32Array((size + 31) >> 5);
  }

  has(i: number): boolean {
    return (this.words[i >> 5]! & (1 << (i & 31))) !== 0;
  }

  add(i: number): void {
    this.words[i >> 5]! |= 1 << (i & 31);
  }

  delete(i: number): void {
    this.words[i >> 5]! &= ~(1 << (i & 31));
  }

  /** this ∪= other; whether anything was new. */
  unite(other: BitSet): boolean {
    let changed = false;
    for (let i = 0; i < this.words.length; i++) {
      const word = (this.words[i]! | other.words[i]!) >>> 0;
      if (word !== this.words[i]) {
        this.words[i] = word;
        changed = true;
      }
    }
    return changed;
  }

  copy(): BitSet {
    const set = new BitSet(this.words.length << 5);
    set.words.set(this.words);
    return set;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.words.length; i++)
      for (let word = this.words[i]!; word; word &= word - 1) yield (i << 5) + 31 - Math.clz32(word & -word);
  }
}

export interface Liveness {
  readonly liveIn: ReadonlyMap<MachineBlock, BitSet>;
  readonly liveOut: ReadonlyMap<MachineBlock, BitSet>;
}

export function liveness(fn: MachineFunction, registers: number): Liveness {
  const liveIn = new Map<MachineBlock, BitSet>(fn.blocks.map((block) => [block, new BitSet(registers)]));
  const liveOut = new Map<MachineBlock, BitSet>(fn.blocks.map((block) => [block, new BitSet(registers)]));
  const pending = new Set(fn.blocks);
  while (pending.size) {
    // Last blocks first: information flows backwards.
    const block = [...pending].at(-1)!;
    pending.delete(block);
    const out = liveOut.get(block)!;
    for (const next of machineSuccessors(block)) out.unite(liveIn.get(next)!);
    const live = out.copy();
    walkBackwards(block, live, () => {});
    if (liveIn.get(block)!.unite(live)) for (const pred of block.preds) pending.add(pred);
  }
  return { liveIn, liveOut };
}

/**
 * Steps backwards over a block, keeping `live` true to the point after each instruction when `visit` is called with its
 * index; visit(code.length) is the terminator.
 */
export function walkBackwards(block: MachineBlock, live: BitSet, visit: (index: number) => void): void {
  visit(block.code.length);
  for (const use of endUses(block.end)) live.add(use);
  for (let i = block.code.length - 1; i >= 0; i--) {
    visit(i);
    const { defs, uses } = block.code[i]!;
    for (const def of defs) live.delete(def);
    for (const use of uses) live.add(use);
  }
}

export function defsAndUses(block: MachineBlock, visit: (register: Register) => void): void {
  for (const { defs, uses } of block.code) for (const register of [...uses, ...defs]) visit(register);
  for (const use of endUses(block.end)) visit(use);
}
