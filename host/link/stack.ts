// Worst-case stack from the call graph: the deepest path's frames. Recursion has no bound and is an error with its cycle.

import { invariant } from "../base/errors.ts";
import type { FunctionCode } from "../codegen/codegen.ts";
import { error } from "./errors.ts";

export interface StackUse {
  /** Bytes below the entry's own SP, its frame included. */
  readonly bytes: number;
  /** From the entry down the deepest path. */
  readonly path: readonly string[];
}

/** `table`: functions that an indirect call may reach. */
export function stackUse(functions: readonly FunctionCode[], entry: string, table: readonly string[] = []): StackUse {
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const known = new Map<string, StackUse>();
  const visit = (name: string, above: readonly string[]): StackUse => {
    const done = known.get(name);
    if (done) return done;
    if (above.includes(name)) throw error("recursion", { cycle: [...above.slice(above.indexOf(name)), name] });
    const fn = byName.get(name);
    invariant(fn, `stack use of ${name}, which is not among the functions`);
    const callees = fn.calls.flatMap((callee) => (callee === "*" ? table : [callee]));
    const deepest = callees
      .map((callee) => visit(callee, [...above, name]))
      .reduce((a, b) => (b.bytes > a.bytes ? b : a), { bytes: 0, path: [] });
    const use = { bytes: fn.frameBytes + deepest.bytes, path: [name, ...deepest.path] };
    known.set(name, use);
    return use;
  };
  return visit(entry, []);
}

/** What the core pushes on entry: 8 words, 26 with floating point, and a word that aligns (DDI 0403E B1.5.6). */
const entryBytes = (usesFloat: boolean): number => (usesFloat ? 104 : 32) + 4;

/** Main at its deepest, on top of it the deepest handler (all have one priority), on top of that the fault handler. */
export function stackWithHandlers(
  { functions, entry, fault }: { functions: readonly FunctionCode[]; entry: string; fault: string },
  handlers: ReadonlyMap<number, string>,
): StackUse {
  const main = stackUse(functions, entry);
  const deepest = [...handlers.values()]
    .map((name) => stackUse(functions, name))
    .reduce((a, b) => (b.bytes > a.bytes ? b : a), { bytes: 0, path: [] });
  const faults = stackUse(functions, fault);
  const entryFrame = entryBytes(functions.some(({ usesFloat }) => usesFloat));
  const levels = handlers.size ? 2 : 1;
  return {
    bytes: main.bytes + deepest.bytes + faults.bytes + levels * entryFrame,
    path: [...main.path, ...deepest.path, ...faults.path],
  };
}
