// Register allocation by graph colouring: coalesce moves (deepest loops first), colour, spill what finds no colour to
// stack slots, and start again until everything has a register.
//
//   tie      two-address forms and post-increments become moves around an instruction on one register
//   coalesce moves whose ends do not interfere become one node: aggressively between virtual registers, and with
//            a physical register only where George's test keeps the node colourable
//   colour   nodes of low degree are set aside, then the cheapest to spill, optimistically; colours in reverse
//   spill    see spill.ts; constants are made again instead of stored
//
// Chaitin 1982, Briggs 1992 (optimistic colouring), George and Appel 1996 (the test for physical registers).

import { invariant } from "../base/errors.ts";
import { type Interference, interference } from "./interference.ts";
import {
  classOf,
  type Instruction,
  isVirtual,
  type MachineFunction,
  newRegister,
  type Register,
  type RegisterClass,
} from "./machine.ts";
import { dropUnreadSlots, type SpillState, spill } from "./spill.ts";

/** Allocatable registers of each class, in order of preference. */
export type RegisterFile = Readonly<Record<RegisterClass, readonly Register[]>>;

/** Each round only shortens live ranges; more than this many means that an instruction needs more registers than exist. */
const roundLimit = 40;

export function allocate(fn: MachineFunction, file: RegisterFile): void {
  tie(fn);
  const state: SpillState = { slotOf: new Map(), temporaries: new Set() };
  for (let rounds = 1; rounds <= roundLimit; rounds++) {
    const graph = interference(fn);
    const alias = coalesce(fn, graph, file);
    const { colours, uncoloured } = colour(fn, graph, alias, file, state);
    if (!uncoloured.length) {
      apply(fn, alias, colours);
      dropUnreadSlots(fn);
      return;
    }
    rename(fn, (register) => find(alias, register));
    forgetMerged(alias, state);
    spill(fn, new Set(uncoloured), state);
  }
  throw new Error(`thumbelina defect: ${fn.name} finds no registers in ${roundLimit} rounds`);
}

/** def tied to use: mov t, use; the instruction on t; mov def, t. The moves usually coalesce away. */
function tie(fn: MachineFunction): void {
  for (const block of fn.blocks) {
    const code: Instruction[] = [];
    for (const instruction of block.code) {
      const after: Instruction[] = [];
      for (const [def, use] of instruction.tied ?? []) {
        const kind = classOf(fn, instruction.defs[def]!);
        const both = newRegister(fn, kind);
        const op = kind === "float" ? "vmov" : "mov";
        const { offset } = instruction;
        code.push({ op, defs: [both], uses: [instruction.uses[use]!], offset });
        after.push({ op, defs: [instruction.defs[def]!], uses: [both], offset });
        instruction.uses[use] = both;
        instruction.defs[def] = both;
      }
      code.push(instruction, ...after);
    }
    block.code = code;
  }
}

type Alias = Map<Register, Register>;

/** What stood for one slot's value and has become one with something else stands for that slot no longer. */
function forgetMerged(alias: Alias, { slotOf, temporaries }: SpillState): void {
  for (const gone of alias.keys()) {
    const keep = find(alias, gone);
    if (slotOf.get(gone) === slotOf.get(keep) && temporaries.has(gone) === temporaries.has(keep)) continue;
    slotOf.delete(keep);
    temporaries.delete(keep);
  }
}

function find(alias: Alias, register: Register): Register {
  let to = register;
  for (let next = alias.get(to); next !== undefined; next = alias.get(to)) to = next;
  return to;
}

function coalesce(fn: MachineFunction, graph: Interference, file: RegisterFile): Alias {
  const alias: Alias = new Map();
  const { neighbours, cost } = graph;
  for (const { from, to } of [...graph.moves].sort((a, b) => b.weight - a.weight)) {
    let keep = find(alias, from);
    let gone = find(alias, to);
    if (keep === gone || neighbours[keep]!.has(gone)) continue;
    if (isVirtual(keep) && !isVirtual(gone)) [keep, gone] = [gone, keep];
    if (!isVirtual(gone)) continue;
    if (!isVirtual(keep) && !georgeTest(fn, graph, keep, gone, file)) continue;
    alias.set(gone, keep);
    cost[keep]! += cost[gone]!;
    for (const other of neighbours[gone]!) {
      neighbours[other]!.delete(gone);
      neighbours[other]!.add(keep);
      neighbours[keep]!.add(other);
    }
    neighbours[gone]!.clear();
  }
  return alias;
}

/** Every neighbour of the virtual node is of low degree, or interferes with the physical register already. */
function georgeTest(
  fn: MachineFunction,
  { neighbours }: Interference,
  physical: Register,
  virtual: Register,
  file: RegisterFile,
): boolean {
  const kind = classOf(fn, virtual);
  if (!file[kind].includes(physical)) return false;
  const registers = file[kind].length;
  for (const other of neighbours[virtual]!) {
    if (!isVirtual(other) || neighbours[other]!.has(physical)) continue;
    if (neighbours[other]!.size >= registers) return false;
  }
  return true;
}

interface Colouring {
  readonly colours: ReadonlyMap<Register, Register>;
  readonly uncoloured: readonly Register[];
}

function colour(
  fn: MachineFunction,
  graph: Interference,
  alias: Alias,
  file: RegisterFile,
  state: SpillState,
): Colouring {
  const nodes = fn.classes
    .map((_, i) => i + 64)
    .filter((register) => !alias.has(register) && graph.cost[register]! > 0);
  const order = eliminationOrder(fn, graph, nodes, file, state);
  const wishes = moveWishes(graph, alias);
  const colours = new Map<Register, Register>();
  const uncoloured: Register[] = [];
  for (const node of order.reverse()) {
    const taken = new Set<Register>();
    for (const other of graph.neighbours[node]!) {
      const used = isVirtual(other) ? colours.get(other) : other;
      if (used !== undefined) taken.add(used);
    }
    const free = file[classOf(fn, node)].filter((register) => !taken.has(register));
    const wished = (wishes.get(node) ?? []).map((other) => (isVirtual(other) ? colours.get(other) : other));
    const chosen =
      wished.find((register) => register !== undefined && free.includes(register)) ??
      free[0] ??
      makeRoom(graph, colours, node, file[classOf(fn, node)]);
    if (chosen === undefined) uncoloured.push(node);
    else colours.set(node, chosen);
  }
  return { colours, uncoloured };
}

/** A colour that becomes free for `node` when the few neighbours that have it can each take another one. */
function makeRoom(
  { neighbours }: Interference,
  colours: Map<Register, Register>,
  node: Register,
  registers: readonly Register[],
): Register | undefined {
  for (const colour of registers) {
    const holders = [...neighbours[node]!].filter(
      (other) => (isVirtual(other) ? colours.get(other) : other) === colour,
    );
    if (holders.length > 2 || !holders.every(isVirtual)) continue;
    const moves = holders.map((holder) => {
      const taken = new Set([...neighbours[holder]!].map((other) => (isVirtual(other) ? colours.get(other) : other)));
      return registers.find((register) => register !== colour && !taken.has(register));
    });
    // Two holders that are neighbours must not move to the same place.
    const clash = moves.length === 2 && moves[0] === moves[1] && neighbours[holders[0]!]!.has(holders[1]!);
    if (clash || moves.some((register) => register === undefined)) continue;
    for (const [i, holder] of holders.entries()) colours.set(holder, moves[i]!);
    return colour;
  }
  return undefined;
}

/** Nodes to be coloured last come first: low degree as they appear, else the one whose spill costs least per neighbour. */
function eliminationOrder(
  fn: MachineFunction,
  { neighbours, cost }: Interference,
  nodes: readonly Register[],
  file: RegisterFile,
  state: SpillState,
): Register[] {
  const degree = new Map(nodes.map((node) => [node, neighbours[node]!.size]));
  const limit = (node: Register) => file[classOf(fn, node)].length;
  const low = nodes.filter((node) => degree.get(node)! < limit(node));
  const high = new Set(nodes.filter((node) => degree.get(node)! >= limit(node)));
  const order: Register[] = [];
  const remove = (node: Register): void => {
    order.push(node);
    degree.delete(node);
    for (const other of neighbours[node]!) {
      const before = degree.get(other);
      if (before === undefined) continue;
      degree.set(other, before - 1);
      if (before === limit(other)) {
        high.delete(other);
        low.push(other);
      }
    }
  };
  const spillOrder = (node: Register) => (state.temporaries.has(node) ? 1e18 : cost[node]!) / (degree.get(node)! + 1);
  while (low.length || high.size) {
    const node = low.pop();
    if (node !== undefined) {
      remove(node);
      continue;
    }
    let best: Register | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const candidate of high) {
      const candidateCost = spillOrder(candidate);
      if (candidateCost < bestCost) [best, bestCost] = [candidate, candidateCost];
    }
    invariant(best !== undefined, "no node left to take out of the graph");
    high.delete(best);
    remove(best);
  }
  return order;
}

function moveWishes({ moves, hints }: Interference, alias: Alias): Map<Register, Register[]> {
  const wishes = new Map<Register, Register[]>();
  for (const [from, to] of [...moves.map((move) => [move.from, move.to] as const), ...hints]) {
    const [a, b] = [find(alias, from), find(alias, to)];
    if (a === b) continue;
    wishes.set(a, [...(wishes.get(a) ?? []), b]);
    wishes.set(b, [...(wishes.get(b) ?? []), a]);
  }
  return wishes;
}

/** Puts other registers in the place of registers, and drops moves that have become idle. */
function rename(fn: MachineFunction, to: (register: Register) => Register): void {
  for (const block of fn.blocks) {
    for (const instruction of block.code) {
      instruction.defs = instruction.defs.map(to);
      instruction.uses = instruction.uses.map(to);
    }
    block.code = block.code.filter(({ op, defs, uses }) => !((op === "mov" || op === "vmov") && defs[0] === uses[0]));
    if ("uses" in block.end) block.end.uses = block.end.uses.map(to);
  }
}

function apply(fn: MachineFunction, alias: Alias, colours: ReadonlyMap<Register, Register>): void {
  rename(fn, (register) => {
    const node = find(alias, register);
    const physical = isVirtual(node) ? colours.get(node) : node;
    // A register that is never used or defined has no node; one that is only defined has (its definition must go somewhere).
    invariant(physical !== undefined, `register ${register} of ${fn.name} has no colour`);
    return physical;
  });
}
