// LOG_SOFTMAX over the last dimension: x − max − ln Σ e^(x − max).
// int8: differences in Q5.26, exponentials summed in Q12.19 as in softmax.ts, the logarithm in Q5.26; the output has scale
// 1/16 and zero point 127. Differences so low that the result would leave Q5.26 give −128.

import { error } from "../errors.ts";
import { exp, log } from "../f32.ts";
import { clamp, multiplyByQuantizedMultiplier, quantizeMultiplier, roundingDivideByPot } from "../fixed-point.ts";
import { expOnNegativeValues, logOfOneOrMore } from "../fixed-point-functions.ts";
import type { CheckedNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { rowsOf } from "./last-dimension.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";

const f = Math.fround;

function constants(node: Node) {
  const real = Math.min(perTensor(node.input(0).quantization).scale * 2 ** 26, 2 ** 31 - 1);
  const input = quantizeMultiplier(real);
  return {
    input,
    reverse: quantizeMultiplier(2 ** (31 - input.shift) / input.multiplier),
    least: -Math.floor((31 * 2 ** 26) / 2 ** input.shift),
  };
}

function runInt8(node: RunNode): void {
  const [x, y] = [node.value(0) as Int8Array, node.result(0) as Int8Array];
  const { input, reverse, least } = constants(node);
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    const values = x.subarray(row * depth, (row + 1) * depth);
    const most = values.reduce((a, b) => Math.max(a, b), -128);
    let sum = 0;
    for (const v of values) {
      if (v - most < least) continue;
      const e = expOnNegativeValues(multiplyByQuantizedMultiplier(v - most, input), 5);
      sum = (sum + roundingDivideByPot(e, 12)) | 0;
    }
    const logOfSum = logOfOneOrMore(sum, 12, 5);
    const lowest = Math.max(least - 1, multiplyByQuantizedMultiplier((logOfSum - 2 ** 31) | 0, reverse));
    values.forEach((v, i) => {
      const difference = multiplyByQuantizedMultiplier(v - most, input);
      const result = v - most > lowest ? roundingDivideByPot((difference - logOfSum) | 0, 22) + 127 : -128;
      y[row * depth + i] = clamp(result, -128, 127);
    });
  }
}

function runFloat(node: RunNode): void {
  const [x, y] = [node.value(0) as Float32Array, node.result(0) as Float32Array];
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    const at = row * depth;
    let most = -3.4028234663852886e38;
    for (let i = 0; i < depth; i++) if (x[at + i]! > most) most = x[at + i]!;
    let sum = 0;
    for (let i = 0; i < depth; i++) sum = f(sum + exp(f(x[at + i]! - most)));
    const logOfSum = log(sum);
    for (let i = 0; i < depth; i++) y[at + i] = f(f(x[at + i]! - most) - logOfSum);
  }
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 1) || !inputHasType(node, 0, ["int8", "float32"])) return;
  const { kind } = node.operator;
  const { dtype, shape } = node.input(0);
  const attribute = (name: string, found: unknown, wanted: string): void =>
    node.problem(error("attribute", { kind, attribute: name, found, wanted }));
  if (shape.length === 0) attribute("rank", 0, "1 or more");
  if (!outputHasType(node, 0, [dtype]) || dtype === "float32") return;
  if (!isQuantizedPerTensor(node, "input", 0) || !isQuantizedPerTensor(node, "output", 0)) return;
  const { scale, zeroPoint } = perTensor(node.output(0).quantization);
  if (zeroPoint !== 127) attribute("output zero point", zeroPoint, "127");
  if (scale !== 1 / 16) attribute("output scale", scale, "0.0625");
  const inputScale = perTensor(node.input(0).quantization).scale;
  if (inputScale * 2 ** 26 <= 1) attribute("input scale", inputScale, "above 2^-26");
}

export const logSoftmax: OperatorDefinition = {
  kind: "log_softmax",
  tflite: [{ builtin: 50, name: "LOG_SOFTMAX", options: { tag: 36, fields: {} } }],
  check,
  infer: (node) => [node.input(0).shape],
  reference: (node) => (node.input(0).dtype === "float32" ? runFloat(node) : runInt8(node)),
  lower(node) {
    const { rows, depth } = rowsOf(node.input(0).shape);
    const head = [node.out(0), node.in(0), rows, depth];
    const inPlace = [{ input: 0, output: 0 }];
    if (node.input(0).dtype === "float32") return { calls: [{ kernel: "log_softmax_f32", arguments: head }], inPlace };
    const { input, reverse, least } = constants(node);
    const numbers = [input.multiplier, input.shift, reverse.multiplier, reverse.shift, least];
    return { calls: [{ kernel: "log_softmax_s8", arguments: [...head, ...numbers] }], inPlace };
  },
};
