// The order in which operators run. In a chain there is no choice; where a graph branches, the order decides how many
// tensors are alive at once (Liberis & Lane, "Neural networks on microcontrollers: saving memory at inference via operator
// reordering", 2019). A beam search over the sets of operators done so far keeps those of least peak; the model's own
// order stays unless another is better, and operators that touch state keep their order among themselves.

import { byteLength, type Graph } from "../graph/graph.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";

const beamWidth = 24;
/** Larger graphs keep their order: the search copies counts per step. */
const maximumOperators = 400;

interface Problem {
  readonly before: readonly (readonly number[])[];
  /** Alias groups read by each operator, each once. */
  readonly reads: readonly (readonly number[])[];
  readonly writes: readonly (readonly number[])[];
  /** Groups an operator may write over. */
  readonly overwrites: readonly (readonly number[])[];
  readonly scratch: readonly number[];
  readonly bytes: ReadonlyMap<number, number>;
  readonly uses: ReadonlyMap<number, number>;
  readonly inputs: ReadonlySet<number>;
}

interface Partial {
  readonly order: readonly number[];
  /** A character per operator, "1" where it has run. */
  readonly done: string;
  readonly left: ReadonlyMap<number, number>;
  readonly live: number;
  readonly peak: number;
}

/** Indices of `layers` in the order to run them. */
export function chooseOrder(graph: Graph, layers: readonly LoweredLayer[]): readonly number[] {
  const own = layers.map((_, i) => i);
  if (layers.length > maximumOperators) return own;
  const problem = describe(graph, layers);
  const begin: Partial = {
    order: [],
    done: "0".repeat(layers.length),
    left: problem.uses,
    live: sum([...problem.inputs].map((group) => problem.bytes.get(group) ?? 0)),
    peak: 0,
  };
  let ownPartial = begin;
  for (const next of own) ownPartial = step(problem, ownPartial, next);
  let beam: readonly Partial[] = [begin];
  for (let count = 0; count < layers.length; count++) {
    const candidates = new Map<string, Partial>();
    for (const partial of beam) {
      for (const next of own) {
        if (partial.done[next] === "1" || problem.before[next]!.some((other) => partial.done[other] === "0")) continue;
        const grown = step(problem, partial, next);
        if (grown.peak >= ownPartial.peak) continue;
        const known = candidates.get(grown.done);
        if (!known || better(grown, known) < 0) candidates.set(grown.done, grown);
      }
    }
    beam = [...candidates.values()].sort(better).slice(0, beamWidth);
  }
  return beam[0]?.order ?? own;
}

function better(a: Partial, b: Partial): number {
  return a.peak - b.peak || a.live - b.live || compareOrders(a.order, b.order);
}

function compareOrders(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function step(problem: Problem, { order, done, left, live, peak }: Partial, next: number): Partial {
  const remaining = new Map(left);
  let freed = 0;
  let covered = 0;
  for (const group of problem.reads[next]!) {
    const uses = remaining.get(group)! - 1;
    remaining.set(group, uses);
    if (uses > 0) continue;
    const bytes = problem.bytes.get(group)!;
    freed += bytes;
    if (problem.overwrites[next]!.includes(group)) covered = Math.max(covered, bytes);
  }
  const written = problem.writes[next]!;
  const fresh = sum(written.map((group) => problem.bytes.get(group)!));
  const unread = sum(written.filter((group) => !remaining.get(group)).map((group) => problem.bytes.get(group)!));
  const during = live + fresh - Math.min(covered, fresh) + problem.scratch[next]!;
  return {
    order: [...order, next],
    done: `${done.slice(0, next)}1${done.slice(next + 1)}`,
    left: remaining,
    live: live + fresh - freed - unread,
    peak: Math.max(peak, during),
  };
}

function describe(graph: Graph, layers: readonly LoweredLayer[]): Problem {
  const rootOf = new Map<number, number>();
  const root = (tensor: number): number => rootOf.get(tensor) ?? tensor;
  for (const { alias, operator } of layers) if (alias) rootOf.set(operator.outputs[0]!, root(operator.inputs[0]!));
  const groups = (tensors: readonly number[]): number[] => [
    ...new Set(tensors.filter((t) => t >= 0 && regionOf(graph, t) === "arena").map(root)),
  ];
  const reads = layers.map(({ operator }) => groups(operator.inputs));
  const writes = layers.map(({ operator, alias }) => (alias ? [] : groups(operator.outputs)));
  const overwrites = layers.map(({ operator, inPlace = [] }) =>
    groups(inPlace.map(({ input }) => operator.inputs[input] ?? -1)),
  );
  const inputs = new Set(groups(graph.inputs));
  const bytes = new Map<number, number>();
  const uses = new Map<number, number>();
  for (const group of [...inputs, ...writes.flat()]) bytes.set(group, byteLength(graph.tensors[group]!));
  for (const group of reads.flat()) uses.set(group, (uses.get(group) ?? 0) + 1);
  // Outputs are never freed.
  for (const group of groups(graph.outputs)) uses.set(group, (uses.get(group) ?? 0) + 1);
  return {
    before: dependencies(graph, layers),
    reads,
    writes,
    overwrites,
    scratch: layers.map(({ scratchBytes = 0 }) => scratchBytes),
    bytes,
    uses,
    inputs,
  };
}

function dependencies(graph: Graph, layers: readonly LoweredLayer[]): number[][] {
  const producer = new Map<number, number>();
  let lastEffect = -1;
  return layers.map(({ operator }, index) => {
    const before = operator.inputs.flatMap((tensor) => producer.get(tensor) ?? []);
    const tensors = [...operator.inputs, ...operator.outputs].filter((tensor) => tensor >= 0);
    if (operator.outputs.length === 0 || tensors.some((tensor) => regionOf(graph, tensor) === "state")) {
      if (lastEffect >= 0) before.push(lastEffect);
      lastEffect = index;
    }
    for (const tensor of operator.outputs) producer.set(tensor, index);
    return before;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
