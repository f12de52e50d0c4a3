// Which loads read what nobody writes: constants of the plan, by the range of their addresses. In: a function after unrolling, the
// regions of the memory map; out: the loads that lie inside one constant object wherever they are executed. Such a load gives the same
// value before a store as after it.
//
//   range       of a value, as an interval: constants, sums, products with constants, bytes, the merge of two ways
//   induction   a phi of a loop's header: its start, and as many steps as the loop has turns (trip-count.ts); a step is how far
//               the value at the loop's end may be from the phi, loops inside included
//
// Everything else is unknown, and then so is the load. Intervals do not wrap: one that leaves 0 … 2^31 is unknown.

import { type Block, isLoad, isStore, type Op, type SsaFunction, type Value, volatile } from "./ir.ts";
import { findLoops } from "./loops.ts";
import { exitOf } from "./trip-count.ts";

/** An object of the memory map: a row of a WasmModule's `regions`. */
export interface Region {
  readonly region: "const" | "state" | "arena";
  readonly address: number;
  readonly bytes: number;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

interface Header {
  readonly blocks: ReadonlySet<Block>;
  readonly back: number;
  /** How often the back edge is taken at most, for each time the loop is entered. */
  readonly turns: () => number;
}

const widths: Partial<Record<Op, number>> = { load8S: 1, load8U: 1, load16S: 2, load16U: 2, load32: 4, loadF32: 4 };
const limit = 2 ** 31;
/** A chain of operators is not followed further. */
const depthLimit = 64;

export function readOnlyLoads(fn: SsaFunction, regions: readonly Region[]): ReadonlySet<Value> {
  const found = new Set<Value>();
  const constants = regions.filter(({ region }) => region === "const");
  if (!constants.length) return found;
  const ranges = new Ranges(fn);
  for (const { body } of fn.blocks)
    for (const load of body) {
      if (!isLoad(load.op) || load.symbol === volatile) continue;
      const range = ranges.of(load.args[0]!);
      if (!range) continue;
      const [first, end] = [range.low + load.imm, range.high + load.imm + widths[load.op]!];
      if (constants.some(({ address, bytes }) => address <= first && end <= address + bytes)) found.add(load);
    }
  return found;
}

/** Where in the WASM module they come from, if every load of that place is one of them (unrolling makes several of one). */
export function placesOf(fn: SsaFunction, loads: ReadonlySet<Value>): ReadonlySet<number> {
  const places = new Set([...loads].map(({ offset }) => offset));
  for (const { body } of fn.blocks)
    for (const value of body)
      if ((isLoad(value.op) || isStore(value.op)) && !loads.has(value)) places.delete(value.offset);
  return places;
}

class Ranges {
  readonly #headers = new Map<Block, Header>();
  readonly #known = new Map<Value, Interval | undefined>();

  constructor(fn: SsaFunction) {
    for (const loop of findLoops(fn)) {
      const { header, blocks } = loop;
      let known: number | undefined;
      const turns = (): number => (known ??= (exitOf(loop)?.tests ?? Number.POSITIVE_INFINITY) - 1);
      this.#headers.set(header, { blocks, back: header.preds.findIndex((pred) => blocks.has(pred)), turns });
    }
  }

  of(value: Value): Interval | undefined {
    if (this.#known.has(value)) return this.#known.get(value);
    // a value that is asked for while it is looked at is part of a cycle that no counter bounds
    this.#known.set(value, undefined);
    const found = inBounds(this.#find(value));
    this.#known.set(value, found);
    return found;
  }

  #find(value: Value): Interval | undefined {
    const { op, args, imm } = value;
    if (value.type !== "i32") return undefined;
    if (op === "const") return { low: imm, high: imm };
    if (op === "load8U") return { low: 0, high: 0xff };
    if (op === "load8S") return { low: -0x80, high: 0x7f };
    if (op === "add") return sum(this.of(args[0]!), this.of(args[1]!));
    if (op === "shl" && args[1]!.op === "const") return times(this.of(args[0]!), 2 ** (args[1]!.imm & 31));
    if (op === "mul" && args[1]!.op === "const") return times(this.of(args[0]!), args[1]!.imm);
    if (op === "select") return union([this.of(args[1]!), this.of(args[2]!)]);
    if (op !== "phi") return undefined;
    const header = this.#headers.get(value.block);
    return header ? this.#induction(value, header) : union(args.map((arg) => this.of(arg)));
  }

  #induction(phi: Value, { back, turns }: Header): Interval | undefined {
    const start = phi.args.length === 2 ? this.of(phi.args[1 - back]!) : undefined;
    if (!start || !Number.isFinite(turns())) return undefined;
    return sum(start, travelled(this.#distance(phi.args[back]!, phi, 0), turns()));
  }

  /** How far `value` may be from `from`, a phi of a loop's header, within one turn of that loop. */
  #distance(value: Value, from: Value, depth: number): Interval | undefined {
    if (value === from) return { low: 0, high: 0 };
    const { op, args, block } = value;
    if (depth > depthLimit || !this.#headers.get(from.block)!.blocks.has(block)) return undefined;
    const distance = (of: Value) => this.#distance(of, from, depth + 1);
    if (op === "select") return union([distance(args[1]!), distance(args[2]!)]);
    if (op === "add") {
      const [a, b] = args as [Value, Value];
      return inBounds(b.op === "const" ? sum(distance(a), this.of(b)) : undefined);
    }
    if (op !== "phi" || block === from.block) return undefined;
    const inner = this.#headers.get(block);
    if (!inner) return union(args.map(distance));
    if (args.length !== 2 || !Number.isFinite(inner.turns())) return undefined;
    const step = this.#distance(args[inner.back]!, value, depth + 1);
    return inBounds(sum(distance(args[1 - inner.back]!), travelled(step, inner.turns())));
  }
}

function sum(a: Interval | undefined, b: Interval | undefined): Interval | undefined {
  return a && b && { low: a.low + b.low, high: a.high + b.high };
}

function times(a: Interval | undefined, factor: number): Interval | undefined {
  return a && { low: Math.min(a.low * factor, a.high * factor), high: Math.max(a.low * factor, a.high * factor) };
}

function union(all: readonly (Interval | undefined)[]): Interval | undefined {
  return all.reduce((a, b) => a && b && { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) });
}

/** After none to all of the turns. */
function travelled(step: Interval | undefined, turns: number): Interval | undefined {
  return step && { low: Math.min(0, step.low * turns), high: Math.max(0, step.high * turns) };
}

function inBounds(range: Interval | undefined): Interval | undefined {
  return range && range.low > -limit && range.high < limit ? range : undefined;
}
