// Making and repairing IR: new values and blocks, replacing uses, removing phis that say nothing.

import { type Block, type SsaFunction, successors, type Type, type Value } from "./ir.ts";

export function emptyFunction(name: string, params: readonly Type[], results: readonly Type[]): SsaFunction {
  const entry: Block = {
    id: 0,
    phis: [],
    body: [],
    end: { kind: "return", values: [] },
    preds: [],
    depth: 0,
    frequency: 1,
  };
  return { name, params, results, entry, blocks: [entry], nextId: 0 };
}

export function newBlock(fn: SsaFunction): Block {
  const block: Block = {
    // blocks may have gone, and with them lower numbers
    id: fn.blocks.reduce((most, { id }) => Math.max(most, id), 0) + 1,
    phis: [],
    body: [],
    end: { kind: "return", values: [] },
    preds: [],
    depth: 0,
    frequency: 1,
  };
  fn.blocks.push(block);
  return block;
}

export type NewValue = Pick<Value, "op" | "args" | "imm" | "type" | "symbol" | "offset">;

export function newValue(fn: SsaFunction, block: Block, fields: NewValue): Value {
  return { id: fn.nextId++, block, ...fields };
}

/** Every operand slot of a block: visit may return a replacement. */
export function rewriteOperands(block: Block, visit: (value: Value) => Value): void {
  for (const value of [...block.phis, ...block.body])
    for (let i = 0; i < value.args.length; i++) value.args[i] = visit(value.args[i]!);
  const { end } = block;
  if (end.kind === "branch") end.condition = visit(end.condition);
  else if (end.kind === "switch") end.index = visit(end.index);
  else if (end.kind === "return") end.values = end.values.map(visit);
}

/** Replaces values everywhere, following chains. */
export function replaceAll(fn: SsaFunction, replacement: ReadonlyMap<Value, Value>): void {
  if (!replacement.size) return;
  const resolve = (value: Value): Value => {
    let to = value;
    for (let next = replacement.get(to); next; next = replacement.get(to)) to = next;
    return to;
  };
  for (const block of fn.blocks) rewriteOperands(block, resolve);
}

/** A phi whose arguments are one value (besides itself) is that value; repeated until nothing changes. */
export function pruneTrivialPhis(fn: SsaFunction): void {
  reorder(fn);
  const replacement = new Map<Value, Value>();
  const resolve = (value: Value): Value => {
    let to = value;
    for (let next = replacement.get(to); next; next = replacement.get(to)) to = next;
    return to;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const { phis } of fn.blocks)
      for (const phi of phis) {
        if (replacement.has(phi)) continue;
        const others = new Set(phi.args.map(resolve).filter((arg) => arg !== phi));
        if (others.size !== 1) continue;
        replacement.set(phi, [...others][0]!);
        changed = true;
      }
  }
  replaceAll(fn, replacement);
  for (const block of fn.blocks) {
    const kept = block.phis.filter((phi) => !replacement.has(phi));
    block.phis.splice(0, block.phis.length, ...kept);
  }
}

/** Reverse postorder from the entry; unreachable blocks go, and with them their edges. */
export function reorder(fn: SsaFunction): void {
  const order: Block[] = [];
  const seen = new Set<Block>();
  const pending: { block: Block; next: number }[] = [{ block: fn.entry, next: 0 }];
  seen.add(fn.entry);
  while (pending.length) {
    const top = pending.at(-1)!;
    const targets = successors(top.block);
    // The last successor first, so that the first one follows its block in the order.
    const target = targets[targets.length - 1 - top.next++];
    if (!target) {
      order.push(top.block);
      pending.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      pending.push({ block: target, next: 0 });
    }
  }
  fn.blocks = order.reverse();
  for (const block of fn.blocks) dropEdges(block, (pred) => seen.has(pred));
}

/** Keeps the incoming edges whose predecessor satisfies `keep`, and the phi arguments with them. */
export function dropEdges(block: Block, keep: (pred: Block) => boolean): void {
  const kept = block.preds.map(keep);
  if (kept.every(Boolean)) return;
  block.preds = block.preds.filter((_, i) => kept[i]);
  for (const phi of block.phis) phi.args = phi.args.filter((_, i) => kept[i]);
}
