// State tensors that READ_VARIABLE and ASSIGN_VARIABLE use are written as resource variables: a handle tensor by the same
// number, and a second subgraph that assigns the initial values once. (State of an LSTM is a plain variable tensor.)
//
//   subgraph 1   tensors: handle, value, handle, value …     operators: VAR_HANDLE, ASSIGN_VARIABLE for each

import type { Graph, Tensor } from "../graph/graph.ts";
import type { FlatTable } from "./flatbuffer.ts";
import { type Codes, call } from "./operators.ts";

export interface Variable {
  readonly name: string;
  /** Index of the state tensor, and of the handle that takes its place. */
  readonly tensor: number;
  readonly handle: Tensor;
  readonly value: Tensor;
}

/** In the order of first use. */
export function variablesOf(graph: Graph): readonly Variable[] {
  const found = new Map<number, Variable>();
  for (const { kind, inputs } of graph.operators) {
    const index = inputs[0] ?? -1;
    const tensor = graph.tensors[index];
    if (!kind.endsWith("_variable") || !tensor?.state || found.has(index)) continue;
    const { name, state, ...rest } = tensor;
    // Names in a file may repeat; the index does not.
    const variable = `${name}_${index}`;
    found.set(index, {
      name: variable,
      tensor: index,
      handle: { name, dtype: "resource", shape: [] },
      value: { ...rest, name: `${variable}/initial`, data: state },
    });
  }
  return [...found.values()];
}

export function variableInitialiser(
  name: string,
  variables: readonly Variable[],
  codes: Codes,
): { readonly graph: Graph; readonly operators: readonly FlatTable[] } {
  return {
    graph: {
      name: `${name}_initialise`,
      tensors: variables.flatMap(({ handle, value }) => [handle, value]),
      operators: [],
      inputs: [],
      outputs: [],
    },
    operators: variables.flatMap((variable, i) => [
      call.handle(codes, variable.name, 2 * i),
      call.assign(codes, 2 * i, 2 * i + 1),
    ]),
  };
}
