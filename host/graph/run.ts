// Runs a graph with the reference arithmetic: values in, the values of every tensor out.
// State tensors live in a `State`: `initialState` makes one, each run reads and writes it, nothing else outlives a run.

import { invariant } from "../base/errors.ts";
import { elementCount, isComputable, toValues, zeroValues } from "./dtype.ts";
import type { Graph, Values } from "./graph.ts";
import { graphNodes, operatorDefinition } from "./nodes.ts";

/** Tensor index → the state's present values. */
export type State = Map<number, Values>;

export function initialState(graph: Graph): State {
  const state: State = new Map();
  graph.tensors.forEach((tensor, index) => {
    if (!tensor.state) return;
    state.set(index, toValues(tensor.dtype, tensor.state.slice(), elementCount(tensor.shape)));
  });
  return state;
}

/**
 * One inference. `inputs` are in the graph's order and are not written. Answers every tensor's values by index; those of a
 * tensor no operator computes (a resource handle, an unused tensor) are undefined. State values are the live ones.
 */
export function runReference(
  graph: Graph,
  inputs: readonly Values[],
  state: State = initialState(graph),
  nodes = graphNodes(graph),
): readonly (Values | undefined)[] {
  invariant(inputs.length === graph.inputs.length, `${inputs.length} inputs for ${graph.inputs.length}`);
  const values: (Values | undefined)[] = graph.tensors.map((_, index) => state.get(index) ?? nodes.constant(index));
  graph.inputs.forEach((tensor, i) => {
    values[tensor] = inputs[i];
  });
  for (const operator of graph.operators) {
    const definition = operatorDefinition(operator.kind);
    invariant(definition, `no operator ${operator.kind}`);
    for (const output of operator.outputs) {
      const tensor = graph.tensors[output];
      if (tensor && isComputable(tensor.dtype)) values[output] = zeroValues(tensor);
    }
    definition.reference(nodes.run(operator, values));
  }
  return values;
}
