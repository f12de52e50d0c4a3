// SOFTMAX over the last dimension.
//
//   int8 → int8, int16   e^(β · scale · (x − max)) in Q0 from the argument in Q5.26, summed in Q12.19, times the sum's
//                        reciprocal; differences below the range of Q5.26 count as 0. Only 256 differences exist, so the
//                        kernel gets their exponentials as a table.
//   int16 → int16        two interpolated tables (e^x on [−10, 0], 1/(1 + x) on [0, 1])
//   float32              max, exponentials, sum, quotient, with the functions of f32.ts

import { error } from "../errors.ts";
import { exp } from "../f32.ts";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPot,
  saturatingRoundingDoublingHighMul,
} from "../fixed-point.ts";
import { expOnNegativeValues, reciprocal } from "../fixed-point-functions.ts";
import { interpolate, interpolatedTable } from "../interpolated-table.ts";
import type { CheckedNode, Lowering, LowerNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { rowsOf } from "./last-dimension.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";

const f = Math.fround;
const integerBits = 5;

function beta(node: Node): number {
  return Number(node.attributes["beta"]);
}

/** e^(β · scale · −d) in Q0 for d = 0, 1, … as far as Q5.26 reaches; at most 256 entries. */
function exponentials(scale: number, factor = 1): Int32Array {
  const real = Math.min(factor * scale * 2 ** (31 - integerBits), 2 ** 31 - 1);
  const multiplier = quantizeMultiplier(real);
  const radius = Math.floor(((2 ** integerBits - 1) * 2 ** (31 - integerBits)) / 2 ** multiplier.shift);
  const count = Math.max(1, Math.min(256, radius + 1));
  return Int32Array.from({ length: count }, (_, d) =>
    expOnNegativeValues(multiplyByQuantizedMultiplier(-d, multiplier), integerBits),
  );
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 1) || !inputHasType(node, 0, ["int8", "int16", "float32"])) return;
  const { kind } = node.operator;
  const { dtype, shape } = node.input(0);
  const attribute = (name: string, found: unknown, wanted: string): void =>
    node.problem(error("attribute", { kind, attribute: name, found, wanted }));
  if (shape.length === 0) attribute("rank", 0, "1 or more");
  if (!Number.isFinite(beta(node))) attribute("beta", beta(node), "finite");
  if (!outputHasType(node, 0, dtype === "int8" ? ["int8", "int16"] : [dtype]) || dtype === "float32") return;
  if (!isQuantizedPerTensor(node, "input", 0) || !isQuantizedPerTensor(node, "output", 0)) return;
  const output = node.output(0).dtype;
  const [zeroPoint, scale] =
    dtype === "int16" ? [0, 2 ** -15] : output === "int16" ? [-32768, 2 ** -16] : [-128, 2 ** -8];
  const found = perTensor(node.output(0).quantization);
  if (found.zeroPoint !== zeroPoint) attribute("output zero point", found.zeroPoint, `${zeroPoint}`);
  if (Math.abs(found.scale - scale) > scale / 1000) attribute("output scale", found.scale, `${scale}`);
  if (dtype === "int8" && beta(node) * perTensor(node.input(0).quantization).scale * 2 ** 26 <= 1)
    attribute("beta · scale", beta(node) * perTensor(node.input(0).quantization).scale, "above 2^-26");
}

function runInt8(node: RunNode): void {
  const [x, y] = [node.value(0) as Int8Array, node.result(0) as Int8Array | Int16Array];
  const [bits, least] = y instanceof Int16Array ? [16, -32768] : [8, -128];
  const table = exponentials(perTensor(node.input(0).quantization).scale, beta(node));
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    const values = x.subarray(row * depth, (row + 1) * depth);
    const most = values.reduce((a, b) => Math.max(a, b), -128);
    const sum = values.reduce((total, v) => (total + roundingDivideByPot(table[most - v] ?? 0, 12)) | 0, 0);
    const { scale, bitsOverUnit } = reciprocal(sum, 12);
    values.forEach((v, i) => {
      const e = table[most - v];
      const product = e === undefined ? 0 : saturatingRoundingDoublingHighMul(scale, e);
      const result = roundingDivideByPot(product, bitsOverUnit + 31 - bits) + least;
      y[row * depth + i] = clamp(result, least, -least - 1);
    });
  }
}

/** e^x from −10 to 0, and 1/(1 + x) from 0 to 1, over the whole int16 range. */
function int16Tables(): { readonly exponential: Int16Array; readonly inverse: Int16Array } {
  const output = { scale: f(2 / 65535), zeroPoint: 0 };
  return {
    exponential: interpolatedTable({ scale: f(10 / 65535), zeroPoint: 32767 }, output, exp),
    inverse: interpolatedTable({ scale: f(1 / 65535), zeroPoint: -32768 }, output, (x) => f(1 / f(1 + x))),
  };
}

function int16Multiplier(node: Node) {
  return quantizeMultiplier((perTensor(node.input(0).quantization).scale * beta(node)) / (10 / 65535));
}

function runInt16(node: RunNode): void {
  const [x, y] = [node.value(0) as Int16Array, node.result(0) as Int16Array];
  const { exponential, inverse } = int16Tables();
  const multiplier = int16Multiplier(node);
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    const values = x.subarray(row * depth, (row + 1) * depth);
    const most = values.reduce((a, b) => Math.max(a, b), -32768);
    const exponentialOf = (v: number): number =>
      interpolate(exponential, clamp(multiplyByQuantizedMultiplier(v - most, multiplier) + 32767, -32768, 32767));
    const each = Array.from(values, exponentialOf);
    const sum = each.reduce((a, b) => (a + b) | 0, 0);
    const headroom = Math.clz32(sum);
    const shifted = Math.floor((sum * 2 ** (headroom - 1) + 2 ** 13) / 2 ** 14);
    const scale = interpolate(inverse, clamp(shifted - 98304, -32768, 32767));
    const right = 31 - headroom;
    each.forEach((e, i) => {
      y[row * depth + i] = clamp(Math.floor((e * scale + 2 ** (right - 1)) / 2 ** right), 0, 32767);
    });
  }
}

function runFloat(node: RunNode): void {
  const [x, y] = [node.value(0) as Float32Array, node.result(0) as Float32Array];
  const factor = f(beta(node));
  const { rows, depth } = rowsOf(node.input(0).shape);
  for (let row = 0; row < rows; row++) {
    const at = row * depth;
    let most = -3.4028234663852886e38;
    for (let i = 0; i < depth; i++) if (x[at + i]! > most) most = x[at + i]!;
    let sum = 0;
    for (let i = 0; i < depth; i++) {
      y[at + i] = exp(f(f(x[at + i]! - most) * factor));
      sum = f(sum + y[at + i]!);
    }
    for (let i = 0; i < depth; i++) y[at + i] = f(y[at + i]! / sum);
  }
}

function bytesOf(values: Int32Array | Int16Array): Uint8Array {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}

function lower(node: LowerNode): Lowering {
  const { dtype, shape, quantization } = node.input(0);
  const { rows, depth } = rowsOf(shape);
  const head = [node.out(0), node.in(0), rows, depth];
  const inPlace = node.output(0).dtype === dtype ? [{ input: 0, output: 0 }] : [];
  if (dtype === "float32")
    return { calls: [{ kernel: "softmax_f32", arguments: [...head, { f32: beta(node) }] }], inPlace };
  if (dtype === "int16") {
    const { exponential, inverse } = int16Tables();
    const { multiplier, shift } = int16Multiplier(node);
    const tables = [
      { constant: bytesOf(exponential), label: "exponential", align: 2 },
      { constant: bytesOf(inverse), label: "inverse", align: 2 },
    ] as const;
    return { calls: [{ kernel: "softmax_s16", arguments: [...head, multiplier, shift, ...tables] }], inPlace };
  }
  const table = exponentials(perTensor(quantization).scale, beta(node));
  const constant = { constant: bytesOf(table), label: "exponentials", align: 4 } as const;
  const kernel = node.output(0).dtype === "int16" ? "softmax_s8_s16" : "softmax_s8";
  return { calls: [{ kernel, arguments: [...head, constant, table.length] }], inPlace };
}

export const softmax: OperatorDefinition = {
  kind: "softmax",
  tflite: [
    {
      builtin: 25,
      name: "SOFTMAX",
      options: { tag: 9, fields: { beta: { slot: 0, type: "float32", default: 0 } } },
    },
  ],
  check,
  infer: (node) => [node.input(0).shape],
  reference(node) {
    const { dtype } = node.input(0);
    if (dtype === "int8") runInt8(node);
    else if (dtype === "int16") runInt16(node);
    else runFloat(node);
  },
  lower,
};
