// A PAD whose only reader slides windows over it joins that operator as explicit padding: the padded tensor is never made.
// Exact where padding means the same to both: the pad writes the zero point, and a convolution takes what lies outside as
// the zero point (pools do not). Only rows and columns may be padded, the quantisation may not change on the way, and
// every window must still touch the input: kernels count on it.

import { type Graph, graphNodes, type Operator } from "../../graph/graph.ts";
import { GraphEditor } from "./editor.ts";
import { sameQuantization } from "./evaluate.ts";
import type { Rewritten } from "./rewrite.ts";

/** [top, bottom, left, right], as graph/window.ts has it. */
type Pad = readonly [top: number, bottom: number, left: number, right: number];

const convolutions: readonly string[] = ["conv_2d", "depthwise_conv_2d"];

export function fusePad(from: Rewritten): Rewritten {
  const editor = new GraphEditor(from);
  for (const [slot, pad] of editor.slots()) {
    const reader = editor.soleReader(pad.outputs[0] ?? -1);
    const outer = padOf(from.graph, pad);
    if (reader === undefined || !outer) continue;
    const convolution = editor.at(reader);
    if (!convolutions.includes(convolution.kind) || convolution.inputs[0] !== pad.outputs[0]) continue;
    const [high, wide] = coveredBy(editor.graph, convolution);
    const inner = ownPad(editor.graph, convolution);
    const sum = outer.map((size, i) => size + inner[i]!);
    if (sum.some((size, i) => size >= (i < 2 ? high : wide))) continue;
    editor.fuse(slot, reader, {
      ...convolution,
      inputs: [pad.inputs[0]!, ...convolution.inputs.slice(1)],
      attributes: { ...convolution.attributes, padding: "explicit", pad: sum },
    });
  }
  return editor.done();
}

function padOf(graph: Graph, operator: Operator): Pad | undefined {
  if (operator.kind !== "pad" && operator.kind !== "padv2") return undefined;
  const [input, output] = [graph.tensors[operator.inputs[0]!]!, graph.tensors[operator.outputs[0]!]!];
  if (input.data || input.state || input.shape.length !== 4 || !sameQuantization(input, output)) return undefined;
  const node = graphNodes(graph).node(operator);
  const zero = input.quantization?.zeroPoints[0] ?? 0;
  if (operator.kind === "padv2") {
    const value = node.constant(2)?.[0];
    if (value === undefined || Number(value) !== zero) return undefined;
  }
  const sizes = node.constant(1);
  if (sizes?.length !== 8) return undefined;
  const [n0, n1, top, bottom, left, right, c0, c1] = Array.from(sizes as Int32Array, Number);
  return n0 === 0 && n1 === 0 && c0 === 0 && c1 === 0 ? [top!, bottom!, left!, right!] : undefined;
}

/** Rows and columns that one window spans. */
function coveredBy({ tensors }: Graph, { attributes, inputs }: Operator): readonly [high: number, wide: number] {
  const { shape } = tensors[inputs[1]!]!;
  const covered = (axis: number, dilation: unknown): number => (shape[axis]! - 1) * Number(dilation ?? 1) + 1;
  return [covered(1, attributes["dilationH"]), covered(2, attributes["dilationW"])];
}

/** Padding the convolution already has; TFLite's SAME puts the odd one after (graph/window.ts). */
function ownPad(graph: Graph, convolution: Operator): Pad {
  const { attributes, inputs, outputs } = convolution;
  if (attributes["padding"] === "explicit") return attributes["pad"] as unknown as Pad;
  if (attributes["padding"] !== "same") return [0, 0, 0, 0];
  const [input, output] = [graph.tensors[inputs[0]!]!, graph.tensors[outputs[0]!]!];
  const [high, wide] = coveredBy(graph, convolution);
  const along = (axis: number, stride: unknown, covered: number): [before: number, after: number] => {
    const reach = (output.shape[axis]! - 1) * Number(stride ?? 1) + covered;
    const total = Math.max(0, reach - input.shape[axis]!);
    return [total >> 1, total - (total >> 1)];
  };
  const { strideH, strideW } = attributes;
  return [...along(1, strideH, high), ...along(2, strideW, wide)];
}
