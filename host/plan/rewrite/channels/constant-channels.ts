// Forward: which channels of each tensor have the same value at every position for every input, and which value.
// A channel can be constant where everything it is made of is: no weights, or weights on constant channels only. What its
// value is, and whether it is the same at the borders, is not argued but computed: the operator is cut down to those
// channels and run by its reference arithmetic. (Padding has the zero point's value: a constant that differs from it is
// not constant any more behind a padded window.)

import type { Graph, Operator } from "../../../graph/graph.ts";
import type { Definitions } from "../../lower.ts";
import { channelsOf, type EachRule, type MixRule, ruleOf } from "./rules.ts";
import { type Constants, type CutOperator, runCut } from "./run-cut.ts";

export type { Constants } from "./run-cut.ts";

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

function computed(question: CutOperator): Constants | undefined {
  const { graph, operator, rule } = question;
  const output = graph.tensors[operator.outputs[0]!]!;
  const channels = channelsOf(output);
  const candidates = rule.type === "mix" ? mixCandidates(question, rule) : eachCandidates(question, rule, channels);
  if (candidates.length === 0) return undefined;
  const values = runCut(question, candidates);
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
function mixCandidates({ graph, operator, known }: CutOperator, rule: MixRule): number[] {
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

function eachCandidates({ operator, known }: CutOperator, rule: EachRule, channels: number): number[] {
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return all.filter((output) => {
    const sources = rule.sources(output);
    return (
      sources.length > 0 &&
      sources.every(({ input, channel }) => known.get(operator.inputs[input]!)?.[channel] !== undefined)
    );
  });
}
