// RELU, RELU6, RELU_N1_TO_1 after an operator that can clamp its output join it as its activation, where scale and zero
// point stay: then clamping once is the same as clamping after clamping. That it is, is tried for every int8 value: the
// reference makes the activation's table, and the clamp that replaces both must agree with it everywhere.

import { integerClamp, type Operator, type Tensor } from "../../graph/graph.ts";
import type { Definitions } from "../lower.ts";
import { GraphEditor } from "./editor.ts";
import { sameQuantization, tabulate } from "./evaluate.ts";
import type { Rewritten } from "./rewrite.ts";

const activations: readonly string[] = ["relu", "relu6", "relu_n1_to_1"];
const clamping: readonly string[] = [
  "conv_2d",
  "depthwise_conv_2d",
  "fully_connected",
  "add",
  "sub",
  "mul",
  "average_pool_2d",
  "max_pool_2d",
];

export function fuseActivation(from: Rewritten, definitions: Definitions): Rewritten {
  const editor = new GraphEditor(from);
  for (const [slot, operator] of editor.slots()) {
    if (!activations.includes(operator.kind)) continue;
    const [input, output] = [operator.inputs[0]!, operator.outputs[0]!];
    const earlier = editor.producer(input);
    if (earlier === undefined || editor.soleReader(input) !== slot) continue;
    const producer = editor.at(earlier);
    const [before, after] = [editor.tensors[input]!, editor.tensors[output]!];
    if (!clamping.includes(producer.kind) || before.dtype !== "int8" || !sameQuantization(before, after)) continue;
    const table = tabulate(editor.graph, operator, definitions);
    const activation = table && clampLike(table, producer, before);
    if (activation === undefined) continue;
    const { attributes } = producer;
    editor.fuse(earlier, slot, { ...producer, outputs: [output], attributes: { ...attributes, activation } });
  }
  return editor.done();
}

/** The activation whose clamp does what the producer's own clamp and then the table do. */
function clampLike(table: Int32Array, { attributes }: Operator, output: Tensor): string | undefined {
  const [ownLow, ownHigh] = integerClamp(attributes["activation"], output);
  return ["none", ...activations].find((activation) => {
    const [low, high] = integerClamp(activation, output);
    return table.every((_, i) => {
      const clamped = Math.min(ownHigh, Math.max(ownLow, i - 128));
      return table[clamped + 128] === Math.min(high, Math.max(low, i - 128));
    });
  });
}
