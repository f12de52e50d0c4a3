// Operators whose results nobody reads are removed, last first, so that chains go as a whole. An operator that touches
// state stays, even where its output is unread, unless all it does is read.

import type { Graph, Operator } from "../../graph/graph.ts";
import { GraphEditor } from "./editor.ts";
import type { Rewritten } from "./rewrite.ts";

export function removeDead(from: Rewritten): Rewritten {
  const editor = new GraphEditor(from);
  for (const [slot, operator] of [...editor.slots()].reverse()) {
    const read = operator.outputs.some((tensor) => editor.isOutput(tensor) || editor.readers(tensor).length > 0);
    if (!read && !hasEffect(from.graph, operator)) editor.remove(slot);
  }
  return editor.done();
}

function hasEffect({ tensors }: Graph, { kind, inputs, outputs }: Operator): boolean {
  if (kind === "read_variable") return false;
  return outputs.length === 0 || [...inputs, ...outputs].some((tensor) => tensors[tensor]?.state !== undefined);
}
