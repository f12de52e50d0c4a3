// Common subexpressions: a pure value, or a load of what nobody writes (read-only.ts), that a dominating block has computed already is
// that value. Walks the dominator tree with a scoped table. Constants are left alone: they are made where they are needed (select.ts).

import { immediateDominators } from "./dominators.ts";
import type { Block, SsaFunction, Value } from "./ir.ts";
import { replaceAll } from "./ir-build.ts";
import { isPure } from "./pass-dead.ts";
import { type Region, readOnlyLoads } from "./read-only.ts";

export function shareCommon(fn: SsaFunction, { regions }: { readonly regions: readonly Region[] }): void {
  const unchanging = readOnlyLoads(fn, regions);
  const dominators = immediateDominators(fn);
  const children = new Map<Block, Block[]>();
  for (const [block, parent] of dominators)
    if (block !== parent) children.set(parent, [...(children.get(parent) ?? []), block]);
  const replacement = new Map<Value, Value>();
  const resolve = (value: Value): Value => replacement.get(value) ?? value;
  const key = ({ op, imm, symbol, type, args }: Value): string =>
    `${op} ${imm} ${symbol} ${type} ${args.map(resolve).map(nameOf).join(" ")}`;
  const pending: { block: Block; known: Map<string, Value> }[] = [{ block: fn.entry, known: new Map() }];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const { block, known } = at;
    for (const value of block.body) {
      if (!isPure(value) && !unchanging.has(value)) continue;
      if (value.op === "const" || value.op === "param") continue;
      const name = key(value);
      const same = known.get(name);
      if (same && worthSharing(value, same)) replacement.set(value, same);
      else known.set(name, value);
    }
    for (const child of children.get(block) ?? []) pending.push({ block: child, known: new Map(known) });
  }
  replaceAll(fn, replacement);
}

/** Constants by value: each use has its own. */
function nameOf(value: Value): string {
  return value.op === "const" ? `#${value.imm}` : `v${value.id}`;
}

/** A comparison is free where it is used and costs a register where it is kept; so does p + c, which folds into accesses. */
function worthSharing(value: Value, same: Value): boolean {
  if (value.block === same.block) return true;
  if (value.op === "add" && value.args[1]?.op === "const") return false;
  return !["eq", "ne", "ltS", "ltU", "leS", "leU"].includes(value.op);
}
