// Operators over the last dimension (softmax, log_softmax, l2_normalization, topk_v2) see a tensor as rows.

import { elementCount } from "../dtype.ts";
import type { Shape } from "../graph.ts";

export function rowsOf(shape: Shape): { readonly rows: number; readonly depth: number } {
  const depth = shape.at(-1) ?? 1;
  return { rows: elementCount(shape.slice(0, -1)), depth };
}
