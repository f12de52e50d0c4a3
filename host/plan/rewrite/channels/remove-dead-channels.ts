// Removes channels that are constant for every input, or that nobody reads, and folds what the constants add into the
// bias of whoever sums over them, exactly:
//
//   Σ_c w_c · (x_c − zero)  =  Σ_{c kept} w_c · (x_c − zero)  +  Σ_{c constant} w_c · (value_c − zero)
//                                                             └──────── joins the bias ────────┘
//
// The rule of the issue: a constant may go where it equals the zero point, or its reader reads no padding.
// constant-channels.ts finds them, needed-channels.ts says what must stay, slice.ts cuts the weights.

import { invariant } from "../../../base/errors.ts";
import type { Graph, Operator, Tensor } from "../../../graph/graph.ts";
import type { Definitions } from "../../lower.ts";
import { GraphEditor } from "../editor.ts";
import type { Channels, Rewritten } from "../rewrite.ts";
import { type Constants, constantChannels } from "./constant-channels.ts";
import { neededChannels } from "./needed-channels.ts";
import { type ChannelRule, channelsOf, type MixRule, ruleOf } from "./rules.ts";
import { sliceConstants } from "./slice.ts";

export interface ChannelOptions {
  readonly definitions: Definitions;
  /** Channels left in a tensor that loses some are a multiple of this: kernels read words of several. */
  readonly multiple: number;
}

export function removeDeadChannels(from: Rewritten, { definitions, multiple }: ChannelOptions): Rewritten {
  const { graph } = from;
  const constants = constantChannels(graph, definitions);
  const kept = neededChannels(graph, constants, multiple);
  if (kept.size === 0) return from;
  const editor = new GraphEditor(from);
  for (const [slot, operator] of editor.slots()) {
    const rule = ruleOf(graph, operator);
    if (!rule || ![...operator.inputs, ...operator.outputs].some((tensor) => kept.has(tensor))) continue;
    if (!cutOperator(editor, slot, operator, { graph, rule, constants, kept })) return from;
  }
  for (const [tensor, channels] of kept) {
    const whole = graph.tensors[tensor]!;
    editor.setTensor(tensor, { ...whole, shape: whole.shape.with(-1, channels.length) });
    const found = recoverable(channelsOf(whole), channels, constants.get(tensor));
    if (found) editor.setChannels(tensor, found);
  }
  return editor.done();
}

interface Cut {
  readonly graph: Graph;
  readonly rule: ChannelRule;
  readonly constants: ReadonlyMap<number, Constants>;
  readonly kept: ReadonlyMap<number, readonly number[]>;
}

/** Answers false where a folded bias would leave int32: kernels may count on sums that do not wrap. */
function cutOperator(editor: GraphEditor, slot: number, operator: Operator, cut: Cut): boolean {
  const { graph, rule, kept } = cut;
  const output = operator.outputs[0]!;
  const keptOf = (tensor: number): readonly number[] => kept.get(tensor) ?? everyChannel(graph.tensors[tensor]!);
  const inputs = operator.inputs.map((tensor) =>
    tensor < 0 || graph.tensors[tensor]!.data ? undefined : keptOf(tensor),
  );
  const replaced = [...operator.inputs];
  const rows = keptOf(output);
  for (const [at, tensor] of sliceConstants(graph, operator, rule, { inputs, output: rows }))
    replaced[at] = editor.addTensor(tensor);
  if (rule.type === "mix") {
    const added = foldedBias(cut, operator.inputs[0]!, rule, rows);
    if (added.some((sum) => sum !== 0)) {
      const bias = withBias(editor.tensors[replaced[2] ?? -1], added);
      if (!bias) return false;
      replaced[2] = editor.addTensor(bias);
    }
  }
  const shape = [...graph.tensors[output]!.shape.slice(0, -1), rows.length];
  const reshaped = operator.kind === "reshape" ? { inputs: replaced.slice(0, 1), newShape: shape } : undefined;
  editor.replace(slot, {
    ...operator,
    inputs: reshaped?.inputs ?? replaced,
    attributes: reshaped ? { ...operator.attributes, newShape: reshaped.newShape } : operator.attributes,
  });
  return true;
}

function everyChannel(tensor: Tensor): readonly number[] {
  return Array.from({ length: channelsOf(tensor) }, (_, channel) => channel);
}

/** Per kept row, what the removed channels add. */
function foldedBias({ graph, constants, kept }: Cut, input: number, rule: MixRule, rows: readonly number[]): number[] {
  const channels = channelsOf(graph.tensors[input]!);
  const left = new Set(kept.get(input) ?? everyChannel(graph.tensors[input]!));
  const zero = graph.tensors[input]!.quantization!.zeroPoints[0]!;
  return rows.map((row) => {
    let sum = 0;
    for (let k = 0; k < rule.rowLength; k++) {
      const weight = rule.weight(row, k);
      if (weight === 0 || left.has(k % channels)) continue;
      const value = constants.get(input)?.[k % channels];
      invariant(value !== undefined, "a channel that varies is read and was removed");
      sum += weight * (value - zero);
    }
    return sum;
  });
}

function withBias(bias: Tensor | undefined, added: readonly number[]): Tensor | undefined {
  const data = new Uint8Array(added.length * 4);
  const view = new DataView(data.buffer);
  const old = bias?.data && new DataView(bias.data.buffer, bias.data.byteOffset, bias.data.length);
  for (const [i, sum] of added.entries()) {
    const total = (old?.getInt32(4 * i, true) ?? 0) + sum;
    if (total !== (total | 0)) return undefined;
    view.setInt32(4 * i, total, true);
  }
  return bias ? { ...bias, data } : { name: "folded bias", dtype: "int32", shape: [added.length], data };
}

/** The original tensor from the cut one: every channel that is gone has a known value, or it cannot be had. */
function recoverable(channels: number, map: readonly number[], constants: Constants | undefined): Channels | undefined {
  const left = new Set(map);
  const fill = Array.from({ length: channels }, (_, channel) => (left.has(channel) ? 0 : constants?.[channel]));
  return fill.every((value) => value !== undefined) ? { map, fill } : undefined;
}
