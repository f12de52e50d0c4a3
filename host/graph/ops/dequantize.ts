// DEQUANTIZE: quantised values → float32, scale · (q − zeroPoint): exact difference, one rounding. Constant weights may have
// one scale per channel; they are computed when the model is planned.

import { elementCount, toBytes, zeroValues } from "../dtype.ts";
import { error } from "../errors.ts";
import type { DType, Tensor, Values } from "../graph.ts";
import { strides } from "../movement.ts";
import type { CheckedNode, KernelCall, LowerNode, OperatorDefinition } from "../operator.ts";
import { elementCode } from "./element-codes.ts";
import { hasArity, inputHasType, outputHasType, perTensor } from "./operands.ts";

const run: readonly DType[] = ["int8", "uint8", "int16"];

function check(node: CheckedNode): void {
  if (!hasArity(node, 1)) return;
  const constant = node.constant(0) !== undefined;
  if (!inputHasType(node, 0, constant ? [...run, "int4"] : run) || !outputHasType(node, 0, ["float32"])) return;
  const { quantization } = node.input(0);
  const scales = quantization?.scales.length ?? 0;
  if (scales === 1 || (scales > 1 && constant)) return;
  const found = scales ? "one scale per channel" : "no scale";
  const { kind } = node.operator;
  node.problem(error("type-mismatch", { kind, what: "input 0", found, wanted: "one scale and zero point" }));
}

function dequantized(tensor: Tensor, from: Values, to: Float32Array): void {
  const { scales, zeroPoints, axis } = tensor.quantization!;
  const stride = strides(tensor.shape)[axis] ?? 1;
  for (let i = 0; i < to.length; i++) {
    const channel = scales.length === 1 ? 0 : Math.floor(i / stride) % scales.length;
    to[i] = scales[channel]! * (Number(from[i]) - zeroPoints[channel]!);
  }
}

function lowerCall(node: LowerNode): KernelCall {
  const input = node.input(0);
  const constant = node.constant(0);
  if (constant) {
    const values = zeroValues(node.output(0)) as Float32Array;
    dequantized(input, constant, values);
    const bytes = toBytes("float32", values);
    const source = { constant: bytes, label: "values", align: 4 } as const;
    return { kernel: "copy_bytes", arguments: [node.out(0), source, bytes.length] };
  }
  const { scale, zeroPoint } = perTensor(input.quantization);
  const head = [node.out(0), node.in(0), elementCount(input.shape)];
  return { kernel: "dequantize", arguments: [...head, elementCode(input.dtype), { f32: scale }, zeroPoint] };
}

export const dequantize: OperatorDefinition = {
  kind: "dequantize",
  tflite: [{ builtin: 6, name: "DEQUANTIZE", options: { tag: 38, fields: {} } }],
  check,
  infer: (node) => [node.input(0).shape],
  reference: (node) => dequantized(node.input(0), node.value(0), node.result(0) as Float32Array),
  lower: (node) => ({ calls: [lowerCall(node)] }),
};
