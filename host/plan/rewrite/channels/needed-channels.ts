// Backward: which channels must be computed.
//
// Where an operator works channel by channel, its operands must keep the same ones, so those channels form a class, and a
// class is kept or removed as a whole, through residual branches, concatenations and all. A class is needed when
//   - it holds a channel of a tensor that cannot be cut: an input or output of the model, or of an operator without a rule;
//   - a needed row of weights has a weight on it that cannot be folded into the bias. It can where the channel is
//     constant and adds the same everywhere: its value is the zero point (adds nothing), or no window reads padding.
// Everything else is removed: constants whose effect is folded, and channels that only zero weights read.

import type { Graph, Operator } from "../../../graph/graph.ts";
import type { Constants } from "./constant-channels.ts";
import { type ChannelRule, channelsOf, type MixRule, ruleOf } from "./rules.ts";

/** Channels of all tensors together; beyond it nothing is removed. */
const maximumChannels = 1 << 20;

/** Whether a constant channel's part in a sum of this operator is the same at every position. */
function isFoldable(graph: Graph, tensor: number, rule: MixRule, value: number | undefined): boolean {
  if (value === undefined) return false;
  return !rule.padded || value === graph.tensors[tensor]!.quantization!.zeroPoints[0];
}

/**
 * Tensor → channels to keep, ascending; only tensors that lose some. `multiple`: where channels are removed from a tensor, as many are
 * left as fill groups of this size.
 */
export function neededChannels(
  graph: Graph,
  constants: ReadonlyMap<number, Constants>,
  multiple: number,
): ReadonlyMap<number, readonly number[]> {
  const ruled = graph.operators.map((operator) => ({ operator, rule: ruleOf(graph, operator) }));
  const classes = new ChannelClasses(graph);
  if (classes.size > maximumChannels) return new Map();
  for (const { operator, rule } of ruled) {
    if (rule?.type !== "each") continue;
    const output = operator.outputs[0]!;
    for (let o = 0; o < channelsOf(graph.tensors[output]!); o++)
      for (const { input, channel } of rule.sources(o)) classes.join(output, o, operator.inputs[input]!, channel);
  }
  const search = new NeedSearch(graph, constants, classes);
  for (const { operator, rule } of ruled) if (rule?.type === "mix") search.addRows(operator, rule);
  for (const tensor of wholeTensors(graph, ruled)) search.needAll(tensor);
  const cut = ruled.flatMap(({ operator, rule }) =>
    rule ? [{ tensor: operator.outputs[0]!, least: rule.type === "mix" ? rule.leastRows : 1 }] : [],
  );
  // Rounding up in one tensor can need rows that need more in another: until nothing changes. It only grows.
  while (cut.filter(({ tensor, least }) => search.roundUp(tensor, least, multiple)).length > 0);
  return new Map(
    cut.flatMap(({ tensor }) => {
      const kept = search.kept(tensor);
      return kept.length < channelsOf(graph.tensors[tensor]!) ? [[tensor, kept] as const] : [];
    }),
  );
}

/** Tensors that no rule lets be cut: the model's own, its state, and operands of operators without a rule. */
function wholeTensors(graph: Graph, ruled: readonly { operator: Operator; rule: ChannelRule | undefined }[]): number[] {
  const without = ruled.filter(({ rule }) => !rule);
  const operands = without.flatMap(({ operator }) => [...operator.inputs, ...operator.outputs]);
  const state = graph.tensors.flatMap((tensor, index) => (tensor.state ? [index] : []));
  return [...graph.inputs, ...graph.outputs, ...state, ...operands].filter((tensor) => tensor >= 0);
}

/** Union-find over the channels of all tensors. */
class ChannelClasses {
  readonly #start: number[] = [];
  readonly #parent: Int32Array;
  readonly size: number;

  constructor(graph: Graph) {
    let size = 0;
    for (const tensor of graph.tensors) {
      this.#start.push(size);
      if (!tensor.data) size += channelsOf(tensor);
    }
    this.size = size;
    this.#parent = Int32Array.from({ length: Math.min(size, maximumChannels) }, (_, i) => i);
  }

  of(tensor: number, channel: number): number {
    const parent = this.#parent;
    let at = this.#start[tensor]! + channel;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  }

  join(a: number, i: number, b: number, j: number): void {
    this.#parent[this.of(a, i)] = this.of(b, j);
  }
}

interface Row {
  readonly input: number;
  readonly rule: MixRule;
  readonly row: number;
}

class NeedSearch {
  readonly #graph: Graph;
  readonly #constants: ReadonlyMap<number, Constants>;
  readonly #classes: ChannelClasses;
  readonly #needed: Uint8Array;
  /** Class → rows of weights that compute channels of it. */
  readonly #rows = new Map<number, Row[]>();

  constructor(graph: Graph, constants: ReadonlyMap<number, Constants>, classes: ChannelClasses) {
    this.#graph = graph;
    this.#constants = constants;
    this.#classes = classes;
    this.#needed = new Uint8Array(classes.size);
  }

  addRows(operator: Operator, rule: MixRule): void {
    for (let row = 0; row < rule.rows; row++) {
      const at = this.#classes.of(operator.outputs[0]!, row);
      const rows = this.#rows.get(at) ?? [];
      rows.push({ input: operator.inputs[0]!, rule, row });
      this.#rows.set(at, rows);
    }
  }

  needAll(tensor: number): void {
    const { data } = this.#graph.tensors[tensor]!;
    if (!data) for (let c = 0; c < channelsOf(this.#graph.tensors[tensor]!); c++) this.#need(tensor, c);
  }

  kept(tensor: number): number[] {
    const all = Array.from({ length: channelsOf(this.#graph.tensors[tensor]!) }, (_, channel) => channel);
    return all.filter((channel) => this.#needed[this.#classes.of(tensor, channel)] === 1);
  }

  /** Keeps removable channels too until their number is right; answers whether it had to. */
  roundUp(tensor: number, least: number, multiple: number): boolean {
    const channels = channelsOf(this.#graph.tensors[tensor]!);
    const before = this.kept(tensor).length;
    const wanted = Math.min(channels, Math.max(least, Math.ceil(before / multiple) * multiple));
    for (let c = 0, have = before; c < channels && have < wanted; c++) {
      if (this.#needed[this.#classes.of(tensor, c)] === 1) continue;
      this.#need(tensor, c);
      have = this.kept(tensor).length;
    }
    return before < wanted;
  }

  #need(tensor: number, channel: number): void {
    const waiting = [this.#classes.of(tensor, channel)];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (this.#needed[at] === 1) continue;
      this.#needed[at] = 1;
      for (const row of this.#rows.get(at) ?? []) waiting.push(...this.#readBy(row));
    }
  }

  #readBy({ input, rule, row }: Row): Set<number> {
    const channels = channelsOf(this.#graph.tensors[input]!);
    const constants = this.#constants.get(input);
    const found = new Set<number>();
    for (let k = 0; k < rule.rowLength; k++) {
      const channel = k % channels;
      if (rule.weight(row, k) === 0 || isFoldable(this.#graph, input, rule, constants?.[channel])) continue;
      found.add(this.#classes.of(input, channel));
    }
    return found;
  }
}
