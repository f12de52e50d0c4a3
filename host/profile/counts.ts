// What is counted, and where: five numbers per place, and the places of code, by halfword address.
//
//   cycles ≥ own cost of the instructions      the rest is `stalls`: wait states, pipeline stalls, exception entry and return

import type { Op } from "../sim/sim.ts";

export interface Counts {
  readonly cycles: number;
  readonly instructions: number;
  /** Memory accesses made by instructions: LDM of four registers is four loads. */
  readonly loads: number;
  readonly stores: number;
  /** Cycles beyond the instruction's own cost; not counted where that cost depends on data (divide, square root). */
  readonly stalls: number;
}

export type Tally = { -readonly [K in keyof Counts]: Counts[K] };

export const noCounts = (): Tally => ({ cycles: 0, instructions: 0, loads: 0, stores: 0, stalls: 0 });

export function addCounts(sum: Tally, more: Counts): void {
  sum.cycles += more.cycles;
  sum.instructions += more.instructions;
  sum.loads += more.loads;
  sum.stores += more.stores;
  sum.stalls += more.stalls;
}

const pageShift = 12;
const slots = 1 << (pageShift - 1);

/** Counters of 4 KB of code, one of each for a halfword. */
export class Page {
  readonly cycles = new Float64Array(slots);
  readonly instructions = new Float64Array(slots);
  readonly loads = new Float64Array(slots);
  readonly stores = new Float64Array(slots);
  readonly stalls = new Float64Array(slots);
  /** Symbol number + 1; 0: not looked up yet. */
  readonly symbol = new Int32Array(slots);
  readonly traits: (OpTraits | undefined)[] = new Array(slots).fill(undefined);

  constructor(readonly base: number) {}

  /** Adds `ran` executions that took `cycles` together. */
  add(slot: number, cycles: number, ran: number, traits: OpTraits, accesses: boolean, stalls: number): void {
    this.cycles[slot]! += cycles;
    this.instructions[slot]! += ran;
    this.stalls[slot]! += stalls;
    if (!accesses) return;
    this.loads[slot]! += traits.loads;
    this.stores[slot]! += traits.stores;
  }

  countsOf(slot: number): Counts {
    const { cycles, instructions, loads, stores, stalls } = this;
    return {
      cycles: cycles[slot]!,
      instructions: instructions[slot]!,
      loads: loads[slot]!,
      stores: stores[slot]!,
      stalls: stalls[slot]!,
    };
  }
}

export class Pages {
  readonly #pages = new Map<number, Page>();
  #last: Page = new Page(-1);

  at(address: number): Page {
    const base = (address >>> pageShift) << pageShift;
    if (this.#last.base === base) return this.#last;
    let page = this.#pages.get(base);
    if (!page) this.#pages.set(base, (page = new Page(base)));
    this.#last = page;
    return page;
  }

  /** Every place that took cycles or ran, by address. */
  *used(): Iterable<{ readonly address: number; readonly page: Page; readonly slot: number }> {
    const sorted = [...this.#pages.values()].sort((a, b) => (a.base >>> 0) - (b.base >>> 0));
    for (const page of sorted)
      for (let slot = 0; slot < slots; slot++)
        if (page.cycles[slot] !== 0 || page.instructions[slot] !== 0)
          yield { address: (page.base >>> 0) + 2 * slot, page, slot };
  }
}

export const slotOf = (address: number): number => (address & ((1 << pageShift) - 1)) >>> 1;

/** What the recorder wants to know of an instruction, found once. */
export interface OpTraits {
  readonly op: Op;
  readonly loads: number;
  readonly stores: number;
  readonly kind: "call" | "indirect" | "wait" | "plain";
  readonly ownCostKnown: boolean;
}

const dataDependent = new Set(["div", "fp-div", "fp-sqrt"]);
const indirect = new Set(["branch-register", "load-pc", "load-multiple-pc", "alu-pc"]);

export function traitsOf(op: Op): OpTraits {
  const { cycles } = op.row;
  const stores = op.effects.reduce((sum, effect) => sum + storesIn(effect), 0);
  const kind = cycles.startsWith("call")
    ? "call"
    : indirect.has(cycles) || (cycles === "load" && op.facts.branches)
      ? "indirect"
      : cycles === "wait"
        ? "wait"
        : "plain";
  return { op, loads: op.facts.accesses - stores, stores, kind, ownCostKnown: !dataDependent.has(cycles) };
}

function storesIn(effect: Op["effects"][number]): number {
  if (effect.do === "store" || effect.do === "storeExclusive") return 1;
  if (effect.do !== "if") return 0;
  return [...effect.body, ...effect.otherwise].reduce((sum, inner) => sum + storesIn(inner), 0);
}
