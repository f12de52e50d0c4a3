// Runs one operator with its reference arithmetic while the plan is made: what a rewrite claims about values is computed
// by the arithmetic that defines them, never by a second formula.

import { invariant } from "../../base/errors.ts";
import {
  type Graph,
  graphNodes,
  integerRange,
  type Operator,
  type Tensor,
  type Values,
  zeroValues,
} from "../../graph/graph.ts";
import type { Definitions } from "../lower.ts";

/** Values of the outputs; `given` are the values of the inputs that are not constants. */
export function evaluate(
  graph: Graph,
  operator: Operator,
  given: ReadonlyMap<number, Values>,
  definitions: Definitions,
): readonly Values[] {
  const definition = definitions(operator.kind);
  invariant(definition, `no operator ${operator.kind}`);
  const nodes = graphNodes(graph);
  const values: (Values | undefined)[] = [];
  for (const tensor of operator.inputs) if (tensor >= 0) values[tensor] = given.get(tensor) ?? nodes.constant(tensor);
  for (const tensor of operator.outputs) values[tensor] = zeroValues(graph.tensors[tensor]!);
  definition.reference(nodes.run(operator, values));
  return operator.outputs.map((tensor) => values[tensor]!);
}

/**
 * A unary integer operator as a table: table[x − least] is what it makes of x, for every x of its input type. undefined
 * when its types are not 8 or 16 bits wide.
 */
export function tabulate(graph: Graph, operator: Operator, definitions: Definitions): Int32Array | undefined {
  const [input = -1, output = -1] = [operator.inputs[0], operator.outputs[0]];
  const [from, to] = [graph.tensors[input]!, graph.tensors[output]!];
  const range = integerRange(from.dtype);
  if (!range || !isNarrow(from) || !isNarrow(to)) return undefined;
  const [least, greatest] = range;
  const count = greatest - least + 1;
  const tensors = [...graph.tensors];
  tensors[input] = { ...from, shape: [count], data: undefined };
  tensors[output] = { ...to, shape: [count] };
  const every = zeroValues(tensors[input]);
  for (let i = 0; i < count; i++) every[i] = least + i;
  const [table] = evaluate({ ...graph, tensors }, operator, new Map([[input, every]]), definitions);
  return Int32Array.from(table as Int8Array);
}

const narrow: readonly string[] = ["int8", "uint8", "int16"];

function isNarrow({ dtype }: Tensor): boolean {
  return narrow.includes(dtype);
}

export function sameQuantization(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.quantization, b.quantization];
  return a.dtype === b.dtype && `${x?.scales}` === `${y?.scales}` && `${x?.zeroPoints}` === `${y?.zeroPoints}`;
}

export function sameShape(a: Tensor, b: Tensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((dimension, i) => dimension === b.shape[i]);
}
