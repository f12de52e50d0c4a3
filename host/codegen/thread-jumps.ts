// After allocation: blocks that have become empty (their moves coalesced away) and only jump are skipped by those that
// come to them, and dropped.

import type { MachineBlock, MachineEnd, MachineFunction } from "./machine.ts";
import { machineSuccessors } from "./machine.ts";

export function threadJumps(fn: MachineFunction): void {
  const goal = (block: MachineBlock): MachineBlock => {
    const seen = new Set<MachineBlock>();
    let at = block;
    while (at.code.length === 0 && at.end.kind === "jump" && !seen.has(at)) {
      seen.add(at);
      at = at.end.to;
    }
    return at;
  };
  for (const block of fn.blocks) block.end = retarget(block.end, goal);
  const reached = new Set<MachineBlock>();
  const pending = [fn.blocks[0]!];
  for (let block = pending.pop(); block; block = pending.pop()) {
    if (reached.has(block)) continue;
    reached.add(block);
    pending.push(...machineSuccessors(block));
  }
  fn.blocks = fn.blocks.filter((block) => reached.has(block));
  for (const block of fn.blocks) block.preds = [];
  for (const block of fn.blocks) for (const next of machineSuccessors(block)) next.preds.push(block);
}

function retarget(end: MachineEnd, goal: (block: MachineBlock) => MachineBlock): MachineEnd {
  switch (end.kind) {
    case "jump":
      return { ...end, to: goal(end.to) };
    case "branch": {
      const [then, otherwise] = [goal(end.then), goal(end.otherwise)];
      return then === otherwise ? { kind: "jump", to: then } : { ...end, then, otherwise };
    }
    case "switch":
      return { ...end, targets: end.targets.map(goal) };
    default:
      return end;
  }
}
