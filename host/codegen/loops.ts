// Natural loops from back edges: nesting depth of every block, and the block before the outermost loop around it.

import { type Block, type SsaFunction, successors } from "./ir.ts";

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

/** Sets `depth` on every block. */
export function nestLoops(fn: SsaFunction): void {
  for (const block of fn.blocks) block.depth = 0;
  for (const { blocks } of findLoops(fn)) for (const block of blocks) block.depth++;
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
