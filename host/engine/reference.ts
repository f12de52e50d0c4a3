// The engine over the reference arithmetic in TypeScript: slow, plain, and the bits that all others must reproduce.

import { invariant } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { elementCount, graphNodes, initialState, runReference, type State, toBytes, toValues } from "../graph/graph.ts";
import type { Engine, Invocation } from "./engine-types.ts";
import { checkInputs } from "./inputs.ts";

export function referenceEngine(graph: Graph): Engine {
  const nodes = graphNodes(graph);
  let state: State = initialState(graph);

  const invoke = (inputs: readonly Uint8Array[], options: { readonly tensors?: boolean } = {}): Invocation => {
    checkInputs(graph, inputs);
    const values = runReference(
      graph,
      graph.inputs.map((index, i) => {
        const tensor = graph.tensors[index]!;
        return toValues(tensor.dtype, inputs[i]!, elementCount(tensor.shape));
      }),
      state,
      nodes,
    );
    const bytesOf = (index: number): Uint8Array => {
      const found = values[index];
      invariant(found, `tensor ${index} was not computed`);
      return toBytes(graph.tensors[index]!.dtype, found);
    };
    const outputs = graph.outputs.map(bytesOf);
    if (!options.tensors) return { outputs };
    const tensors = new Map<number, Uint8Array>();
    graph.tensors.forEach((tensor, index) => {
      if (tensor.origin !== undefined && values[index]) tensors.set(tensor.origin, bytesOf(index));
    });
    return { outputs, tensors };
  };

  return {
    name: "reference",
    invoke,
    reset: () => {
      state = initialState(graph);
    },
  };
}
