// Loops whose trip count is a constant: run once, they are no loops; small ones are written out whole, hot ones several turns at a
// time, so that counters and pointers fold into constants and offsets.
//
//   H: i = phi 0 i'          H:  v ; i0' = 1 ; jump H1            n turns, n copies: the tests are known
//      v ; i' = i + 1    →   H1: v ; i1' = 2 ; jump E
//      i' < 2 ? H : E
//
//   u copies, u divides n    H:  i = phi 0 i1' ; v ; i0' = i + 1 ; v ; i1' = i + 2 ; i1' < n ? H : E
//
// How often a loop's test is made is found by running its counter (trip-count.ts). Only loops of one back edge and one exit are
// taken; each copy keeps the source positions of the original. Inner loops first, and after each the algebra again, which shows what
// is left of the body.

import type { Block, SsaFunction, Terminator, Value } from "./ir.ts";
import { newBlock, newValue, pruneTrivialPhis, rewriteOperands } from "./ir-build.ts";
import { joinBlocks } from "./join-blocks.ts";
import { findLoops, type Loop, nestLoops } from "./loops.ts";
import { removeDead } from "./pass-dead.ts";
import { simplify } from "./pass-simplify.ts";
import type { Target } from "./target.ts";
import { type Exit, exitOf } from "./trip-count.ts";

export interface UnrollOptions {
  readonly target: Target;
  readonly memory: "absolute" | "sandbox";
  /** size: only what makes the code smaller, loops that run once. */
  readonly favour: "speed" | "size";
}

/** In instructions as estimated before selection. */
interface Budget {
  /** Written out whole wherever they are: what the counter costs pays for it. */
  readonly tiny: number;
  /** Written out whole, or in copies, where the loop is at least this part of the function's work. */
  readonly share: number;
  readonly whole: number;
  readonly part: number;
}

// By cycles and flash of the ten models of test/bench (cycles.json). Beyond, motion and the larger ones get slower again: values
// are spilled; on v6-M, with eight registers, sooner.
const thumb2Budget: Budget = { tiny: 24, share: 0.1, whole: 80, part: 200 };
const thumb1Budget: Budget = { tiny: 24, share: 0.05, whole: 80, part: 130 };
const mostCopies = 4;

export function unrollLoops(fn: SsaFunction, options: UnrollOptions): void {
  const done = new Set<Block>();
  for (;;) {
    const left = findLoops(fn).filter(({ header }) => !done.has(header));
    if (!left.length) return;
    // by size, the largest first: what is inside a loop comes after it
    const innermost = left.filter((loop, i) => !left.slice(i + 1).some(({ header }) => loop.blocks.has(header)));
    nestLoops(fn);
    const work = workOf(fn.blocks);
    let changed = false;
    for (const loop of innermost) {
      done.add(loop.header);
      changed = unrollLoop(fn, loop, work, options) || changed;
    }
    if (!changed) continue;
    pruneTrivialPhis(fn);
    joinBlocks(fn);
    simplify(fn, options.memory === "absolute");
    joinBlocks(fn);
    removeDead(fn);
  }
}

function unrollLoop(fn: SsaFunction, loop: Loop, work: number, { target, favour }: UnrollOptions): boolean {
  const exit = exitOf(loop);
  if (!exit || (favour === "size" && exit.tests > 1)) return false;
  const copies = copiesOf(loop, exit.tests, work, target);
  if (copies) unroll(fn, loop, exit, copies);
  return copies > 0;
}

function sizeOf(blocks: Iterable<Block>): number {
  let size = 0;
  for (const { body, end } of blocks)
    size += body.filter(({ op }) => op !== "const" && op !== "param").length + (end.kind === "jump" ? 0 : 1);
  return size;
}

function workOf(blocks: Iterable<Block>): number {
  let work = 0;
  for (const block of blocks) work += block.frequency * sizeOf([block]);
  return work;
}

/** How many copies of the body are worth their bytes, in a function of so much work; 0: leave the loop alone. */
function copiesOf(loop: Loop, tests: number, work: number, target: Target): number {
  if (tests === 1) return 1;
  const budget = target.thumb2 ? thumb2Budget : thumb1Budget;
  const size = sizeOf(loop.blocks);
  if (2 * size > Math.max(budget.whole, budget.part) || (!target.thumb2 && losesHighSums(loop))) return 0;
  if (tests * size <= budget.tiny) return tests;
  if (workOf(loop.blocks) < budget.share * work) return 0;
  if (tests * size <= budget.whole) return tests;
  // more than header and latch: branches inside cost more than the counter
  if (loop.blocks.size > 2) return 0;
  for (let copies = mostCopies; copies > 1; copies--)
    if (tests % copies === 0 && copies * size <= budget.part) return copies;
  return 0;
}

/**
 * v6-M: a sum in a high register is added to in place (high-adds.ts) as long as it is one addition a turn; of two in a row, the
 * first result needs a register of its own, and two moves.
 */
function losesHighSums({ header, blocks }: Loop): boolean {
  const back = header.preds.findIndex((pred) => blocks.has(pred));
  const live = new Set<Value>(header.phis);
  for (const { phis, body } of blocks)
    for (const { args } of [...phis, ...body])
      for (const arg of args) if (arg.op !== "const" && !blocks.has(arg.block)) live.add(arg);
  const lowRegisters = 8;
  const isSum = (phi: Value): boolean => {
    const { op, args } = phi.args[back]!;
    return op === "add" && args.includes(phi) && args.every((arg) => arg.op !== "const");
  };
  return live.size >= lowRegisters && header.phis.some(isSum);
}

/** What a copy has in place of the original's values and blocks. */
interface Copy {
  readonly values: ReadonlyMap<Value, Value>;
  readonly blocks: ReadonlyMap<Block, Block>;
}

function unroll(fn: SsaFunction, loop: Loop, exit: Exit, copies: number): void {
  const { header, blocks } = loop;
  const back = header.preds.findIndex((pred) => blocks.has(pred));
  const outer = fn.blocks.filter((block) => !blocks.has(block));
  const all: Copy[] = [{ values: new Map(), blocks: new Map([...blocks].map((block) => [block, block])) }];
  while (all.length < copies) all.push(copyOf(fn, loop, back, all.at(-1)!));
  const last = all.at(-1)!;
  const lastValue = (value: Value) => last.values.get(value) ?? value;
  for (const block of outer) rewriteOperands(block, lastValue);
  // all ends before any is set: copies are made from those of the original
  const ends = all.flatMap(({ blocks: own, values }, k) => {
    const next = all[k + 1]?.blocks.get(header) ?? header;
    const to = (block: Block): Block => (block === header ? next : (own.get(block) ?? block));
    return [...own].map(([block, place]): [Block, Terminator] => {
      if (block !== exit.from) return [place, mappedEnd(block.end, values, to)];
      if (k < copies - 1) return [place, { kind: "jump", to: to(exit.inside) }];
      if (copies === exit.tests) return [place, { kind: "jump", to: exit.outside }];
      return [place, mappedEnd(block.end, values, to)];
    });
  });
  for (const [block, end] of ends) block.end = end;
  exit.outside.preds = [last.blocks.get(exit.from)!];
  header.preds[back] = last.blocks.get(header.preds[back]!)!;
  for (const phi of header.phis) phi.args[back] = lastValue(phi.args[back]!);
}

/** One more turn: the header's phis are what the turn before hands on. */
function copyOf(fn: SsaFunction, { header, blocks }: Loop, back: number, before: Copy): Copy {
  const values = new Map<Value, Value>();
  const places = new Map<Block, Block>([...blocks].map((block) => [block, newBlock(fn)]));
  for (const phi of header.phis) values.set(phi, before.values.get(phi.args[back]!) ?? phi.args[back]!);
  for (const [block, place] of places) {
    const copied = (value: Value): Value => {
      const { op, args, imm, type, symbol, offset } = value;
      const copy = newValue(fn, place, { op, args: [...args], imm, type, symbol, offset });
      values.set(value, copy);
      return copy;
    };
    if (block !== header) place.phis.push(...block.phis.map(copied));
    place.body = block.body.map(copied);
    place.preds =
      block === header ? [before.blocks.get(header.preds[back]!)!] : block.preds.map((pred) => places.get(pred)!);
  }
  for (const place of places.values()) rewriteOperands(place, (value) => values.get(value) ?? value);
  return { values, blocks: places };
}

function mappedEnd(end: Terminator, values: ReadonlyMap<Value, Value>, to: (block: Block) => Block): Terminator {
  const value = (of: Value) => values.get(of) ?? of;
  switch (end.kind) {
    case "jump":
      return { kind: "jump", to: to(end.to) };
    case "branch": {
      const [then, otherwise] = [to(end.then), to(end.otherwise)];
      return { ...end, condition: value(end.condition), then, otherwise };
    }
    case "switch":
      return { ...end, index: value(end.index), targets: end.targets.map(to) };
    default:
      return end;
  }
}
