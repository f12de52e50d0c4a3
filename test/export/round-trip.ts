// What a Graph must keep through export and import.

import type { Graph } from "../../host/graph/graph.ts";

/** Everything but places in the file; where variables are written back, operators are numbered anew. */
export function essence({ name, tensors, operators, inputs, outputs }: Graph) {
  const first = operators[0]?.origin ?? 0;
  const stateful = operators.some(({ kind }) => kind.endsWith("_variable"));
  return {
    name,
    tensors,
    operators: operators.map(({ place, origin, ...operator }) => ({ ...operator, origin: stateful ? first : origin })),
    inputs,
    outputs,
  };
}
