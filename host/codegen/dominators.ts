// Immediate dominators over blocks in reverse postorder (Cooper, Harvey and Kennedy 2001).

import type { Block, SsaFunction } from "./ir.ts";

export function immediateDominators(fn: SsaFunction): ReadonlyMap<Block, Block> {
  const position = new Map(fn.blocks.map((block, i) => [block, i]));
  const dominator = new Map<Block, Block>([[fn.entry, fn.entry]]);
  const meet = (a: Block, b: Block): Block => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (position.get(x)! > position.get(y)!) x = dominator.get(x)!;
      while (position.get(y)! > position.get(x)!) y = dominator.get(y)!;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of fn.blocks) {
      if (block === fn.entry) continue;
      const known = block.preds.filter((pred) => dominator.has(pred));
      const found = known.reduce(meet);
      if (dominator.get(block) === found) continue;
      dominator.set(block, found);
      changed = true;
    }
  }
  return dominator;
}
