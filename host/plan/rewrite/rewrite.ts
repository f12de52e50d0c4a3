// Graph → Graph rewrites that run before lowering. Each is one file here, and exact: every output keeps its bits.
//
// Tensors keep their index (a rewrite changes a tensor in place or appends one; what nothing reads any more stays in the
// list, without a place in memory), so a tensor of the original model is found under its own number. What a rewrite
// changes beyond the graph is kept beside it: which operators were fused, which channels of a tensor are left.

import type { Graph } from "../../graph/graph.ts";

export interface Channels {
  /** Channel `map[i]` of the original tensor is channel i of the planned one. */
  readonly map: readonly number[];
  /** Per original channel: the value it always has; read where `map` has no entry. */
  readonly fill: readonly number[];
}

export interface Rewritten {
  readonly graph: Graph;
  /** Origin of the operator that is left → original operators it computes, in order; absent: itself alone. */
  readonly fused: ReadonlyMap<number, readonly number[]>;
  /** Tensors that are computed with fewer channels than the original. */
  readonly channels: ReadonlyMap<number, Channels>;
  /** Original tensor → the tensor that has the same bytes (an operator without effect was removed). */
  readonly sameAs: ReadonlyMap<number, number>;
}

export type Rewrite = (from: Rewritten) => Rewritten;

/** The graph as it is, nothing rewritten. */
export function unchanged(graph: Graph): Rewritten {
  return { graph, fused: new Map(), channels: new Map(), sameAs: new Map() };
}
