// QUANTIZE: real or quantised values → another quantisation.
//
//   float32 → int   clamp(round(x / scale) + zeroPoint), x / scale in binary32, halves away from zero
//   int → int       the fixed-point factor input scale / output scale (requantisation); 8 → 8 bits is a table

import { elementBytes, elementCount, integerRange } from "../dtype.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import type { DType } from "../graph.ts";
import type { CheckedNode, KernelCall, LowerNode, Node, OperatorDefinition } from "../operator.ts";
import { elementCode } from "./element-codes.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";
import { byteTable, type ElementFunction, lookup } from "./unary.ts";

const f = Math.fround;

interface Target {
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

function targetOf(node: Node): Target {
  const { dtype, quantization } = node.output(0);
  const [low, high] = integerRange(dtype)!;
  return { zeroPoint: perTensor(quantization).zeroPoint, low, high };
}

/** C's conversion to int32, saturated; NaN is 0. */
export function truncateToInt32(x: number): number {
  return Number.isNaN(x) ? 0 : clamp(Math.trunc(x), -(2 ** 31), 2 ** 31 - 1);
}

function fromFloat(node: Node): ElementFunction {
  const { scale } = perTensor(node.output(0).quantization);
  const { zeroPoint, low, high } = targetOf(node);
  return (x) => {
    const value = clamp(f(x / scale), low - zeroPoint - 1, high - zeroPoint + 1);
    const whole = truncateToInt32(value);
    const rest = value - whole;
    return clamp(whole + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0) + zeroPoint, low, high);
  };
}

function factorOf(node: Node): Multiplier {
  return quantizeMultiplier(perTensor(node.input(0).quantization).scale / perTensor(node.output(0).quantization).scale);
}

function fromInteger(node: Node): ElementFunction {
  const inputZeroPoint = perTensor(node.input(0).quantization).zeroPoint;
  const factor = factorOf(node);
  const { zeroPoint, low, high } = targetOf(node);
  return (q) => {
    const scaled = multiplyByQuantizedMultiplier((q - inputZeroPoint) | 0, factor);
    return clamp((scaled + zeroPoint) | 0, low, high);
  };
}

const elementOf = (node: Node): ElementFunction =>
  node.input(0).dtype === "float32" ? fromFloat(node) : fromInteger(node);

const integers: readonly DType[] = ["int8", "uint8", "int16", "int32"];

function check(node: CheckedNode): void {
  if (!hasArity(node, 1) || !inputHasType(node, 0, ["float32", ...integers])) return;
  const isFloat = node.input(0).dtype === "float32";
  if (!outputHasType(node, 0, isFloat ? ["int8", "uint8", "int16"] : integers)) return;
  if (!isFloat) isQuantizedPerTensor(node, "input", 0);
  isQuantizedPerTensor(node, "output", 0);
}

function lowerCall(node: LowerNode): KernelCall {
  const [input, output] = [node.input(0), node.output(0)];
  const count = elementCount(input.shape);
  const head = [node.out(0), node.in(0), count];
  const { zeroPoint, low, high } = targetOf(node);
  const to = elementCode(output.dtype);
  if (input.dtype === "float32") {
    const { scale } = perTensor(output.quantization);
    return { kernel: "quantize_f32", arguments: [...head, to, { f32: scale }, zeroPoint, low, high] };
  }
  if (elementBytes(input.dtype) === 1 && elementBytes(output.dtype) === 1)
    return lookup(node.out(0), node.in(0), count, byteTable(input.dtype, fromInteger(node)));
  const { multiplier, shift } = factorOf(node);
  const scaling = [perTensor(input.quantization).zeroPoint, multiplier, shift, zeroPoint, low, high];
  return { kernel: "requantize", arguments: [...head, elementCode(input.dtype), to, ...scaling] };
}

export const quantize: OperatorDefinition = {
  kind: "quantize",
  tflite: [{ builtin: 114, name: "QUANTIZE", options: { tag: 89, fields: {} } }],
  check,
  infer: (node) => [node.input(0).shape],
  reference(node) {
    const element = elementOf(node);
    const [from, to] = [node.value(0) as Int8Array, node.result(0) as Int8Array];
    for (let i = 0; i < to.length; i++) to[i] = element(from[i]!);
  },
  lower(node) {
    const sameSize = elementBytes(node.input(0).dtype) === elementBytes(node.output(0).dtype);
    return { calls: [lowerCall(node)], inPlace: sameSize ? [{ input: 0, output: 0 }] : [] };
  },
};
