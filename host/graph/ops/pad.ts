// PAD, PADV2: the input inside a larger tensor filled with one value: PAD's is real 0 (the zero point), PADV2's an operand,
// already in the output's quantisation. The output is filled whole, then the input is copied into place.

import { elementBytes, elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import { type Axis, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator, type Transfer } from "./data-movement.ts";
import {
  constantIntegers,
  hasArity,
  inputHasType,
  integersAreConstant,
  perTensor,
  sameQuantization,
} from "./operands.ts";

/** [before, after] of each dimension; of PAD, PADV2 and MIRROR_PAD. */
export function paddings(node: Node): readonly (readonly [before: number, after: number])[] {
  const values = certain(constantIntegers(node, 1));
  return node.input(0).shape.map((_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}

export function checkPaddings(node: CheckedNode, limit: (size: number) => number): boolean {
  const { shape } = node.input(0);
  if (!integersAreConstant(node, 1, "paddings", 2 * shape.length)) return false;
  const wrong = paddings(node).findIndex((pair, i) => pair.some((size) => !(size >= 0 && size <= limit(shape[i]!))));
  if (wrong < 0) return true;
  const greatest = limit(shape[wrong]!);
  const found = `${paddings(node)[wrong]!.join(" and ")} in dimension ${wrong}`;
  const wanted = Number.isFinite(greatest) ? `from 0 to ${greatest}` : "0 or more";
  node.problem(error("attribute", { kind: node.operator.kind, attribute: "paddings", found, wanted }));
  return false;
}

export const inferPadded = (node: Node): readonly (readonly number[])[] => [
  node.input(0).shape.map((size, i) => {
    const [before, after] = paddings(node)[i]!;
    return before + size + after;
  }),
];

/** The bytes of one element that stands for real 0. TFLite Micro pads int16 with 0, which is its zero point. */
export function zeroElement(node: Node): Uint8Array {
  const { dtype, quantization } = node.output(0);
  const bytes = new Uint8Array(elementBytes(dtype));
  if (dtype === "int8" || dtype === "uint8") bytes[0] = perTensor(quantization).zeroPoint & 0xff;
  return bytes;
}

function transfers(node: Node): readonly Transfer[] {
  const from = strides(node.input(0).shape);
  const to = strides(node.output(0).shape);
  const axes = node.input(0).shape.map((count, i): Axis => ({ count, to: to[i]!, from: from[i]! }));
  const start = paddings(node).reduce((sum, [before], i) => sum + before * to[i]!, 0);
  const inner: Transfer = { input: 0, output: 0, movement: { axes, to: start } };
  if (!node.has(2) || node.constant(2)) return [inner];
  const whole: Axis = { count: elementCount(node.output(0).shape), to: 1, from: 0 };
  return [{ input: 2, output: 0, movement: { axes: [whole] } }, inner];
}

/** Undefined where nothing is padded, or the value is computed at run time. */
function fill(node: Node): Uint8Array | undefined {
  if (paddings(node).every(([before, after]) => before + after === 0)) return undefined;
  if (!node.has(2)) return zeroElement(node);
  return node.input(2).data;
}

export const pad = movementOperator({
  kind: "pad",
  tflite: [{ builtin: 34, name: "PAD", options: { tag: 22, fields: {} } }],
  check: (node) => hasArity(node, 2) && checkPaddings(node, () => Number.POSITIVE_INFINITY),
  infer: inferPadded,
  transfers,
  fill,
});

function checkPadV2(node: CheckedNode): boolean {
  if (!hasArity(node, 3) || !checkPaddings(node, () => Number.POSITIVE_INFINITY)) return false;
  if (!inputHasType(node, 2, [node.input(0).dtype])) return false;
  const { kind } = node.operator;
  const value = node.input(2);
  const output = node.output(0);
  if (elementCount(value.shape) !== 1) {
    const found = `${elementCount(value.shape)} values`;
    node.problem(error("attribute", { kind, attribute: "constant_values", found, wanted: "one value" }));
    return false;
  }
  const isByte = output.dtype === "int8" || output.dtype === "uint8";
  if (isByte && !sameQuantization(value.quantization, output.quantization)) {
    const found = "quantised otherwise";
    node.problem(error("type-mismatch", { kind, what: "input 2", found, wanted: "quantised as the output" }));
  }
  return true;
}

export const padV2 = movementOperator({
  kind: "padv2",
  tflite: [{ builtin: 60, name: "PADV2", options: { tag: 43, fields: {} } }],
  check: checkPadV2,
  infer: inferPadded,
  transfers,
  fill,
});
