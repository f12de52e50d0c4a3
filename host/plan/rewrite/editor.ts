// A graph being rewritten: operators are replaced, removed or fused, uses of one tensor redirected to another, tensors
// changed in place or appended. Nothing is renumbered; `done` gives the graph with what the rewrites have to remember.

import { invariant } from "../../base/errors.ts";
import type { Graph, Operator, Tensor } from "../../graph/graph.ts";
import type { Channels, Rewritten } from "./rewrite.ts";

export class GraphEditor {
  readonly #from: Rewritten;
  readonly tensors: Tensor[];
  readonly #operators: (Operator | undefined)[];
  readonly #outputs: number[];
  readonly #fused: Map<number, readonly number[]>;
  readonly #sameAs: Map<number, number>;
  readonly #channels: Map<number, Channels>;
  /** Tensor → slots of the operators that read it. */
  readonly #readers = new Map<number, Set<number>>();
  readonly #producer = new Map<number, number>();
  #changed = false;

  constructor(from: Rewritten) {
    this.#from = from;
    this.tensors = [...from.graph.tensors];
    this.#operators = [...from.graph.operators];
    this.#outputs = [...from.graph.outputs];
    this.#fused = new Map(from.fused);
    this.#sameAs = new Map(from.sameAs);
    this.#channels = new Map(from.channels);
    this.#operators.forEach((operator, slot) => {
      if (operator) this.#link(operator, slot);
    });
  }

  /** The tensors as they stand, for looking at one operator; the operators are those it began with. */
  get graph(): Graph {
    return { ...this.#from.graph, tensors: this.tensors };
  }

  /** Slots in execution order; they stay valid while operators come and go. */
  *slots(): Iterable<readonly [slot: number, operator: Operator]> {
    for (let slot = 0; slot < this.#operators.length; slot++) {
      const operator = this.#operators[slot];
      if (operator) yield [slot, operator];
    }
  }

  at(slot: number): Operator {
    const operator = this.#operators[slot];
    invariant(operator, `no operator in slot ${slot}`);
    return operator;
  }

  producer(tensor: number): number | undefined {
    return this.#producer.get(tensor);
  }

  readers(tensor: number): readonly number[] {
    return [...(this.#readers.get(tensor) ?? [])].sort((a, b) => a - b);
  }

  isOutput(tensor: number): boolean {
    return this.#outputs.includes(tensor);
  }

  /** The one operator that reads this tensor, where nothing else does. */
  soleReader(tensor: number): number | undefined {
    const [reader, ...others] = this.readers(tensor);
    return others.length === 0 && !this.isOutput(tensor) ? reader : undefined;
  }

  replace(slot: number, operator: Operator): void {
    this.remove(slot);
    this.#operators[slot] = operator;
    this.#link(operator, slot);
  }

  remove(slot: number): void {
    const old = this.at(slot);
    for (const tensor of old.inputs) this.#readers.get(tensor)?.delete(slot);
    for (const tensor of old.outputs) if (this.#producer.get(tensor) === slot) this.#producer.delete(tensor);
    this.#operators[slot] = undefined;
    this.#changed = true;
  }

  /** `second` reads what `first` makes; `operator` does the work of both in the place of the second. */
  fuse(first: number, second: number, operator: Omit<Operator, "origin">): void {
    const [a, b] = [this.at(first), this.at(second)];
    const both = [...this.#fusedIn(a), ...this.#fusedIn(b)];
    this.#fused.delete(b.origin);
    this.#fused.set(a.origin, both);
    this.remove(first);
    this.replace(second, { ...operator, origin: a.origin });
  }

  /** Every reader of `tensor` reads `same` instead, which has the same bytes. */
  redirect(tensor: number, same: number): void {
    for (const slot of this.readers(tensor)) {
      const operator = this.at(slot);
      this.replace(slot, { ...operator, inputs: operator.inputs.map((input) => (input === tensor ? same : input)) });
    }
    this.#outputs.forEach((output, i) => {
      if (output === tensor) this.#outputs[i] = same;
    });
    this.#sameAs.set(tensor, same);
    this.#changed = true;
  }

  setTensor(index: number, tensor: Tensor): void {
    this.tensors[index] = tensor;
    this.#changed = true;
  }

  addTensor({ origin: _, ...tensor }: Tensor): number {
    this.#changed = true;
    return this.tensors.push(tensor) - 1;
  }

  setChannels(tensor: number, channels: Channels): void {
    this.#channels.set(tensor, channels);
  }

  done(): Rewritten {
    if (!this.#changed) return this.#from;
    const operators = this.#operators.filter((operator) => operator !== undefined);
    const graph = { ...this.#from.graph, tensors: this.tensors, operators, outputs: this.#outputs };
    return { graph, fused: this.#fused, sameAs: this.#sameAs, channels: this.#channels };
  }

  #fusedIn({ origin }: Operator): readonly number[] {
    return this.#fused.get(origin) ?? [origin];
  }

  #link(operator: Operator, slot: number): void {
    for (const tensor of operator.inputs) {
      const readers = this.#readers.get(tensor) ?? new Set();
      this.#readers.set(tensor, readers.add(slot));
    }
    for (const tensor of operator.outputs) this.#producer.set(tensor, slot);
  }
}
