// Forward: which channels of each tensor have the same value at every position for every input, and which value.
// A channel can be constant where everything it is made of is: no weights, or weights on constant channels only. What its
// value is, and whether it is the same at the borders, is not argued but computed: the operator is cut down to those
// channels and run by its reference arithmetic. (Padding has the zero point's value: a constant that differs from it is
// not constant any more behind a padded window.)

import {
  elementCount,
  type Graph,
  graphNodes,
  type Operator,
  type Tensor,
  type Values,
  zeroValues,
} from "../../../graph/graph.ts";
import type { Definitions } from "../../lower.ts";
import { evaluate } from "../evaluate.ts";
import { type ChannelRule, channelsOf, type EachRule, type MixRule, ruleOf } from "./rules.ts";
import { sliceConstants, sliceTensor } from "./slice.ts";

/** Per channel the value it always has; undefined where it varies. */
export type Constants = readonly (number | undefined)[];

/** Multiply-accumulates (elements, for operators without) that the whole analysis may spend. */
const workBudget = 30_000_000;

export function constantChannels(graph: Graph, definitions: Definitions): ReadonlyMap<number, Constants> {
  const known = new Map<number, Constants>();
  const work = { left: workBudget };
  for (const operator of graph.operators) {
    const rule = ruleOf(graph, operator);
    if (!rule) continue;
    const found = rule.type === "each" && rule.moves ? moved(graph, operator, rule, known) : undefined;
    const constants = found ?? computed({ graph, operator, rule, known, definitions, work });
    if (constants?.some((value) => value !== undefined)) known.set(operator.outputs[0]!, constants);
  }
  return known;
}

function moved(graph: Graph, operator: Operator, rule: EachRule, known: ReadonlyMap<number, Constants>): Constants {
  return Array.from({ length: channelsOf(graph.tensors[operator.outputs[0]!]!) }, (_, output) => {
    const values = rule.sources(output).map(({ input, channel }) => known.get(operator.inputs[input]!)?.[channel]);
    return values.every((value) => value === values[0]) ? values[0] : undefined;
  });
}

interface Question {
  readonly graph: Graph;
  readonly operator: Operator;
  readonly rule: ChannelRule;
  readonly known: ReadonlyMap<number, Constants>;
  readonly definitions: Definitions;
  readonly work: { left: number };
}

function computed(question: Question): Constants | undefined {
  const { graph, operator, rule } = question;
  const output = graph.tensors[operator.outputs[0]!]!;
  const channels = channelsOf(output);
  const candidates = rule.type === "mix" ? mixCandidates(question, rule) : eachCandidates(question, rule, channels);
  if (candidates.length === 0) return undefined;
  const values = run(question, candidates);
  if (!values) return undefined;
  const found = new Array<number | undefined>(channels).fill(undefined);
  const count = candidates.length;
  candidates.forEach((channel, i) => {
    for (let at = i; at < values.length; at += count) if (values[at] !== values[i]) return;
    found[channel] = values[i];
  });
  return found;
}

/** Rows whose weights on varying channels are all zero. */
function mixCandidates({ graph, operator, known }: Question, rule: MixRule): number[] {
  const input = operator.inputs[0]!;
  const channels = channelsOf(graph.tensors[input]!);
  const constants = known.get(input);
  const candidates: number[] = [];
  for (let row = 0; row < rule.rows; row++) {
    let k = 0;
    while (k < rule.rowLength && (rule.weight(row, k) === 0 || constants?.[k % channels] !== undefined)) k++;
    if (k === rule.rowLength) candidates.push(row);
  }
  return candidates;
}

function eachCandidates({ operator, known }: Question, rule: EachRule, channels: number): number[] {
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return all.filter((output) => {
    const sources = rule.sources(output);
    return (
      sources.length > 0 &&
      sources.every(({ input, channel }) => known.get(operator.inputs[input]!)?.[channel] !== undefined)
    );
  });
}

/** The operator cut to one image and the candidates, on inputs that hold the constants; undefined: too much work. */
function run(question: Question, candidates: readonly number[]): Int8Array | undefined {
  const { graph, operator, rule, known, definitions, work } = question;
  const kept = keptInputs(question, candidates);
  // See MixRule.leastRows: a single channel is computed twice.
  const rows =
    rule.type === "mix" && candidates.length < rule.leastRows ? [candidates[0]!, candidates[0]!] : candidates;
  const tensors: Tensor[] = [...graph.tensors];
  const output = operator.outputs[0]!;
  tensors[output] = { ...tensors[output]!, shape: tensors[output]!.shape.with(-1, rows.length) };
  const inputs = [...operator.inputs];
  for (const [at, tensor] of sliceConstants(graph, operator, rule, { inputs: kept, output: rows }))
    inputs[at] = tensors.push(tensor) - 1;
  const given = new Map<number, Values>();
  kept.forEach((keep, at) => {
    if (!keep) return;
    const tensor = graph.tensors[operator.inputs[at]!]!;
    const cut = sliceTensor(tensor, tensor.shape.length - 1, keep);
    inputs[at] = tensors.push(cut) - 1;
    const constants = known.get(operator.inputs[at]!);
    const values = zeroValues(cut);
    const fill = keep.map((channel) => constants?.[channel] ?? tensor.quantization!.zeroPoints[0]!);
    for (let i = 0; i < values.length; i++) values[i] = fill[i % fill.length]!;
    given.set(inputs[at]!, values);
  });
  const cut = { ...graph, tensors };
  const narrowed = { ...operator, inputs };
  const macs =
    definitions(operator.kind)?.macs?.(graphNodes(cut).node(narrowed)) ?? elementCount(tensors[output]!.shape);
  work.left -= Math.max(macs, elementCount(tensors[output]!.shape));
  if (work.left < 0) return undefined;
  const [values] = evaluate(cut, narrowed, given, definitions);
  return rows.length === candidates.length
    ? (values as Int8Array)
    : (values as Int8Array).filter((_, i) => i % 2 === 0);
}

/** Channels that the candidates read; a window over none of them still needs one to slide over. */
function keptInputs({ graph, operator, rule, known }: Question, candidates: readonly number[]) {
  if (rule.type === "each") {
    const read = operator.inputs.map(() => new Set<number>());
    for (const output of candidates) for (const { input, channel } of rule.sources(output)) read[input]!.add(channel);
    return read.map((set) => (set.size > 0 ? [...set].sort((a, b) => a - b) : undefined));
  }
  const input = operator.inputs[0]!;
  const channels = channelsOf(graph.tensors[input]!);
  const constants = known.get(input);
  const all = Array.from({ length: channels }, (_, channel) => channel);
  const read = all.filter((channel) => constants?.[channel] !== undefined);
  return [read.length > 0 ? read : [0]];
}
