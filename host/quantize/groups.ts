// Which tensors share one quantisation. Operators that keep bits (rule "same") join their float operands and outputs; a
// tensor whose quantisation TFLite fixes stays as it is, and what only moves its elements follows it. Where an operator
// with several operands would have to join a fixed one with others, it does not: a QUANTIZE is put before that operand.

import type { Graph, Operator, Quantization } from "../graph/graph.ts";
import type { Range } from "./calibrate.ts";
import { activationQuantization, perTensor } from "./parameters.ts";
import { rules } from "./rules.ts";

/** The quantisation of each float tensor that has a range; weights and biases come later. */
export function quantizations(graph: Graph, ranges: readonly (Range | undefined)[]): (Quantization | undefined)[] {
  const groups = new Groups(ranges);
  for (const operator of graph.operators) {
    const rule = rules.get(operator.kind)!;
    if (rule.rule === "fixed") for (const output of operator.outputs) groups.fix(output, rule);
    if (rule.rule === "same") join(graph, groups, operator);
  }
  return ranges.map((range, tensor) => (range ? groups.quantization(tensor) : undefined));
}

function join({ tensors }: Graph, groups: Groups, { inputs, outputs }: Operator): void {
  const isFloat = (index: number): boolean => tensors[index]?.dtype === "float32";
  const data = inputs.filter(isFloat);
  const [first, ...others] = outputs.filter(isFloat);
  if (first === undefined) return;
  for (const output of others) groups.join(first, output);
  const computed = data.filter((index) => !tensors[index]!.data);
  const alike = new Set(computed.map((index) => groups.fixed(index)?.scales[0])).size === 1;
  for (const index of computed) if (alike || !groups.fixed(index)) groups.join(first, index);
  // A constant is quantised anew for each reader, so it only has to fit.
  for (const index of data) if (tensors[index]!.data) groups.widen(first, index);
}

/** Disjoint sets of tensors: each has a representative, a range and perhaps a fixed quantisation. */
class Groups {
  readonly #parent: number[];
  readonly #range: (Range | undefined)[];
  readonly #fixed = new Map<number, Quantization>();

  constructor(ranges: readonly (Range | undefined)[]) {
    this.#parent = ranges.map((_, index) => index);
    this.#range = [...ranges];
  }

  #find(tensor: number): number {
    let root = tensor;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    this.#parent[tensor] = root;
    return root;
  }

  fix(tensor: number, { scale, zeroPoint }: { readonly scale: number; readonly zeroPoint: number }): void {
    this.#fixed.set(this.#find(tensor), perTensor(scale, zeroPoint));
  }

  fixed(tensor: number): Quantization | undefined {
    return this.#fixed.get(this.#find(tensor));
  }

  /** The range of `tensor` is one more that its group must hold. */
  widen(group: number, tensor: number): void {
    const root = this.#find(group);
    this.#range[root] = union(this.#range[root], this.#range[tensor]);
  }

  /** The group of `a` takes in that of `b`; two that are fixed stay apart. */
  join(a: number, b: number): void {
    const [to, from] = [this.#find(a), this.#find(b)];
    if (to === from || (this.#fixed.has(to) && this.#fixed.has(from))) return;
    this.#parent[from] = to;
    this.#range[to] = union(this.#range[to], this.#range[from]);
    const fixed = this.#fixed.get(from);
    if (fixed) this.#fixed.set(to, fixed);
  }

  quantization(tensor: number): Quantization {
    const root = this.#find(tensor);
    return this.#fixed.get(root) ?? activationQuantization(this.#range[root]!);
  }
}

function union(a: Range | undefined, b: Range | undefined): Range | undefined {
  return a && b ? { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) } : (a ?? b);
}
