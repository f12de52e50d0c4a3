// How often a loop makes its test: found by running its counter, whatever that is computed from, as long as it is constants and phis of
// the header. In: a loop; out: its only exit, and how many times it is considered until it is taken (a loop that tests at its end
// runs as often; one that tests at its start, once less).

import { type Block, successors, type Value } from "./ir.ts";
import type { Loop } from "./loops.ts";
import { folded } from "./pass-simplify.ts";

export interface Exit {
  readonly from: Block;
  readonly inside: Block;
  readonly outside: Block;
  readonly tests: number;
}

/** More are not counted: whoever asks has no use for them. */
const mostTests = 1 << 11;
/** A counter's computation is not deeper, and has not more phis. */
const depthLimit = 8;

/** Of a loop with one entry, one back edge and one edge out of it that every turn comes by, if its count is known. */
export function exitOf({ header, blocks }: Loop): Exit | undefined {
  if (header.preds.length !== 2) return undefined;
  const leaving = [...blocks].filter((block) => successors(block).some((next) => !blocks.has(next)));
  const [from] = leaving;
  if (leaving.length !== 1 || from?.end.kind !== "branch") return undefined;
  const back = header.preds.findIndex((pred) => blocks.has(pred));
  if (skips(header, header.preds[back]!, from)) return undefined;
  const { then, otherwise, condition } = from.end;
  const [inside, outside] = blocks.has(then) ? [then, otherwise] : [otherwise, then];
  if (!blocks.has(inside)) return undefined;
  const tests = countTests(condition, header, back, inside === then);
  return tests === undefined ? undefined : { from, inside, outside, tests };
}

/** Whether a way from the header to the back edge goes round `from`: a turn that makes no test is not counted. */
function skips(header: Block, latch: Block, from: Block): boolean {
  const seen = new Set([from]);
  const pending = [latch];
  for (let block = pending.pop(); block; block = pending.pop()) {
    if (seen.has(block)) continue;
    if (block === header) return true;
    seen.add(block);
    pending.push(...block.preds);
  }
  return false;
}

function countTests(condition: Value, header: Block, back: number, staysOnTrue: boolean): number | undefined {
  const counters = countersOf(condition, header, back);
  if (!counters) return undefined;
  const starts = counters.map((phi) => phi.args[1 - back]!);
  if (!starts.every(({ op }) => op === "const")) return undefined;
  const now = new Map(counters.map((phi, i) => [phi, starts[i]!.imm]));
  for (let tests = 1; tests <= mostTests; tests++) {
    if ((evaluate(condition, now) !== 0) !== staysOnTrue) return tests;
    const next = counters.map((phi) => evaluate(phi.args[back]!, now));
    for (const [i, phi] of counters.entries()) now.set(phi, next[i]!);
  }
  return undefined;
}

/** The phis of the header that the value is computed from, in this turn or before, if from nothing but them and constants. */
function countersOf(value: Value, header: Block, back: number): readonly Value[] | undefined {
  const phis = new Set<Value>();
  const visit = (at: Value, depth: number): boolean => {
    if (at.type !== "i32") return false;
    if (at.op === "const" || phis.has(at)) return true;
    if (at.op === "phi") {
      if (at.block !== header) return false;
      phis.add(at);
      return phis.size <= depthLimit && visit(at.args[back]!, 0);
    }
    const isKnown = folded(at.op, new Array<number>(at.args.length).fill(0)) !== undefined;
    return isKnown && depth < depthLimit && at.args.every((arg) => visit(arg, depth + 1));
  };
  return visit(value, 0) ? [...phis] : undefined;
}

function evaluate(value: Value, phis: ReadonlyMap<Value, number>): number {
  if (value.op === "const") return value.imm;
  const known = phis.get(value);
  if (known !== undefined) return known;
  return folded(
    value.op,
    value.args.map((arg) => evaluate(arg, phis)),
  )!;
}
