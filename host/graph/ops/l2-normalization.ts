// L2_NORMALIZATION over the last dimension: x / √Σx². int8: 1/√ of the integer sum of squares by Newton–Raphson in fixed
// point; the output has scale 1/128 and zero point 0. float32: the norm is at least 1e-6.

import { activationField } from "../activation.ts";
import { error } from "../errors.ts";
import { clamp, multiplyByQuantizedMultiplier } from "../fixed-point.ts";
import { inverseSquareRoot } from "../fixed-point-functions.ts";
import type { CheckedNode, OperatorDefinition, RunNode } from "../operator.ts";
import { rowsOf } from "./last-dimension.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";

const f = Math.fround;
const epsilon = f(1e-6);

function check(node: CheckedNode): void {
  if (!hasArity(node, 1) || !inputHasType(node, 0, ["int8", "float32"])) return;
  const { kind } = node.operator;
  const { dtype, shape } = node.input(0);
  const attribute = (name: string, found: unknown, wanted: string): void =>
    node.problem(error("attribute", { kind, attribute: name, found, wanted }));
  if (shape.length === 0) attribute("rank", 0, "1 or more");
  if (node.attributes["activation"] !== "none") attribute("activation", node.attributes["activation"], "none");
  // 65536 squares of 8-bit differences still fit 32 bits.
  if (dtype === "int8" && rowsOf(shape).depth > 32768)
    attribute("last dimension", rowsOf(shape).depth, "32768 or less");
  if (!outputHasType(node, 0, [dtype]) || dtype === "float32") return;
  if (!isQuantizedPerTensor(node, "input", 0) || !isQuantizedPerTensor(node, "output", 0)) return;
  const { scale, zeroPoint } = perTensor(node.output(0).quantization);
  if (zeroPoint !== 0) attribute("output zero point", zeroPoint, "0");
  if (scale !== 1 / 128) attribute("output scale", scale, "0.0078125");
}

function runInt8(node: RunNode): void {
  const [x, y] = [node.value(0) as Int8Array, node.result(0) as Int8Array];
  const { zeroPoint } = perTensor(node.input(0).quantization);
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    const values = x.subarray(row * depth, (row + 1) * depth);
    const sum = values.reduce((total, v) => total + (v - zeroPoint) ** 2, 0);
    const { multiplier, shift } = inverseSquareRoot(sum);
    values.forEach((v, i) => {
      const scaled = multiplyByQuantizedMultiplier(v - zeroPoint, { multiplier, shift: shift + 7 });
      y[row * depth + i] = clamp(scaled, -128, 127);
    });
  }
}

function runFloat(node: RunNode): void {
  const [x, y] = [node.value(0) as Float32Array, node.result(0) as Float32Array];
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * depth; i < (row + 1) * depth; i++) sum = f(sum + f(x[i]! * x[i]!));
    const root = f(Math.sqrt(sum));
    const norm = Math.max(root, epsilon);
    for (let i = row * depth; i < (row + 1) * depth; i++) y[i] = f(x[i]! / norm);
  }
}

export const l2Normalization: OperatorDefinition = {
  kind: "l2_normalization",
  tflite: [{ builtin: 11, name: "L2_NORMALIZATION", options: { tag: 12, fields: { activation: activationField(0) } } }],
  check,
  infer: (node) => [node.input(0).shape],
  reference: (node) => (node.input(0).dtype === "float32" ? runFloat(node) : runInt8(node)),
  lower(node) {
    const { rows, depth } = rowsOf(node.input(0).shape);
    const head = [node.out(0), node.in(0), rows, depth];
    const inPlace = [{ input: 0, output: 0 }];
    if (node.input(0).dtype === "float32")
      return { calls: [{ kernel: "l2_normalization_f32", arguments: head }], inPlace };
    const { zeroPoint } = perTensor(node.input(0).quantization);
    return { calls: [{ kernel: "l2_normalization_s8", arguments: [...head, zeroPoint] }], inPlace };
  },
};
