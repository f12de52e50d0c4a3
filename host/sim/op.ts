// A predecoded instruction at an address, in an IT context: what the interpreter runs and the translator prints. Made once when
// first reached, dropped when its bytes change.

import type { Core, Decoded, Effect, Row } from "../isa/isa.ts";
import { bind, condition } from "../isa/isa.ts";
import { type Facts, factsOf } from "./facts.ts";
import { freshCost, kindOf, takenCost } from "./pipeline.ts";
import type { Region } from "./translate/region.ts";

/** What `run` returns beside a branch target (targets are even). */
export const sequential = -1;
export const skipped = -3;

export interface Op {
  readonly address: number;
  readonly size: 2 | 4;
  readonly row: Row;
  readonly decoded: Decoded;
  /** ITSTATE before it, and after it. */
  readonly it: number;
  readonly itAfter: number;
  /** Condition from ITSTATE; 14: none. */
  readonly condition: number;
  readonly effects: readonly Effect[];
  readonly facts: Facts;
  /** Ends a straight run for the pipeline, taken or not. */
  readonly isBranch: boolean;
  /** Cycles with an empty pipeline, and more when a branch is taken. */
  readonly fresh: number;
  readonly taken: number;
  /** Executes; set by the interpreter's compiler. */
  run: () => number;
  next: Op | undefined;
  /** Costs after `before`, kept from the last time. */
  before: Op | undefined;
  cost: number;
  pairs: boolean;
  pairedCost: number;
  stop: boolean;
  /** Times it was entered by a branch, and its translation: null where there can be none. */
  heat: number;
  region: Region | null | undefined;
  /** Its run in that region. */
  entry: number;
}

/** ITAdvance (DDI 0403E A7.3.3). */
export const advanceIt = (it: number): number => ((it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f));

export function makeOp(address: number, decoded: Decoded, it: number, core: Core): Op {
  const { row, operands } = decoded;
  const effects = bind(row.effect, operands);
  const setsIt = effects.find((effect) => effect.do === "system" && effect.action === "it");
  const [first, mask] = setsIt?.do === "system" ? setsIt.args : [];
  const itAfter = first?.is === "const" && mask?.is === "const" ? (first.value << 4) | mask.value : advanceIt(it);
  const op = {
    address,
    size: row.size,
    row,
    decoded,
    it,
    itAfter,
    condition: it === 0 ? 14 : it >> 4,
    effects,
    facts: factsOf(effects),
    isBranch: false,
    fresh: 0,
    taken: 0,
    run: () => sequential,
    next: undefined,
    before: undefined,
    cost: 0,
    pairs: false,
    pairedCost: 0,
    stop: false,
    heat: 0,
    region: undefined,
    entry: 0,
  };
  const isBranch = op.facts.branches || kindOf(row.cycles) === "branch";
  return { ...op, isBranch, fresh: freshCost(op, core), taken: takenCost(op, core) };
}

/** Whether the condition holds, as an effect's expression. */
export const conditionOf = (op: Op) => condition(op.condition);
