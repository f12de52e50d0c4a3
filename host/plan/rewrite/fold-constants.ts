// An operator whose inputs are all constants makes constants: it is run now, and is gone. Not where that would take
// more flash than it saves work: results are bounded in bytes, and what computes them in multiply-accumulates.

import { byteLength, type Graph, graphNodes, isComputable, type Operator, toBytes } from "../../graph/graph.ts";
import type { Definitions } from "../lower.ts";
import { GraphEditor } from "./editor.ts";
import { evaluate } from "./evaluate.ts";
import type { Rewritten } from "./rewrite.ts";

/** Beyond this a folded result may be no larger than the constants it is made of. */
const freeBytes = 4096;
const maximumBytes = 1 << 20;
const maximumMacs = 1 << 22;

export function foldConstants(from: Rewritten, definitions: Definitions): Rewritten {
  const editor = new GraphEditor(from);
  for (const [slot, operator] of editor.slots()) {
    if (!isFoldable(editor.graph, operator, definitions)) continue;
    const values = evaluate(editor.graph, operator, new Map(), definitions);
    operator.outputs.forEach((output, i) => {
      const tensor = editor.tensors[output]!;
      editor.setTensor(output, { ...tensor, data: toBytes(tensor.dtype, values[i]!) });
    });
    editor.remove(slot);
  }
  return editor.done();
}

function isFoldable(graph: Graph, operator: Operator, definitions: Definitions): boolean {
  const inputs = operator.inputs.filter((tensor) => tensor >= 0).map((tensor) => graph.tensors[tensor]!);
  const outputs = operator.outputs.map((tensor) => graph.tensors[tensor]!);
  if (inputs.length === 0 || outputs.length === 0) return false;
  if (inputs.some(({ data, state }) => !data || state)) return false;
  if ([...inputs, ...outputs].some(({ dtype }) => !isComputable(dtype))) return false;
  if ((definitions(operator.kind)?.macs?.(graphNodes(graph).node(operator)) ?? 0) > maximumMacs) return false;
  const made = outputs.reduce((sum, tensor) => sum + byteLength(tensor), 0);
  const held = inputs.reduce((sum, tensor) => sum + byteLength(tensor), 0);
  return made <= maximumBytes && (made <= freeBytes || made <= held);
}
