// Operators that arrange others and compute nothing. They exist between reading a file and the Graph, and again when a
// Graph is written; variables.ts says what becomes of them.

import type { Attributes } from "../graph/graph.ts";
import type { Table } from "./flatbuffer.ts";

interface Structural {
  readonly kind: string;
  readonly attributes: (options: Table | undefined) => Attributes;
}

/** By BuiltinOperator code. */
export const structural: ReadonlyMap<number, Structural> = new Map([
  [129, { kind: "call_once", attributes: (options) => ({ subgraph: options?.int32(0, 0) ?? 0 }) }],
  [
    142,
    {
      kind: "var_handle",
      attributes: (options) => ({
        container: options?.string(0, "a variable's container") ?? "",
        variable: options?.string(1, "a variable's name") ?? "",
      }),
    },
  ],
]);
