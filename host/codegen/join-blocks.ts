// Branches on constants become jumps, and a block that is entered by one jump alone becomes part of the block that jumps: offsets and
// pointers are gathered within a block (pass-simplify.ts). Blocks are in reverse postorder and reachable before and after.

import { type Block, type SsaFunction, successors } from "./ir.ts";
import { dropEdges, pruneTrivialPhis } from "./ir-build.ts";

export function joinBlocks(fn: SsaFunction): void {
  decideBranches(fn);
  const gone = new Set<Block>();
  for (const block of fn.blocks) {
    if (gone.has(block)) continue;
    for (let { end } = block; end.kind === "jump"; end = block.end) {
      const { to } = end;
      if (to === block || to.preds.length !== 1 || to.phis.length) break;
      for (const value of to.body) value.block = block;
      block.body.push(...to.body);
      block.end = to.end;
      for (const next of new Set(successors(to))) next.preds = next.preds.map((pred) => (pred === to ? block : pred));
      gone.add(to);
    }
  }
  fn.blocks = fn.blocks.filter((block) => !gone.has(block));
}

function decideBranches(fn: SsaFunction): void {
  let changed = false;
  for (const block of fn.blocks) {
    const { end } = block;
    if (end.kind !== "branch" || end.condition.op !== "const") continue;
    const [taken, other] = end.condition.imm ? [end.then, end.otherwise] : [end.otherwise, end.then];
    block.end = { kind: "jump", to: taken };
    if (other !== taken) dropEdges(other, (pred) => pred !== block);
    changed = true;
  }
  if (changed) pruneTrivialPhis(fn);
}
