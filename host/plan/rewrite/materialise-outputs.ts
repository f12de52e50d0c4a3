// A model may name a constant or a state tensor as its output. Outputs are read from RAM, after the last layer, at an
// address of their own: such an output becomes a copy, a reshape to the same shape with a number after the model's last.

import type { Operator, Tensor } from "../../graph/graph.ts";
import type { Rewritten } from "./rewrite.ts";

export function materialiseOutputs(from: Rewritten): Rewritten {
  const { graph } = from;
  const tensors: Tensor[] = [...graph.tensors];
  const operators: Operator[] = [...graph.operators];
  let origin = Math.max(-1, ...operators.map((operator) => operator.origin));
  const copies = new Map<number, number>();
  const outputs = graph.outputs.map((tensor) => {
    const { data, state, origin: _, ...rest } = graph.tensors[tensor]!;
    if (!data && !state) return tensor;
    const known = copies.get(tensor);
    if (known !== undefined) return known;
    const copy = tensors.push({ ...rest, name: `${rest.name} (copy)` }) - 1;
    copies.set(tensor, copy);
    operators.push({
      kind: "reshape",
      inputs: [tensor],
      outputs: [copy],
      attributes: { newShape: rest.shape },
      origin: ++origin,
    });
    return copy;
  });
  return copies.size === 0 ? from : { ...from, graph: { ...graph, tensors, operators, outputs } };
}
