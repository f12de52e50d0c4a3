// Removes what nobody uses: values without an effect that no effect, terminator or live phi needs, phis of dead cycles
// included.

import { hasEffect, isLoad, type SsaFunction, type Value } from "./ir.ts";

export function removeDead(fn: SsaFunction): void {
  const live = new Set<Value>();
  const pending: Value[] = [];
  const mark = (value: Value): void => {
    if (live.has(value)) return;
    live.add(value);
    pending.push(value);
  };
  for (const { body, end } of fn.blocks) {
    // A parameter stays: its register is part of the calling convention. A load in this compiler never traps.
    for (const value of body) if ((hasEffect(value) && value.op !== "highResult") || value.op === "param") mark(value);
    if (end.kind === "branch") mark(end.condition);
    else if (end.kind === "switch") mark(end.index);
    else if (end.kind === "return") end.values.forEach(mark);
  }
  for (let value = pending.pop(); value; value = pending.pop()) value.args.forEach(mark);
  for (const block of fn.blocks) {
    block.body = block.body.filter((value) => live.has(value));
    const phis = block.phis.filter((phi) => live.has(phi));
    block.phis.splice(0, block.phis.length, ...phis);
  }
}

export function isPure(value: Value): boolean {
  return (
    !hasEffect(value) &&
    !isLoad(value.op) &&
    value.op !== "globalGet" &&
    value.op !== "memorySize" &&
    value.op !== "phi"
  );
}
