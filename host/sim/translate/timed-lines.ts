// What a run asks of memory that has wait states (memory-timing.ts), as far as it is known when the run is translated: the lines that
// its instructions lie in, and the lines of literals. In: instructions; out: lines.
//
// While all those lines are held, and no other load pushes one out, the run costs no wait at all, and may start closer to a deadline.

import type { Effect, Expr } from "../../isa/isa.ts";
import type { TimedMemory } from "../memory-timing.ts";
import type { Op } from "../op.ts";

export interface TimedLines {
  /** In the order of the fetches. */
  readonly fetched: readonly number[];
  readonly read: readonly number[];
}

export function timedLines(ops: readonly Op[], timing: TimedMemory): TimedLines {
  const { base, bytes, lineBytes } = timing;
  const lineOf = (address: number) => Math.floor((address - base) / lineBytes);
  const isTimed = (address: number) => address >= base && address < base + bytes;
  const fetched = new Set<number>();
  const read = new Set<number>();
  for (const { address, size, effects } of ops) {
    if (isTimed(address)) for (const end of [address, address + size - 1]) fetched.add(lineOf(end));
    for (const expr of loadsIn(effects)) {
      const place = fold(expr, address);
      if (place !== undefined && isTimed(place)) read.add(lineOf(place));
    }
  }
  return { fetched: [...fetched], read: [...read] };
}

/** Addresses of all loads. */
function loadsIn(effects: readonly Effect[]): Expr[] {
  return effects.flatMap((effect) => {
    switch (effect.do) {
      case "let":
      case "set":
        return loadsOf(effect.value);
      case "store":
        return [...loadsOf(effect.value), ...loadsOf(effect.address)];
      case "if":
        return [...loadsOf(effect.when), ...loadsIn(effect.body), ...loadsIn(effect.otherwise)];
      case "branch":
        return loadsOf(effect.target);
      default:
        return [];
    }
  });
}

function loadsOf(expr: Expr): Expr[] {
  if (expr.is === "load") return [expr.address, ...loadsOf(expr.address)];
  return expr.is === "apply" ? expr.args.flatMap(loadsOf) : [];
}

/** An address that depends on nothing but where the instruction is. */
function fold(expr: Expr, address: number): number | undefined {
  if (expr.is === "const") return expr.value;
  if (expr.is === "pc") return address + 4;
  if (expr.is !== "apply" || (expr.op !== "add" && expr.op !== "and")) return undefined;
  const [a, b] = expr.args.map((arg) => fold(arg, address));
  if (a === undefined || b === undefined) return undefined;
  return (expr.op === "add" ? a + b : a & b) >>> 0;
}
