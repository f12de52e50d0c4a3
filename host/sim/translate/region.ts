// A region: straight runs of instructions around a hot place, joined by their jumps. A run starts with an empty pipeline (entry
// or branch target) and goes on through labels to the first branch, so that its cycles are a sum known beforehand, the
// same that the interpreter would charge. Runs may overlap; none is entered in its middle.
//
//   run 0 ──► … cmp bne ─┬─► run 0 (taken)          every end is: another run, a computed target, or an exit
//                        └─► run 1 (falls through)

import type { Core } from "../../isa/isa.ts";
import type { Code } from "../code.ts";
import { Fault } from "../faults.ts";
import type { Op } from "../op.ts";
import { sequentialCost } from "../pipeline.ts";
import { foldTarget, isPrintable } from "./printable.ts";

/** What a region leaves behind: where to go on, and what the pipeline last saw. */
export interface Exit {
  readonly address: number;
  readonly it: number;
  readonly previous: Op | undefined;
  readonly paired: boolean;
  /** Out of budget at the start of this run: the region may be entered there again. */
  readonly run?: number;
}

export interface RunStep {
  readonly op: Op;
  readonly cost: number;
  /** Pipeline before it. */
  readonly previous: Op | undefined;
  readonly paired: boolean;
}

export interface Run {
  readonly start: number;
  readonly steps: readonly RunStep[];
  /** Where the interpreter must go on, when the run does not end in a branch. */
  readonly stop?: Exit;
}

export interface Region {
  readonly needsFloat: boolean;
  readonly exits: readonly Exit[];
  /** Runs until an exit; returns its index, or −1: the target is in outcome[2]. */
  readonly run: (run: number, budget: number, now: number) => number;
}

type Relation = ReturnType<typeof sequentialCost>;

const maxRuns = 24;
const maxSteps = 80;
const maxRunSteps = 120;

export function findRuns(entry: number, code: Code, core: Core): readonly Run[] {
  const runs: Run[] = [];
  const queue = [entry];
  const known = new Set(queue);
  let steps = 0;
  while (queue.length > 0 && runs.length < maxRuns && steps < maxSteps) {
    const run = makeRun(queue.shift()!, code, core);
    if (run.steps.length === 0) continue;
    runs.push(run);
    steps += run.steps.length;
    for (const next of successors(run))
      if (!known.has(next)) {
        known.add(next);
        queue.push(next);
      }
  }
  return runs;
}

function makeRun(start: number, code: Code, core: Core): Run {
  const steps: RunStep[] = [];
  let previous: Op | undefined;
  let paired = false;
  let address = start;
  let it = 0;
  while (steps.length < maxRunSteps) {
    const op = opAt(code, address, it);
    if (!op || op.stop || !isPrintable(op.effects)) break;
    const related: Relation | undefined = previous && sequentialCost(op, previous, core);
    const pairs: boolean = related?.pairs === true && !paired;
    const cost = related ? (pairs ? related.pairedCost : related.cost) : op.fresh;
    steps.push({ op, cost, previous, paired });
    paired = pairs;
    if (op.isBranch) return { start, steps };
    previous = op;
    address += op.size;
    it = op.itAfter;
  }
  return { start, steps, stop: { address, it, previous, paired } };
}

function opAt(code: Code, address: number, it: number): Op | undefined {
  try {
    return code.at(address, it);
  } catch (fault) {
    if (fault instanceof Fault) return undefined;
    throw fault;
  }
}

/** Whether everything that a run jumps to, as far as that is known, is one of these runs. */
export function inRegion(runs: readonly Run[]): (run: Run) => boolean {
  const starts = new Set(runs.map(({ start }) => start));
  return (run) => run.stop === undefined && successors(run).every((next) => starts.has(next));
}

/** Addresses where control may go from a run's last instruction: jump target, next instruction, return point of a call. */
function successors({ steps, stop }: Run): number[] {
  if (stop) return [];
  const { op } = steps.at(-1)!;
  const found: number[] = [];
  const target = jumpTarget(op);
  if (target !== undefined) found.push(target >>> 0);
  const isCall = op.row.cycles.startsWith("call");
  const conditional = op.condition !== 14 || op.effects.some((effect) => effect.do === "if");
  if (isCall || conditional) found.push(op.address + op.size);
  return found;
}

function jumpTarget(op: Op): number | undefined {
  for (const effect of op.effects) {
    const branch = effect.do === "if" ? effect.body[0] : effect;
    if (branch?.do === "branch" && branch.kind === "jump") return foldTarget(branch.target, op.address);
  }
  return undefined;
}
