// An independent proof of one allocation: every use reads the value of the register that it named before, on all paths.
//
//   before   a copy of the registers that every instruction named, made before allocation
//   after    the same instructions with physical registers, moves gone whose two sides became one, and moves, reloads and
//            stores that the allocator put in
//
// A place (physical register, stack slot) holds a set of names: registers of `before` whose value it has. The walk goes forward,
// joins by intersection, and repeats to a fixed point. An instruction of `before` demands that each use's place holds the
// name that it used; its definitions end their names everywhere and begin them in one place. A move that is gone makes its
// target another name of its source. What the allocator put in copies sets between places. A constant is a place too: it
// holds the registers that were given it, and is copied from where it is made again. Idea: regalloc2, src/checker.rs.

import { invariant } from "../base/errors.ts";
import {
  endUses,
  type Instruction,
  isVirtual,
  type MachineBlock,
  type MachineFunction,
  machineSuccessors,
  type Register,
} from "./machine.ts";

interface Named {
  readonly instruction: Instruction;
  readonly defs: readonly Register[];
  readonly uses: readonly Register[];
}

export interface BeforeAllocation {
  readonly blocks: ReadonlyMap<
    MachineBlock,
    { readonly code: readonly Named[]; readonly endUses: readonly Register[] }
  >;
  readonly known: ReadonlySet<Instruction>;
}

const remadeOps: ReadonlySet<string> = new Set(["constant", "address", "vconstant", "incoming"]);
const moves: ReadonlySet<string> = new Set(["mov", "vmov"]);
const keyOf = ({ op, imm, symbol }: Instruction): string => `${op} ${imm} ${symbol ?? ""}`;

export function beforeAllocation(fn: MachineFunction): BeforeAllocation {
  const blocks = new Map(
    fn.blocks.map((block) => [
      block,
      {
        code: block.code.map((instruction) => ({
          instruction,
          defs: [...instruction.defs],
          uses: [...instruction.uses],
        })),
        endUses: [...endUses(block.end)],
      },
    ]),
  );
  return { blocks, known: new Set(fn.blocks.flatMap(({ code }) => code)) };
}

/** Place → names. Slots are places below 0; a constant is a place by its text. */
type State = Map<number | string, Set<Register>>;

const slotPlace = (slot: number): number => -1 - slot;

export function checkAllocation(fn: MachineFunction, before: BeforeAllocation): void {
  const atEntry = new Map<MachineBlock, State>();
  const [entry] = fn.blocks;
  atEntry.set(entry!, new Map(Array.from({ length: 48 }, (_, register) => [register, new Set([register])])));
  const pending = new Set([entry!]);
  for (const block of pending) {
    pending.delete(block);
    const state = copy(atEntry.get(block)!);
    walk(fn, block, state, before, false);
    for (const next of machineSuccessors(block)) {
      const known = atEntry.get(next);
      if (!known) atEntry.set(next, copy(state));
      else if (!intersect(known, state)) continue;
      pending.add(next);
    }
  }
  for (const [block, state] of atEntry) walk(fn, block, copy(state), before, true);
}

function copy(state: State): State {
  return new Map([...state].map(([place, names]) => [place, new Set(names)]));
}

/** into ∩= other; whether anything went. */
function intersect(into: State, other: State): boolean {
  let changed = false;
  for (const [place, names] of into)
    for (const name of names)
      if (!other.get(place)?.has(name)) {
        names.delete(name);
        changed = true;
      }
  return changed;
}

function walk(fn: MachineFunction, block: MachineBlock, state: State, before: BeforeAllocation, demand: boolean): void {
  const original = before.blocks.get(block);
  const fail = (ok: boolean, words: string): void =>
    invariant(!demand || ok, `allocation of ${fn.name}, block ${block.id}: ${words}`);
  const present = new Set(block.code);
  const code = original?.code ?? [];
  let next = 0;
  // Where among what was put in a move has gone is not known: it counts from the start of the gap, and still at its end.
  let gap: Named[] = [];
  const openGap = (): void => {
    for (gap = []; next < code.length && !present.has(code[next]!.instruction); next++) gap.push(code[next]!);
    for (const named of gap) gone(named, state, fail);
  };
  openGap();
  for (const instruction of block.code) {
    if (!before.known.has(instruction)) putIn(instruction, state, fail);
    else {
      closeGap(gap, state);
      fail(code[next]?.instruction === instruction, `${instruction.op} has moved to another place`);
      kept(instruction, code[next++]!, state, fail);
      openGap();
    }
  }
  closeGap(gap, state);
  endUses(block.end).forEach((place, i) => void demandName(state, place, original?.endUses[i], "the end", fail));
}

type Fail = (ok: boolean, words: string) => void;

function demandName(state: State, place: Register, name: Register | undefined, user: string, fail: Fail): void {
  fail(!isVirtual(place), `${user} names virtual register ${place}`);
  fail(
    name !== undefined && (state.get(place)?.has(name) ?? false),
    `${user} reads ${place}, which does not hold ${name} but ${[...(state.get(place) ?? [])]}`,
  );
}

function forget(state: State, name: Register): void {
  for (const names of state.values()) names.delete(name);
}

function kept(instruction: Instruction, named: Named, state: State, fail: Fail): void {
  const { op, uses, defs, clobbers = [], tied = [] } = instruction;
  uses.forEach((place, i) => void demandName(state, place, named.uses[i], op, fail));
  for (const [def, use] of tied) fail(defs[def] === uses[use], `${op} is tied and has two registers`);
  fail(new Set(defs).size === defs.length, `${op} defines one register twice`);
  const source = moves.has(op) ? new Set(state.get(uses[0]!)) : undefined;
  for (const clobbered of clobbers) {
    forget(state, clobbered);
    state.set(clobbered, new Set());
    fail(!defs.includes(clobbered), `${op} defines a register that it destroys`);
  }
  for (const name of named.defs) forget(state, name);
  defs.forEach((place, i) => {
    const names = new Set(source);
    names.delete(named.defs[i]!);
    state.set(place, names.add(named.defs[i]!));
  });
  if (remadeOps.has(op)) nameConstant(instruction, named.defs[0]!, state);
}

/** At the end of a gap, targets of moves that are gone still equal their sources, unless one of the two was moved to again. */
function closeGap(gap: readonly Named[], state: State): void {
  for (const [i, { instruction, defs, uses }] of gap.entries()) {
    const [to, from] = [defs[0]!, uses[0]!];
    if (!moves.has(instruction.op) || gap.slice(i + 1).some((later) => later.defs[0] === to || later.defs[0] === from))
      continue;
    for (const names of state.values()) if (names.has(from)) names.add(to);
  }
}

/** An instruction that is no longer there: a move whose sides share a place, or a constant that is made again. */
function gone({ instruction, defs, uses }: Named, state: State, fail: Fail): void {
  const [to] = defs;
  if (moves.has(instruction.op)) {
    const [from] = uses;
    if (to === from) return;
    for (const names of state.values()) {
      names.delete(to!);
      if (names.has(from!)) names.add(to!);
    }
    return;
  }
  fail(remadeOps.has(instruction.op), `${instruction.op} is gone`);
  forget(state, to!);
  nameConstant(instruction, to!, state);
}

function nameConstant(instruction: Instruction, name: Register, state: State): void {
  const key = keyOf(instruction);
  state.set(key, (state.get(key) ?? new Set()).add(name));
}

function putIn(instruction: Instruction, state: State, fail: Fail): void {
  const { op, defs, uses, imm } = instruction;
  const [to, from] = [defs[0], uses[0]];
  if (op === "spill" || op === "vspill") state.set(slotPlace(imm!), new Set(state.get(from!)));
  else if (op === "reload" || op === "vreload") state.set(to!, new Set(state.get(slotPlace(imm!))));
  else if (moves.has(op)) state.set(to!, new Set(state.get(from!)));
  else if (remadeOps.has(op)) state.set(to!, new Set(state.get(keyOf(instruction))));
  else fail(false, `${op} was put in`);
}
