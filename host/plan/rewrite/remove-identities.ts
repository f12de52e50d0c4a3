// Operators that change no byte: a requantisation that maps every value to itself, two in a row that undo each other, a
// reshape to the same shape. Readers read the input instead. Two requantisations in a row become one where one rounding
// gives, for every value of the input type, what two give. "Every value" is tried: the reference makes the tables.

import type { Operator, Tensor } from "../../graph/graph.ts";
import type { Definitions } from "../lower.ts";
import { GraphEditor } from "./editor.ts";
import { sameQuantization, sameShape, tabulate } from "./evaluate.ts";
import type { Rewritten } from "./rewrite.ts";

const rescaling: readonly string[] = ["quantize", "requantize"];
const reshaping: readonly string[] = ["reshape", "squeeze", "expand_dims"];

export function removeIdentities(from: Rewritten, definitions: Definitions): Rewritten {
  const editor = new GraphEditor(from);
  for (const [slot, operator] of editor.slots()) {
    const [input = -1, output = -1] = [operator.inputs[0], operator.outputs[0]];
    const [before, after] = [editor.tensors[input], editor.tensors[output]];
    if (!before || !after || before.data || before.state) continue;
    if (rescaling.includes(operator.kind)) shorten(editor, slot, operator, definitions);
    else if (reshaping.includes(operator.kind) && sameShape(before, after) && sameQuantization(before, after)) {
      editor.redirect(output, input);
      editor.remove(slot);
    }
  }
  return editor.done();
}

function shorten(editor: GraphEditor, slot: number, operator: Operator, definitions: Definitions): void {
  const [input, output] = [operator.inputs[0]!, operator.outputs[0]!];
  const table = tabulate(editor.graph, operator, definitions);
  if (!table) return;
  if (isIdentity(editor, table, input, output)) {
    editor.redirect(output, input);
    editor.remove(slot);
    return;
  }
  const earlier = editor.producer(input);
  const first = earlier === undefined ? undefined : editor.at(earlier);
  if (earlier === undefined || !first || !rescaling.includes(first.kind)) return;
  const start = first.inputs[0]!;
  const firstTable = editor.tensors[start]!.data ? undefined : tabulate(editor.graph, first, definitions);
  if (!firstTable) return;
  const least = leastOf(editor.tensors[input]!);
  const both = firstTable.map((value) => table[value - least]!);
  if (isIdentity(editor, both, start, output)) {
    editor.redirect(output, start);
    editor.remove(slot);
    return;
  }
  const [before, between, after] = [start, input, output].map((tensor) => editor.tensors[tensor]!.dtype);
  // Types that neither of the two has side by side may have no kernel.
  if (before !== between && between !== after) return;
  const direct: Operator = { ...operator, inputs: [start] };
  const one = tabulate(editor.graph, direct, definitions);
  if (!one?.every((value, i) => value === both[i])) return;
  if (editor.soleReader(input) === slot) editor.fuse(earlier, slot, direct);
  else editor.replace(slot, direct);
}

function isIdentity(editor: GraphEditor, table: Int32Array, input: number, output: number): boolean {
  const [before, after] = [editor.tensors[input]!, editor.tensors[output]!];
  const least = leastOf(before);
  return sameQuantization(before, after) && table.every((value, i) => value === least + i);
}

function leastOf({ dtype }: Tensor): number {
  return dtype === "int16" ? -32768 : dtype === "uint8" ? 0 : -128;
}
