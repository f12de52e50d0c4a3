// Cycles of an instruction, given the one before it: the core's table (room isa) and its pipeline rules. The interpreter asks
// once per pair of neighbours and keeps the answer; the translator adds the same answers up. After every branch the
// pipeline is empty: "fresh" costs. A conditional instruction whose condition fails takes one cycle.
//
//   loadPairing     load or store right after a load, unless its address needs the result   (DDI 0439D 3.3.2)
//   addressStall    address register written by the data-processing instruction before
//   loadUseStall    result of the load before is used
//   issue 2         two neighbours that do not depend on each other share a cycle (M7, approximation)

import { type Core, type CycleClass, cycleCost } from "../isa/isa.ts";
import type { Op } from "./op.ts";

type Kind = "load" | "store" | "multiple" | "branch" | "it" | "data";

const kinds: Partial<Record<CycleClass, Kind>> = {
  load: "load",
  "load-exclusive": "load",
  "load-pc": "branch",
  "load-double": "multiple",
  "load-multiple": "multiple",
  "load-multiple-pc": "branch",
  store: "store",
  "store-register": "store",
  "store-exclusive": "store",
  "store-double": "multiple",
  "store-multiple": "multiple",
  "fp-load": "multiple",
  "fp-load-double": "multiple",
  "fp-load-multiple": "multiple",
  "fp-store": "multiple",
  "fp-store-double": "multiple",
  "fp-store-multiple": "multiple",
  branch: "branch",
  "branch-if": "branch",
  "branch-zero": "branch",
  "branch-register": "branch",
  call: "branch",
  "call-register": "branch",
  "table-branch": "branch",
  "alu-pc": "branch",
  it: "it",
};

/** Pairs with a load before it like an integer load or store does. */
const pairing = new Set<CycleClass>(["load", "load-exclusive", "store", "store-register", "fp-load", "fp-store"]);
const loads = new Set<CycleClass>([
  "load",
  "load-exclusive",
  "load-double",
  "load-multiple",
  "fp-load",
  "fp-load-double",
  "fp-load-multiple",
]);
const multiplies = new Set<CycleClass>(["mul", "mla", "mul-long", "dsp-mul"]);

export const kindOf = (cycles: CycleClass): Kind => kinds[cycles] ?? "data";

export function freshCost(op: Op, core: Core): number {
  const cost = cycleCost(core, op.row.cycles);
  return cost.cycles + Math.ceil((cost.perRegister ?? 0) * op.facts.accesses);
}

export const takenCost = (op: Op, core: Core): number => cycleCost(core, op.row.cycles).taken ?? 0;

/** Cost after `before`; `pairs`: may issue with it, at `pairedCost`. */
export function sequentialCost(op: Op, before: Op, core: Core) {
  const { pipeline } = core;
  const cycles = op.row.cycles;
  const needsAddress = (op.facts.address & before.facts.writes) !== 0;
  const uses = (op.facts.reads & before.facts.writes) !== 0 || (op.facts.floatReads & before.facts.floatWrites) !== 0;
  let cost = pipeline.foldIT && cycles === "it" && before.size === 2 ? 0 : op.fresh;
  const afterLoad = before.row.cycles === "load" || before.row.cycles === "load-exclusive";
  if (pipeline.loadPairing && afterLoad && pairing.has(cycles) && !needsAddress)
    cost = Math.max(1, cost - pipeline.loadPairing);
  if (kindOf(before.row.cycles) === "data" && needsAddress) cost += pipeline.addressStall;
  if (loads.has(before.row.cycles) && uses) cost += pipeline.loadUseStall;
  const plain = op.condition === 14 && before.condition === 14;
  const pairs = pipeline.issue === 2 && plain && cost === 1 && !uses && canIssueTogether(before, op);
  return { cost, pairs, pairedCost: Math.max(0, cost - 1) };
}

function canIssueTogether(first: Op, second: Op): boolean {
  const memory = (op: Op) => op.facts.accesses > 0;
  if (memory(first) && memory(second)) return false;
  if (multiplies.has(first.row.cycles) && multiplies.has(second.row.cycles)) return false;
  if (first.row.float && second.row.float) return false;
  return kindOf(second.row.cycles) !== "it" && !first.facts.system && !second.facts.system;
}

/**
 * Cycles that a division takes beyond its least: early termination by operand magnitude. The TRM gives the range only (2 to 12,
 * DDI 0439D table 3-1); four quotient bits a cycle is an estimate.
 */
export function divideExtra(n: number, d: number, signed: boolean, least: number, most: number): number {
  const numerator = signed ? Math.abs(n) : n >>> 0;
  const divisor = signed ? Math.abs(d) : d >>> 0;
  if (divisor === 0 || numerator < divisor) return 0;
  const quotientBits = Math.clz32(divisor) - Math.clz32(numerator);
  return Math.max(0, Math.min(most, 3 + ((quotientBits + 4) >> 2)) - least);
}
