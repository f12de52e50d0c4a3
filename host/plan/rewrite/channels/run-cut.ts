// Runs an operator cut down to a few output channels, on inputs that hold constants: how it is computed what a constant
// channel becomes. Where no window can see a difference between one position and another, one window is enough.

import {
  type Attributes,
  elementCount,
  type Graph,
  graphNodes,
  type Operator,
  type Shape,
  type Tensor,
  type Values,
  zeroValues,
} from "../../../graph/graph.ts";
import type { Definitions } from "../../lower.ts";
import { evaluate } from "../evaluate.ts";
import { type ChannelRule, channelsOf } from "./rules.ts";
import { sliceConstants, sliceTensor } from "./slice.ts";

/** Per channel the value it always has; undefined where it varies. */
export type Constants = readonly (number | undefined)[];

export interface CutOperator {
  readonly graph: Graph;
  readonly operator: Operator;
  readonly rule: ChannelRule;
  readonly known: ReadonlyMap<number, Constants>;
  readonly definitions: Definitions;
  /** What may still be spent. */
  readonly work: { left: number };
}

interface CutInput {
  readonly at: number;
  readonly tensor: Tensor;
  readonly values: readonly number[];
}

/** Values of the output with `candidates` for channels, position by position; undefined: too much work. */
export function runCut(cut: CutOperator, candidates: readonly number[]): Int8Array | undefined {
  const { graph, operator, rule, definitions, work } = cut;
  const kept = keptInputs(cut, candidates);
  // See MixRule.leastRows: a single channel is computed twice.
  const twice = rule.type === "mix" && candidates.length < rule.leastRows;
  const rows = twice ? [candidates[0]!, candidates[0]!] : candidates;
  const tensors: Tensor[] = [...graph.tensors];
  const inputs = [...operator.inputs];
  for (const [at, tensor] of sliceConstants(graph, operator, rule, { inputs: kept, output: rows }))
    inputs[at] = tensors.push(tensor) - 1;
  const computed = kept.flatMap((keep, at) => (keep ? [cutInput(cut, at, keep)] : []));
  const window = uniformWindow(cut, computed, tensors[inputs[1] ?? -1]);

  const output = operator.outputs[0]!;
  const whole = tensors[output]!;
  tensors[output] = { ...whole, shape: window ? [1, 1, 1, rows.length] : whole.shape.with(-1, rows.length) };
  const given = new Map<number, Values>();
  for (const { at, tensor, values } of computed) {
    const small = window ? { ...tensor, shape: window.input } : tensor;
    inputs[at] = tensors.push(small) - 1;
    given.set(inputs[at]!, filled(small, values));
  }
  const narrowed = { ...operator, inputs, attributes: window?.attributes ?? operator.attributes };
  const small = { ...graph, tensors };
  const elements = elementCount(tensors[output]!.shape);
  work.left -= Math.max(elements, definitions(operator.kind)?.macs?.(graphNodes(small).node(narrowed)) ?? 0);
  if (work.left < 0) return undefined;
  const [values] = evaluate(small, narrowed, given, definitions);
  return twice ? (values as Int8Array).filter((_, i) => i % 2 === 0) : (values as Int8Array);
}

function cutInput({ graph, operator, known }: CutOperator, at: number, keep: readonly number[]): CutInput {
  const tensor = graph.tensors[operator.inputs[at]!]!;
  const constants = known.get(operator.inputs[at]!);
  const zero = tensor.quantization!.zeroPoints[0]!;
  const values = keep.map((channel) => constants?.[channel] ?? zero);
  return { at, tensor: sliceTensor(tensor, tensor.shape.length - 1, keep), values };
}

function filled(tensor: Tensor, channels: readonly number[]): Values {
  const values = zeroValues(tensor);
  for (let i = 0; i < values.length; i++) values[i] = channels[i % channels.length]!;
  return values;
}

/**
 * A convolution over constants gives the same at every position when it reads no padding, or all constants equal the zero
 * point: one unpadded window then shows it.
 */
function uniformWindow(
  { operator, rule }: CutOperator,
  [input]: readonly CutInput[],
  weights: Tensor | undefined,
): { readonly input: Shape; readonly attributes: Attributes } | undefined {
  const { kind, attributes } = operator;
  if ((kind !== "conv_2d" && kind !== "depthwise_conv_2d") || !input || !weights) return undefined;
  const zero = input.tensor.quantization!.zeroPoints[0]!;
  if (rule.padded && input.values.some((value) => value !== zero)) return undefined;
  const covered = (axis: number, dilation: unknown): number => (weights.shape[axis]! - 1) * Number(dilation ?? 1) + 1;
  return {
    input: [1, covered(1, attributes["dilationH"]), covered(2, attributes["dilationW"]), input.values.length],
    attributes: { ...attributes, padding: "valid", strideH: 1, strideW: 1 },
  };
}

/** Channels that the candidates read; a window over none of them still needs one to slide over. */
function keptInputs({ graph, operator, rule }: CutOperator, candidates: readonly number[]) {
  if (rule.type === "each") {
    const read = operator.inputs.map(() => new Set<number>());
    for (const output of candidates) for (const { input, channel } of rule.sources(output)) read[input]!.add(channel);
    return read.map((set) => (set.size > 0 ? [...set].sort((a, b) => a - b) : undefined));
  }
  const channels = channelsOf(graph.tensors[operator.inputs[0]!]!);
  const read = new Set<number>();
  for (const row of candidates)
    for (let k = 0; k < rule.rowLength; k++) if (rule.weight(row, k) !== 0) read.add(k % channels);
  return [read.size > 0 ? [...read].sort((a, b) => a - b) : [0]];
}
