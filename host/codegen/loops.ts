// Natural loops from back edges: nesting depth and frequency of every block, and the block before the outermost loop around it.
//
// After specialising, most trip counts are constants: a counter that starts at a constant, steps by one and is compared with
// one. A loop whose count is not known is taken to run ten times.

import { type Block, type SsaFunction, successors, type Value } from "./ir.ts";

export interface Loop {
  readonly header: Block;
  readonly blocks: ReadonlySet<Block>;
}

/** Innermost last for each block; reducible by construction (WASM's loops have one entry). */
export function findLoops(fn: SsaFunction): Loop[] {
  const position = new Map(fn.blocks.map((block, i) => [block, i]));
  const bodies = new Map<Block, Set<Block>>();
  for (const block of fn.blocks)
    for (const header of successors(block)) {
      if (position.get(header)! > position.get(block)!) continue;
      const body = bodies.get(header) ?? new Set([header]);
      bodies.set(header, body);
      const pending = [block];
      for (let at = pending.pop(); at; at = pending.pop()) {
        if (body.has(at)) continue;
        body.add(at);
        pending.push(...at.preds);
      }
    }
  return [...bodies].map(([header, blocks]) => ({ header, blocks })).sort((a, b) => b.blocks.size - a.blocks.size);
}

/** Sets `depth` and `frequency` on every block. */
export function nestLoops(fn: SsaFunction): void {
  for (const block of fn.blocks) {
    block.depth = 0;
    block.frequency = 1;
  }
  for (const loop of findLoops(fn)) {
    const trips = tripCount(loop) ?? 10;
    for (const block of loop.blocks) {
      block.depth++;
      block.frequency *= trips;
    }
  }
}

/** How often the loop's body runs, when a counter says so: phi(constant, phi + constant) tested at an exit. */
function tripCount({ header, blocks }: Loop): number | undefined {
  for (const { end } of blocks) {
    if (end.kind !== "branch" || (blocks.has(end.then) && blocks.has(end.otherwise))) continue;
    const count = countOf(end.condition, header, blocks);
    if (count !== undefined) return Math.max(1, Math.min(count, 1e6));
  }
  return undefined;
}

function countOf(condition: Value, header: Block, blocks: ReadonlySet<Block>): number | undefined {
  const [left, right] = condition.args;
  const isComparison = ["eq", "ne", "ltS", "ltU", "leS", "leU"].includes(condition.op);
  const [tested, limit] =
    isComparison && right?.op === "const"
      ? [left!, right.imm]
      : isComparison && left?.op === "const"
        ? [right!, left.imm]
        : [condition, 0];
  const phi = tested.op === "phi" ? tested : tested.args[0];
  if (phi?.op !== "phi" || phi.block !== header || phi.args.length !== 2) return undefined;
  const start = phi.args[header.preds.findIndex((pred) => !blocks.has(pred))];
  const next = phi.args[header.preds.findIndex((pred) => blocks.has(pred))];
  const step =
    next?.op === "add" && next.args[0] === phi && next.args[1]?.op === "const" ? next.args[1].imm : undefined;
  if (start?.op !== "const" || !step) return undefined;
  const count = (limit - start.imm) / step;
  return count > 0 ? Math.ceil(count) : undefined;
}

/** For blocks inside loops: the block from which the outermost loop around them is entered. */
export function outermostPreheaders(fn: SsaFunction): ReadonlyMap<Block, Block> {
  const found = new Map<Block, Block>();
  for (const { header, blocks } of findLoops(fn)) {
    const entries = header.preds.filter((pred) => !blocks.has(pred));
    for (const block of blocks) if (!found.has(block) && entries.length === 1) found.set(block, entries[0]!);
  }
  return found;
}
