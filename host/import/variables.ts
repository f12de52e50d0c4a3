// Resource variables become state tensors. In a file a variable is a name: VAR_HANDLE makes a handle of it, READ_VARIABLE
// and ASSIGN_VARIABLE take the handle, and CALL_ONCE runs a subgraph that assigns the first values.
//
//   file    CALL_ONCE ▶ subgraph 1 { VAR_HANDLE "st" → h; ASSIGN h ← constant }
//           VAR_HANDLE "st" → t5 · READ t5 → t6 · … · ASSIGN t5 ← t9
//   graph   t5: int8 [1,2,3,3], state = the constant        READ t5 → t6 · … · ASSIGN t5 ← t9
//
// The first handle's tensor (its number kept) is the variable; CALL_ONCE and VAR_HANDLE leave the graph, which shows as
// gaps in the `origin` of operators. The initialising subgraph is run here, with the reference arithmetic.

import { Problems } from "../base/errors.ts";
import {
  checkGraph,
  elementCount,
  type Graph,
  initialState,
  type Operator,
  runReference,
  type Tensor,
  toBytes,
} from "../graph/graph.ts";
import { error } from "./errors.ts";
import type { FileModel } from "./tflite-file.ts";
import { type ReadGraph, readGraph, restingBytes } from "./tflite-graph.ts";

/** container and name as one key */
const keyOf = ({ attributes }: Operator) => `${attributes["container"]}\u0000${attributes["variable"]}`;

/** Initial bytes by variable. */
type Initials = Map<string, Uint8Array>;

/** An initialiser assigns constants; one that computes for long is refused, in about multiply-accumulates. */
const initialiserLimit = 2 ** 24;

/** The model's graph without handles. */
export function resolveVariables(model: FileModel, read: ReadGraph, problems: Problems): Graph {
  const calls = read.graph.operators.filter(({ kind }) => kind === "call_once");
  const initials: Initials = new Map();
  const done = new Set<number>();
  for (const call of calls) {
    const index = call.attributes["subgraph"] as number;
    const count = model.subgraphs.length;
    if (index < 1 || index >= count)
      problems.add(error("bad-reference", { what: "the initialising subgraph", index, count }, call.place));
    else if (!done.has(index)) runInitialiser(model, index, initials, problems);
    done.add(index);
  }
  return bindHandles(model, read, initials, problems).graph;
}

function runInitialiser(model: FileModel, subgraph: number, initials: Initials, problems: Problems): void {
  const own = new Problems();
  const read = readGraph(model, subgraph, own);
  const nested = read.graph.operators.find(({ kind }) => kind === "call_once");
  if (nested) own.add(error("unsupported-op", { name: "CALL_ONCE in an initialiser", builtin: 129 }, nested.place));
  const { graph, variables } = bindHandles(model, read, initials, own);
  if (variables.size === 0 && !nested) return;
  // An initialiser has no outputs: what it leaves behind are the variables.
  checkGraph({ ...graph, outputs: [...variables.values()] }, own, { defined: read.undefinedOutputs });
  if (own.count === 0 && initialiserCost(graph) > initialiserLimit)
    own.add(error("bad-variable", { name: graph.name, why: "has an initialiser that computes for too long" }));
  if (graph.inputs.length > 0)
    own.add(error("bad-variable", { name: graph.name, why: "has an initialiser that takes inputs" }));
  for (const problem of own.errors) problems.add(problem.within({ subgraph }));
  if (own.count > 0) return;
  const state = initialState(graph);
  runReference(graph, [], state);
  for (const [key, tensor] of variables) initials.set(key, toBytes(graph.tensors[tensor]!.dtype, state.get(tensor)!));
}

/** A bound for any operator: each output element may look at every input element. */
function initialiserCost({ tensors, operators }: Graph): number {
  const count = (index: number) => elementCount(tensors[index]?.shape ?? []);
  return operators.reduce((total, { inputs, outputs }) => {
    const read = inputs.reduce((sum, index) => sum + count(index), 1);
    // Without outputs it is an assignment: a copy.
    return total + outputs.reduce((sum, index) => sum + count(index) * read, read);
  }, 0);
}

/** Replaces each variable's handle tensors by one state tensor. */
function bindHandles(model: FileModel, read: ReadGraph, initials: Initials, problems: Problems) {
  const { graph } = read;
  const variables = new Map<string, number>();
  const alias = new Map<number, number>();
  for (const operator of graph.operators) {
    const handle = operator.outputs[0];
    if (operator.kind !== "var_handle" || handle === undefined || !graph.tensors[handle]) continue;
    const key = keyOf(operator);
    if (!variables.has(key)) variables.set(key, handle);
    alias.set(handle, variables.get(key)!);
  }
  const bound = (tensor: number) => alias.get(tensor) ?? tensor;
  const operators = graph.operators
    .filter(({ kind }) => !["call_once", "var_handle"].includes(kind))
    .map((operator) => ({ ...operator, inputs: operator.inputs.map(bound) }));
  const users = new Map<number, Operator>();
  for (const operator of operators) {
    const first = operator.inputs[0] ?? -1;
    if (!users.has(first)) users.set(first, operator);
  }
  const tensors = [...graph.tensors];
  for (const [key, handle] of variables) {
    const variable = stateTensor(model, graph, handle, users.get(handle), initials.get(key));
    if (variable) tensors[handle] = variable;
    else {
      const name = key.slice(key.indexOf("\u0000") + 1);
      problems.add(error("bad-variable", { name, why: "is never read or assigned" }, { tensor: handle }));
    }
  }
  return { graph: { ...graph, tensors, operators }, variables };
}

/** Type and shape of a variable are those of the value first read from it or assigned to it. */
function stateTensor(
  model: FileModel,
  graph: Graph,
  handle: number,
  user: Operator | undefined,
  initial: Uint8Array | undefined,
): Tensor | undefined {
  const value = graph.tensors[user?.outputs[0] ?? user?.inputs[1] ?? -1];
  if (!value) return undefined;
  const { dtype, shape, quantization } = value;
  const { name, origin } = graph.tensors[handle]!;
  const tensor: Tensor = { name, dtype, shape, quantization, origin };
  return { ...tensor, state: initial ?? restingBytes(model, tensor) };
}
