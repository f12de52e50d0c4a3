// Legal SSA as rules, checked between passes in tests: made by build-ssa, kept by every pass, relied on by select.
//
//   edges       preds are the blocks that name the block as successor, once for each time; the entry has none
//   no critical edges: a block with phis is entered by jumps only (select puts the moves at the end of the predecessor)
//   values      stand in the block that they name; phis have one argument per predecessor
//   order       a definition dominates its uses; of a phi's argument, the end of the predecessor
//   types       arguments are of the type that the operator takes
//
// Constants and addresses may stand nowhere: select makes them where they are used.

import { invariant } from "../base/errors.ts";
import { immediateDominators } from "./dominators.ts";
import { type Block, isLoad, type Op, type SsaFunction, successors, type Value } from "./ir.ts";

export function checkIr(fn: SsaFunction, stage: string): void {
  const reached = reachable(fn);
  const fail = (ok: boolean, words: string): void => invariant(ok, `${fn.name} after ${stage}: ${words}`);
  checkEdges(fn, reached, fail);
  const blocks = fn.blocks.filter((block) => reached.has(block));
  for (const block of blocks)
    for (const value of [...block.phis, ...block.body]) {
      fail(value.block === block, `v${value.id} stands in block ${block.id} and names block ${value.block.id}`);
      checkTypes(value, fail);
    }
  checkOrder(fn, blocks, fail);
}

type Fail = (ok: boolean, words: string) => void;

function reachable(fn: SsaFunction): ReadonlySet<Block> {
  const found = new Set([fn.entry]);
  for (const block of found) for (const next of successors(block)) found.add(next);
  return found;
}

function checkEdges(fn: SsaFunction, reached: ReadonlySet<Block>, fail: Fail): void {
  fail(fn.entry.phis.length === 0, "the entry has phis");
  const incoming = new Map<Block, Block[]>();
  for (const block of reached)
    for (const next of new Set(successors(block))) incoming.set(next, [...(incoming.get(next) ?? []), block]);
  for (const block of reached) {
    const preds = block.preds.filter((pred) => reached.has(pred));
    const expected = incoming.get(block) ?? [];
    fail(
      preds.length === expected.length && expected.every((pred) => preds.includes(pred)),
      `block ${block.id} has predecessors ${preds.map(({ id }) => id)} and is entered from ${expected.map(({ id }) => id)}`,
    );
    for (const phi of block.phis)
      fail(phi.args.length === block.preds.length, `phi v${phi.id} has ${phi.args.length} arguments`);
    if (block.preds.length > 1 || block.phis.length)
      for (const pred of preds) fail(pred.end.kind === "jump", `the edge ${pred.id} → ${block.id} is critical`);
  }
}

function checkOrder(fn: SsaFunction, blocks: readonly Block[], fail: Fail): void {
  const dominator = immediateDominators({ ...fn, blocks: reversePostorder(fn) });
  const position = new Map<Value, number>();
  for (const { phis, body } of blocks) {
    phis.forEach((phi) => void position.set(phi, -1));
    body.forEach((value, i) => void position.set(value, i));
  }
  const dominates = (above: Block, below: Block): boolean => {
    for (let at = below; ; ) {
      if (at === above) return true;
      const up = dominator.get(at);
      if (up === undefined || up === at) return false;
      at = up;
    }
  };
  const check = (value: Value, block: Block, before: number, user: string): void => {
    if (value.op === "const" || value.op === "address") return;
    const at = position.get(value);
    fail(at !== undefined, `${user} uses v${value.id} (${value.op}), which stands nowhere`);
    const ok = value.block === block ? at! < before : dominates(value.block, block);
    fail(ok, `${user} in block ${block.id} uses v${value.id} (${value.op}) before it is defined`);
  };
  for (const block of blocks) {
    for (const phi of block.phis)
      phi.args.forEach((arg, i) => void check(arg, block.preds[i]!, Number.POSITIVE_INFINITY, `phi v${phi.id}`));
    block.body.forEach((value, i) => {
      for (const arg of value.args) check(arg, block, i, `v${value.id} (${value.op})`);
    });
    for (const value of endValues(block)) check(value, block, Number.POSITIVE_INFINITY, "the end");
  }
}

function endValues({ end }: Block): readonly Value[] {
  if (end.kind === "branch") return [end.condition];
  if (end.kind === "switch") return [end.index];
  return end.kind === "return" ? end.values : [];
}

function reversePostorder(fn: SsaFunction): Block[] {
  const order: Block[] = [];
  const seen = new Set<Block>();
  const visit = (block: Block): void => {
    seen.add(block);
    for (const next of successors(block)) if (!seen.has(next)) visit(next);
    order.push(block);
  };
  visit(fn.entry);
  return order.reverse();
}

const floatArguments: ReadonlySet<Op> = new Set<Op>([
  ...(["fadd", "fsub", "fmul", "fdiv", "fsqrt", "fabs", "fneg", "fmin", "fmax", "fcopysign"] as const),
  ...(["ffloor", "fceil", "ftrunc", "fnearest", "feq", "fne", "flt", "fle", "bitsFromF32"] as const),
  ...(["i32FromF32S", "i32FromF32U", "i32FromF32SatS", "i32FromF32SatU"] as const),
]);

function checkTypes(value: Value, fail: Fail): void {
  const { op, args, type } = value;
  const expect = (arg: Value | undefined, wanted: string) =>
    fail(arg?.type === wanted, `v${value.id} (${op}) takes ${arg?.type} where ${wanted} is due`);
  if (op === "phi") for (const arg of args) expect(arg, type);
  else if (floatArguments.has(op)) for (const arg of args) expect(arg, "f32");
  else if (op === "select") {
    expect(args[0], "i32");
    for (const arg of args.slice(1)) expect(arg, type);
  } else if (op === "storeF32") {
    expect(args[0], "i32");
    expect(args[1], "f32");
  } else for (const arg of args) expect(arg, "i32");
  if (op === "loadF32") fail(type === "f32", "loadF32 makes an f32");
  else if (isLoad(op)) fail(type === "i32", `${op} makes an i32`);
}
