// An operator with its tensors at hand: Node for checks and shapes, RunNode with values for the reference arithmetic.
// `GraphNodes` keeps the values of constants, converted once for a graph however often an operator asks for them.

import { invariant, type Problems, type UserError } from "../base/errors.ts";
import { elementCount, isComputable, toValues } from "./dtype.ts";
import type { Graph, Operator, Tensor, Values } from "./graph.ts";
import type { CheckedNode, Node, OperatorDefinition, RunNode } from "./operator.ts";
import { operators } from "./ops/index.ts";

const definitions: ReadonlyMap<string, OperatorDefinition> = new Map(operators.map((row) => [row.kind, row]));

/** The row of an operator's kind; undefined when no file in ops/ has it. */
export function operatorDefinition(kind: string): OperatorDefinition | undefined {
  return definitions.get(kind);
}

export interface GraphNodes {
  node(operator: Operator): Node;
  /** Errors get the operator's place. */
  checked(operator: Operator, problems: Problems): CheckedNode;
  /** `values` holds every tensor's values by index. */
  run(operator: Operator, values: readonly (Values | undefined)[]): RunNode;
  constant(tensor: number): Values | undefined;
}

export function graphNodes(graph: Graph): GraphNodes {
  const constants = new Map<number, Values>();
  const constant = (index: number): Values | undefined => {
    const known = constants.get(index);
    if (known) return known;
    const tensor = graph.tensors[index];
    if (!tensor?.data || !isComputable(tensor.dtype)) return undefined;
    const values = toValues(tensor.dtype, tensor.data, elementCount(tensor.shape));
    constants.set(index, values);
    return values;
  };
  const node = (operator: Operator): Node => {
    const tensorAt = (list: readonly number[], i: number, what: string): Tensor => {
      const tensor = graph.tensors[list[i] ?? -1];
      invariant(tensor, `${operator.kind} (operator ${operator.origin}) has no ${what} ${i}`);
      return tensor;
    };
    return {
      graph,
      operator,
      attributes: operator.attributes,
      input: (i) => tensorAt(operator.inputs, i, "input"),
      has: (i) => (operator.inputs[i] ?? -1) >= 0,
      output: (i) => tensorAt(operator.outputs, i, "output"),
      constant: (i) => constant(operator.inputs[i] ?? -1),
    };
  };
  return {
    node,
    constant,
    checked: (operator, problems) => {
      const place = { operator: operator.origin, ...operator.place };
      return { ...node(operator), problem: (error: UserError) => problems.add(error.within(place)) };
    },
    run: (operator, values) => {
      const valuesAt = (list: readonly number[], i: number, what: string): Values => {
        const found = values[list[i] ?? -1];
        invariant(found, `${operator.kind} (operator ${operator.origin}) has no value for ${what} ${i}`);
        return found;
      };
      return {
        ...node(operator),
        value: (i) => valuesAt(operator.inputs, i, "input"),
        result: (i) => valuesAt(operator.outputs, i, "output"),
      };
    },
  };
}
