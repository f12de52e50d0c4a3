// The order in which operators run. In a chain there is no choice; where a graph branches, the order decides how many
// tensors are alive at once (Liberis & Lane, "Neural networks on microcontrollers: saving memory at inference via operator
// reordering", 2019). A beam search over the sets of operators done so far keeps those of least peak; the model's own
// order stays unless another is better, and operators that touch state keep their order among themselves.

import { byteLength, type Graph } from "../graph/graph.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";

/** Partial orders kept at each length, narrower ones where the wide search would take too long. */
const beamWidths = [24, 4, 1];
/** Steps that one search may try, times the operators of the graph: about 0.1 s. */
const searchBudget = 4_000_000;

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
  /** Alias group → operators that still read it. */
  readonly left: ReadonlyMap<number, number>;
  readonly live: number;
  readonly peak: number;
}

/** A partial order and what comes next; worked out only if it is kept. */
interface Candidate {
  readonly from: Partial;
  readonly next: number;
  readonly done: string;
  readonly live: number;
  readonly peak: number;
}

/** Indices of `layers` in the order to run them. */
export function chooseOrder(graph: Graph, layers: readonly LoweredLayer[]): readonly number[] {
  const own = layers.map((_, i) => i);
  const problem = describe(graph, layers);
  const begin: Partial = {
    order: [],
    done: "0".repeat(layers.length),
    left: problem.uses,
    live: sum([...problem.inputs].map((group) => problem.bytes.get(group) ?? 0)),
    peak: 0,
  };
  if (own.every((index) => index === 0 || problem.before[index]!.includes(index - 1))) return own;
  let ownPeak = 0;
  for (let from = begin; from.order.length < layers.length; ownPeak = from.peak)
    from = grow(problem, look(problem, from, from.order.length));
  for (const width of beamWidths) {
    const found = beamSearch(problem, begin, ownPeak, width);
    if (found !== "too long") return found ?? own;
  }
  return own;
}

/** An order whose peak is below `bound`; undefined where none was found. */
function beamSearch(
  problem: Problem,
  begin: Partial,
  bound: number,
  width: number,
): readonly number[] | undefined | "too long" {
  const count = begin.done.length;
  let work = 0;
  let beam: readonly Partial[] = [begin];
  for (let length = 0; length < count; length++) {
    const candidates = new Map<string, Candidate>();
    for (const from of beam) {
      work += count;
      for (let next = 0; next < count; next++) {
        if (from.done[next] === "1" || problem.before[next]!.some((other) => from.done[other] === "0")) continue;
        if ((work += count) > searchBudget) return "too long";
        const candidate = look(problem, from, next);
        if (candidate.peak >= bound) continue;
        const known = candidates.get(candidate.done);
        if (!known || better(candidate, known) < 0) candidates.set(candidate.done, candidate);
      }
    }
    const kept = [...candidates.values()].sort(better).slice(0, width);
    beam = kept.map((candidate) => grow(problem, candidate));
  }
  return beam[0]?.order;
}

function better(a: Candidate, b: Candidate): number {
  return a.peak - b.peak || a.live - b.live || compareOrders(a.from.order, b.from.order) || a.next - b.next;
}

function compareOrders(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** What is alive while `next` runs after `from`, and after it. */
function look(problem: Problem, from: Partial, next: number): Candidate {
  const dying = problem.reads[next]!.filter((group) => from.left.get(group) === 1);
  const sizes = (groups: readonly number[]): number => sum(groups.map((group) => problem.bytes.get(group)!));
  const covered = dying.filter((group) => problem.overwrites[next]!.includes(group));
  const written = problem.writes[next]!;
  const fresh = sizes(written);
  const saved = Math.min(fresh, Math.max(0, ...covered.map((group) => problem.bytes.get(group)!)));
  const unread = written.filter((group) => !from.left.get(group));
  return {
    from,
    next,
    done: `${from.done.slice(0, next)}1${from.done.slice(next + 1)}`,
    live: from.live + fresh - sizes(dying) - sizes(unread),
    peak: Math.max(from.peak, from.live + fresh - saved + problem.scratch[next]!),
  };
}

function grow({ reads }: Problem, { from, next, done, live, peak }: Candidate): Partial {
  const left = new Map(from.left);
  for (const group of reads[next]!) left.set(group, left.get(group)! - 1);
  return { order: [...from.order, next], done, left, live, peak };
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
