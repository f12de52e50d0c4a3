// Which tensors share memory, and how long each block of memory is needed.
//
//   step   -1        0 … n-1              n
//          inputs    layer k runs         outputs are read
//          written
//
// A block is alive from the step that first writes it to the last that reads it, both included. Tensors share a block when
// one is an alias of the other (reshape), or when a layer writes its output over an input that dies there (in place).
// Scratch is a block alive during its layer only.

import { byteLength, type Graph } from "../graph/graph.ts";
import type { Block } from "./arena.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";

export interface Storage {
  readonly blocks: readonly Block[];
  /** Tensor → its block; absent for tensors outside the arena. */
  readonly blockOf: ReadonlyMap<number, number>;
  /** Layer → the block of its scratch. */
  readonly scratchOf: ReadonlyMap<number, number>;
  /** Tensor → steps between which its own bytes are valid. */
  readonly lifetime: ReadonlyMap<number, Lifetime>;
}

interface Lifetime {
  readonly first: number;
  readonly last: number;
}

export interface StorageOptions {
  readonly inPlace: boolean;
  readonly align: number;
}

/** Scratch is aligned for any kernel (graph/operator.ts). */
const scratchAlign = 16;

export function assignStorage(graph: Graph, layers: readonly LoweredLayer[], options: StorageOptions): Storage {
  const lifetime = lifetimes(graph, layers);
  const groups = new Groups(lifetime);
  for (const { alias, operator } of layers) if (alias) groups.join(operator.outputs[0]!, operator.inputs[0]!);
  if (options.inPlace) for (const [step, layer] of layers.entries()) joinInPlace(graph, groups, layer, step);

  const blocks: Block[] = [];
  const blockAt = new Map<number, number>();
  const blockOf = new Map<number, number>();
  for (const tensor of lifetime.keys()) {
    const root = groups.root(tensor);
    const known = blockAt.get(root);
    const at = known ?? blocks.length;
    blockOf.set(tensor, at);
    blockAt.set(root, at);
    const bytes = Math.max(byteLength(graph.tensors[tensor]!), blocks[at]?.bytes ?? 0);
    blocks[at] = { bytes, align: options.align, ...groups.lifetime(root) };
  }
  const scratchOf = new Map<number, number>();
  layers.forEach(({ scratchBytes = 0 }, step) => {
    if (scratchBytes === 0) return;
    scratchOf.set(step, blocks.length);
    blocks.push({ bytes: scratchBytes, align: scratchAlign, first: step, last: step });
  });
  return { blocks, blockOf, scratchOf, lifetime };
}

/** Of every tensor in the arena. An output that nothing reads is still written: it lives during its layer. */
function lifetimes(graph: Graph, layers: readonly LoweredLayer[]): Map<number, Lifetime> {
  const found = new Map<number, Lifetime>();
  const touch = (tensor: number, step: number): void => {
    if (tensor < 0 || regionOf(graph, tensor) !== "arena") return;
    const { first = step, last = step } = found.get(tensor) ?? {};
    found.set(tensor, { first: Math.min(first, step), last: Math.max(last, step) });
  };
  for (const tensor of graph.inputs) touch(tensor, -1);
  layers.forEach(({ operator }, step) => {
    for (const tensor of operator.inputs) touch(tensor, step);
    for (const tensor of operator.outputs) touch(tensor, step);
  });
  for (const tensor of graph.outputs) touch(tensor, layers.length);
  return found;
}

/** Sets of tensors that share memory (union-find), with the time each set is alive. */
class Groups {
  readonly #parent = new Map<number, number>();
  readonly #lifetime: Map<number, Lifetime>;

  constructor(lifetime: ReadonlyMap<number, Lifetime>) {
    this.#lifetime = new Map(lifetime);
  }

  root(tensor: number): number {
    let at = tensor;
    for (let up = this.#parent.get(at); up !== undefined; up = this.#parent.get(at)) at = up;
    return at;
  }

  lifetime(root: number): Lifetime {
    return this.#lifetime.get(root)!;
  }

  join(tensor: number, to: number): void {
    const [a, b] = [this.root(tensor), this.root(to)];
    if (a === b) return;
    const [x, y] = [this.lifetime(a), this.lifetime(b)];
    this.#parent.set(a, b);
    this.#lifetime.set(b, { first: Math.min(x.first, y.first), last: Math.max(x.last, y.last) });
  }
}

/**
 * Output over input, where the input's whole block dies at this layer and no other operand of the layer lies in it. Each
 * output and each input takes part in at most one pair.
 */
function joinInPlace(graph: Graph, groups: Groups, { operator, inPlace = [] }: LoweredLayer, step: number): void {
  const arena = (tensor: number | undefined): tensor is number =>
    tensor !== undefined && tensor >= 0 && regionOf(graph, tensor) === "arena";
  const taken = new Set<number>();
  for (const { input, output } of inPlace) {
    const [from, to] = [operator.inputs[input], operator.outputs[output]];
    if (!arena(from) || !arena(to) || taken.has(groups.root(from)) || taken.has(groups.root(to))) continue;
    if (byteLength(graph.tensors[from]!) !== byteLength(graph.tensors[to]!)) continue;
    const block = groups.root(from);
    if (groups.lifetime(block).last !== step || groups.lifetime(groups.root(to)).first !== step) continue;
    const safe = operator.inputs.every(
      (other, i) =>
        i === input ||
        !arena(other) ||
        groups.root(other) !== block ||
        inPlace.some((pair) => pair.input === i && pair.output === output),
    );
    if (!safe) continue;
    groups.join(to, from);
    taken.add(groups.root(to));
  }
}
