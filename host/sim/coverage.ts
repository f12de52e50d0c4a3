// Which instructions ran, how often: a trace that counts. In: a machine that runs; out: address → executions.

import type { Machine } from "./machine.ts";

export interface Coverage {
  /** Executions by address of the instruction. */
  readonly counts: ReadonlyMap<number, number>;
  /** Ends the counting. */
  readonly end: () => void;
}

export function recordCoverage(machine: Machine): Coverage {
  const counts = new Map<number, number>();
  const end = machine.trace(({ address }) => counts.set(address, (counts.get(address) ?? 0) + 1));
  return { counts, end };
}
