// What operators ask of their operands before they look at values: how many there are, which types, which are constants.
// Every question adds its problem to the node and answers whether it was met, so a check reads as a list of conditions.

import { error } from "../errors.ts";
import type { DType, Quantization } from "../graph.ts";
import type { CheckedNode, Node } from "../operator.ts";

/** `inputs` are all present (no optional ones) and within bounds; one output unless said otherwise. */
export function hasArity(node: CheckedNode, low: number, high = low, outputs: number | "any" = 1): boolean {
  const { kind, inputs, outputs: outs } = node.operator;
  // A list of any length has no optional members.
  const required = high === Number.POSITIVE_INFINITY ? inputs : inputs.slice(0, low);
  const present = inputs.length >= low && inputs.length <= high && required.every((index) => index >= 0);
  const wanted = low === high ? `${low}` : high === Number.POSITIVE_INFINITY ? `${low} or more` : `${low} to ${high}`;
  if (!present) node.problem(error("arity", { kind, what: "inputs", found: inputs.length, wanted }));
  const made = outputs === "any" ? outs.length > 0 : outs.length === outputs;
  const wantedOutputs = outputs === "any" ? "1 or more" : `${outputs}`;
  if (!made) node.problem(error("arity", { kind, what: "outputs", found: outs.length, wanted: wantedOutputs }));
  return present && made;
}

export function inputHasType(node: CheckedNode, input: number, types: readonly DType[]): boolean {
  const { dtype } = node.input(input);
  if (types.includes(dtype)) return true;
  const { kind } = node.operator;
  node.problem(error("unsupported-type", { kind, what: `input ${input}`, dtype }));
  return false;
}

export function outputHasType(node: CheckedNode, output: number, types: readonly DType[]): boolean {
  const { dtype } = node.output(output);
  if (types.includes(dtype)) return true;
  const { kind } = node.operator;
  const what = `output ${output}`;
  node.problem(error("type-mismatch", { kind, what, found: dtype, wanted: types.join(" or ") }));
  return false;
}

/** One scale and one zero point: what activations have. Problems of the numbers themselves are found by check.ts. */
export function isQuantizedPerTensor(node: CheckedNode, tensor: "input" | "output", index: number): boolean {
  const { quantization, dtype } = tensor === "input" ? node.input(index) : node.output(index);
  if (quantization?.scales.length === 1) return true;
  const found = quantization ? `${dtype} with ${quantization.scales.length} scales` : `${dtype} without a scale`;
  const wanted = `${dtype} with one scale and zero point`;
  node.problem(error("type-mismatch", { kind: node.operator.kind, what: `${tensor} ${index}`, found, wanted }));
  return false;
}

/** The quantisation of a tensor that `isQuantizedPerTensor` has accepted. */
export function perTensor(quantization: Quantization | undefined): {
  readonly scale: number;
  readonly zeroPoint: number;
} {
  return { scale: quantization?.scales[0] ?? 1, zeroPoint: quantization?.zeroPoints[0] ?? 0 };
}

export function sameQuantization(a: Quantization | undefined, b: Quantization | undefined): boolean {
  if (!a || !b) return true;
  return `${a.scales}` === `${b.scales}` && `${a.zeroPoints}` === `${b.zeroPoints}`;
}

/** An integer operand as numbers; undefined when it is absent or computed at run time. */
export function constantIntegers(node: Node, input: number): readonly number[] | undefined {
  const values = node.constant(input);
  return values && Array.from(values as ArrayLike<number | bigint>, Number);
}

/** An int32 or int64 operand that must be in the file: shapes and addresses are fixed before the model runs. */
export function integersAreConstant(node: CheckedNode, input: number, name: string, count?: number): boolean {
  if (!inputHasType(node, input, ["int32", "int64"])) return false;
  const values = constantIntegers(node, input);
  const { kind } = node.operator;
  const wanted = count === undefined ? "a constant" : `${count} constant ${count === 1 ? "number" : "numbers"}`;
  if (values && (count === undefined || values.length === count)) return true;
  const found = values ? `${values.length} numbers` : "computed at run time";
  node.problem(error("attribute", { kind, attribute: name, found, wanted }));
  return false;
}

/** −1 is the last dimension, as everywhere in TFLite. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function axisExists(node: CheckedNode, axis: number, rank: number, name = "axis"): boolean {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return true;
  const wanted = rank ? `from ${-rank} to ${rank - 1}` : "absent: the tensor has no dimensions";
  node.problem(error("attribute", { kind: node.operator.kind, attribute: name, found: axis, wanted }));
  return false;
}
