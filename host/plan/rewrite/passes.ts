// The rewrites in the order they run.

import type { Graph } from "../../graph/graph.ts";
import type { Definitions } from "../lower.ts";
import { materialiseOutputs } from "./materialise-outputs.ts";
import { type Rewritten, unchanged } from "./rewrite.ts";

export interface RewriteOptions {
  readonly rewrite: boolean;
  readonly definitions: Definitions;
}

export function rewriteGraph(graph: Graph, _options: RewriteOptions): Rewritten {
  return materialiseOutputs(unchanged(graph));
}
