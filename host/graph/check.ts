// The legal Graph, as rules. Every problem is collected; a graph that passes can be planned and run: indices are in range,
// each tensor has one producer that stands before its readers (so there is no cycle), shapes are those the operators
// compute, quantisation is sane, sizes are bounded. Operators see (`check`, then `infer`) only tensors that are sound.

import type { Place, Problems } from "../base/errors.ts";
import { byteLength, elementCount, integerRange, isComputable } from "./dtype.ts";
import { error } from "./errors.ts";
import type { Graph, Operator, Tensor } from "./graph.ts";
import { type GraphNodes, graphNodes, operatorDefinition } from "./nodes.ts";

/** Beyond these a model is refused before memory is spent on it. */
export const limits = {
  rank: 8,
  /** One tensor. */
  tensorBytes: 64 * 2 ** 20,
  /** All tensors that are not constants. */
  computedBytes: 192 * 2 ** 20,
  /** Bytes of constants and quantisation that operators look at while they are checked, shared ones counted each time. */
  checkedBytes: 2 ** 28,
} as const;

export interface CheckOptions {
  /** Tensors whose producers are left out because they are unsupported: they count as computed. */
  readonly defined?: ReadonlySet<number>;
  /** Where in the file a tensor stands. */
  readonly placeOf?: (tensor: number) => Place | undefined;
}

interface Checking {
  readonly graph: Graph;
  readonly problems: Problems;
  readonly options: CheckOptions;
  readonly nodes: GraphNodes;
  /** Tensors that an operator may look at. */
  readonly sound: readonly boolean[];
  looked: number;
}

/** Adds every problem to `problems`. */
export function checkGraph(graph: Graph, problems: Problems, options: CheckOptions = {}): void {
  const sound = graph.tensors.map((tensor, index) => checkTensor(tensor, index, problems, options.placeOf?.(index)));
  const checking: Checking = { graph, problems, options, nodes: graphNodes(graph), sound, looked: 0 };
  checkTotal(graph, sound, problems);
  const defined = checkInputs(checking);
  for (const operator of graph.operators) checkOperator(checking, operator, defined);
  if (graph.outputs.length === 0) problems.add(error("no-outputs", undefined));
  graph.outputs.forEach((index, i) => {
    const place = { ...options.placeOf?.(index), tensor: index };
    if (!inRange(checking, `model output ${i}`, index, {})) return;
    if (!defined.has(index)) problems.add(notProduced(graph, index, place));
    else checkComputable(checking, "model", `output ${i}`, index, place);
  });
}

function notProduced(graph: Graph, tensor: number, at: Place) {
  return error("not-produced", { tensor, name: graph.tensors[tensor]!.name }, at);
}

function checkTensor(tensor: Tensor, index: number, problems: Problems, place: Place | undefined): boolean {
  const at = { tensor: index, ...place };
  const { shape } = tensor;
  const before = problems.count;
  if (shape.length > limits.rank || shape.some((dimension) => !Number.isInteger(dimension) || dimension < 0)) {
    problems.add(error("bad-shape", { tensor: index, shape: shape.slice(0, limits.rank + 1) }, at));
    return false;
  }
  const bytes = byteLength(tensor);
  if (elementCount(shape) > limits.tensorBytes || bytes > limits.tensorBytes)
    problems.add(error("too-large", { what: `tensor ${index}`, bytes, limit: limits.tensorBytes }, at));
  else
    for (const held of [tensor.data, tensor.state])
      if (held && held.length !== bytes && tensor.dtype !== "string")
        problems.add(error("data-size", { tensor: index, found: held.length, wanted: bytes }, at));
  checkQuantization(tensor, index, problems, at);
  return problems.count === before;
}

function checkQuantization(tensor: Tensor, index: number, problems: Problems, at: Place): void {
  if (!tensor.quantization) return;
  const { scales, zeroPoints, axis } = tensor.quantization;
  const dimension = tensor.shape[axis];
  const perTensor = scales.length === 1;
  if ((!perTensor && scales.length !== dimension) || zeroPoints.length !== scales.length) {
    const facts = { tensor: index, scales: scales.length, zeroPoints: zeroPoints.length, axis };
    problems.add(error("scale-count", { ...facts, dimension: perTensor ? 1 : dimension }, at));
  }
  const badScale = scales.findIndex((scale) => !(scale > 0 && Number.isFinite(scale)));
  if (badScale >= 0) problems.add(error("bad-scale", { tensor: index, scale: scales[badScale]!, index: badScale }, at));
  const range = integerRange(tensor.dtype);
  if (!range) return;
  const [low, high] = range;
  const zeroPoint = zeroPoints.find((value) => !(value >= low && value <= high));
  if (zeroPoint === undefined) return;
  problems.add(error("bad-zero-point", { tensor: index, zeroPoint, dtype: tensor.dtype, low, high }, at));
}

function checkTotal(graph: Graph, sound: readonly boolean[], problems: Problems): void {
  const bytes = graph.tensors.reduce(
    (total, tensor, index) => (sound[index] && !tensor.data ? total + byteLength(tensor) : total),
    0,
  );
  if (bytes <= limits.computedBytes) return;
  problems.add(error("too-large", { what: "the model's activations and state", bytes, limit: limits.computedBytes }));
}

function inRange({ graph, problems }: Checking, role: string, index: number, at: Place): boolean {
  const count = graph.tensors.length;
  if (Number.isInteger(index) && index >= 0 && index < count) return true;
  problems.add(error("bad-index", { role, index, count }, at));
  return false;
}

/** Values flow through here: the type must have values, and something to hold. */
function checkComputable(checking: Checking, kind: string, what: string, index: number, at: Place): boolean {
  const tensor = checking.graph.tensors[index]!;
  if (!checking.sound[index]) return false;
  if (!isComputable(tensor.dtype)) {
    checking.problems.add(error("unsupported-type", { kind, what, dtype: tensor.dtype }, at));
    return false;
  }
  // An empty list (no axes, a scalar's shape) is legal as a constant of rank 1; nothing is computed on nothing.
  const mayBeEmpty = tensor.data !== undefined && tensor.shape.length === 1;
  if (elementCount(tensor.shape) > 0 || mayBeEmpty) return true;
  checking.problems.add(error("bad-shape", { tensor: index, shape: tensor.shape }, at));
  return false;
}

/** Answers the tensors that have values before the first operator. */
function checkInputs(checking: Checking): Set<number> {
  const { graph, problems, options } = checking;
  const defined = new Set<number>(options.defined);
  graph.tensors.forEach((tensor, index) => {
    if (tensor.data || tensor.state) defined.add(index);
  });
  graph.inputs.forEach((index, i) => {
    if (!inRange(checking, `model input ${i}`, index, {})) return;
    const tensor = graph.tensors[index]!;
    const at = { tensor: index, ...options.placeOf?.(index) };
    const first = tensor.data ? "its data" : tensor.state ? "its state" : "another model input";
    if (defined.has(index)) problems.add(error("two-producers", { tensor: index, name: tensor.name, first }, at));
    checkComputable(checking, "model", `input ${i}`, index, at);
    defined.add(index);
  });
  return defined;
}

/** Many operators on one large constant are a small file: what they look at together is bounded. */
function mayLook(checking: Checking, { inputs, outputs }: Operator): boolean {
  const before = checking.looked;
  for (const index of [...inputs, ...outputs]) {
    const tensor = checking.graph.tensors[index];
    checking.looked += (tensor?.data?.length ?? 0) + 64 * (tensor?.quantization?.scales.length ?? 0);
  }
  if (checking.looked <= limits.checkedBytes) return true;
  const facts = { what: "what operators read of constants", bytes: checking.looked, limit: limits.checkedBytes };
  if (before <= limits.checkedBytes) checking.problems.add(error("too-large", facts));
  return false;
}

function checkOperator(checking: Checking, operator: Operator, defined: Set<number>): void {
  const { graph, problems, nodes } = checking;
  const { kind } = operator;
  const at = { operator: operator.origin, ...operator.place };
  const before = problems.count;
  operator.inputs.forEach((index, i) => {
    if (index === -1 || !inRange(checking, `input ${i} of ${kind}`, index, at)) return;
    if (!defined.has(index)) problems.add(notProduced(graph, index, at));
  });
  let legal = problems.count === before;
  for (const [role, list] of [
    ["input", operator.inputs],
    ["output", operator.outputs],
    ["intermediate", operator.intermediates ?? []],
  ] as const)
    list.forEach((index, i) => {
      if (index === -1 && role === "input") return;
      if (!(index >= 0 && index < graph.tensors.length)) {
        if (role !== "input") inRange(checking, `${role} ${i} of ${kind}`, index, at);
        legal = false;
      } else if (role === "intermediate") legal &&= checking.sound[index]!;
      else if (!checkComputable(checking, kind, `${role} ${i}`, index, at)) legal = false;
    });
  for (const index of operator.outputs) {
    if (defined.has(index)) {
      const first = graph.tensors[index]?.data ? "its data" : "an operator or input before";
      problems.add(error("two-producers", { tensor: index, name: graph.tensors[index]!.name, first }, at));
      legal = false;
    }
    if (index >= 0 && index < graph.tensors.length) defined.add(index);
  }
  const definition = operatorDefinition(kind);
  if (!definition || !legal || !mayLook(checking, operator)) return;
  const beforeCheck = problems.count;
  definition.check(nodes.checked(operator, problems));
  if (problems.count !== beforeCheck) return;
  definition.infer(nodes.node(operator)).forEach((wanted, output) => {
    const found = graph.tensors[operator.outputs[output] ?? -1]?.shape;
    if (!found || `${found}` === `${wanted}`) return;
    problems.add(error("shape-mismatch", { kind, output, found, wanted }, at));
  });
}
