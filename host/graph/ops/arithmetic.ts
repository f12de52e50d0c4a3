// ADD, SUB, MUL, SQUARED_DIFFERENCE, LOGICAL_AND, LOGICAL_OR: element-wise, with broadcasting.
// Quantised sums and differences rescale both operands to twice the greater scale, with room for `left` more bits, add, and
// rescale to the output; products need one rescaling only. Multipliers come from the scales in double precision: current
// TFLite Micro source keeps SUB's quotients in binary32, but its released build (the oracle) and TFLite do not.

import { activationField } from "../activation.ts";
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import type { Node } from "../operator.ts";
import { type BinaryRow, binaryOperator, identity, type Rescaling, rescaled } from "./elementwise.ts";
import { perTensor } from "./operands.ts";

const f32 = Math.fround;

function quantizations(node: Node) {
  return {
    first: perTensor(node.input(0).quantization),
    second: perTensor(node.input(1).quantization),
    output: perTensor(node.output(0).quantization),
  };
}

interface Factors {
  readonly first: number;
  readonly second: number;
  readonly output: number;
  readonly left: number;
}

function rescaling(node: Node, factors: Factors): Rescaling {
  const { first, second, output } = quantizations(node);
  const { left } = factors;
  return {
    first: { zeroPoint: first.zeroPoint, left, ...quantizeMultiplier(factors.first) },
    second: { zeroPoint: second.zeroPoint, left, ...quantizeMultiplier(factors.second) },
    output: { zeroPoint: output.zeroPoint, ...quantizeMultiplier(factors.output) },
  };
}

function sumRescaling(node: Node): Rescaling {
  const { first, second, output } = quantizations(node);
  const left = node.output(0).dtype === "int16" ? 15 : 20;
  const twice = 2 * Math.max(first.scale, second.scale);
  const factors = {
    first: first.scale / twice,
    second: second.scale / twice,
    output: twice / (2 ** left * output.scale),
  };
  return rescaling(node, { ...factors, left });
}

function squaredDifferenceRescaling(node: Node): Rescaling {
  const { first, second, output } = quantizations(node);
  const left = node.output(0).dtype === "int16" ? 0 : 7;
  const twice = 2 * Math.max(first.scale, second.scale);
  const factors = {
    first: first.scale / twice,
    second: second.scale / twice,
    output: (twice * twice) / f32(2 ** (2 * left) * output.scale),
  };
  return rescaling(node, { ...factors, left });
}

function productRescaling(node: Node): Rescaling {
  const { first, second, output } = quantizations(node);
  return {
    first: { ...identity.first, zeroPoint: first.zeroPoint },
    second: { ...identity.second, zeroPoint: second.zeroPoint },
    output: { zeroPoint: output.zeroPoint, ...quantizeMultiplier((first.scale * second.scale) / output.scale) },
  };
}

function finish(value: number, { output }: Rescaling): number {
  // Wraps as 32-bit hardware does, when a huge factor has filled the word.
  return (multiplyByQuantizedMultiplier(value, output) + output.zeroPoint) | 0;
}

const types = ["int8", "int16", "int32", "float32"] as const;
const potScale = { slot: 1, type: "bool", default: true } as const;

const add: BinaryRow = {
  kind: "add",
  builtin: 0,
  name: "ADD",
  options: { tag: 11, fields: { activation: activationField(0), potScaleInt16: potScale } },
  types,
  rescaling: sumRescaling,
  quantized: (x, y, by) => finish(rescaled(x, by.first) + rescaled(y, by.second), by),
  whole: (x, y) => (x + y) | 0,
  real: (x, y) => f32(x + y),
};

const sub: BinaryRow = {
  kind: "sub",
  builtin: 41,
  name: "SUB",
  options: { tag: 28, fields: { activation: activationField(0), potScaleInt16: potScale } },
  types,
  rescaling: sumRescaling,
  quantized: (x, y, by) => finish(rescaled(x, by.first) - rescaled(y, by.second), by),
  whole: (x, y) => (x - y) | 0,
  real: (x, y) => f32(x - y),
};

const mul: BinaryRow = {
  kind: "mul",
  builtin: 18,
  name: "MUL",
  options: { tag: 21, fields: { activation: activationField(0) } },
  types,
  rescaling: productRescaling,
  quantized: (x, y, by) => finish((x - by.first.zeroPoint) * (y - by.second.zeroPoint), by),
  whole: Math.imul,
  real: (x, y) => f32(x * y),
};

const squaredDifference: BinaryRow = {
  kind: "squared_difference",
  builtin: 99,
  name: "SQUARED_DIFFERENCE",
  options: { tag: 76, fields: {} },
  types,
  rescaling: squaredDifferenceRescaling,
  quantized: (x, y, by) => finish((rescaled(x, by.first) - rescaled(y, by.second)) ** 2, by),
  whole: (x, y) => Math.imul(x - y, x - y),
  real: (x, y) => f32(f32(x - y) * f32(x - y)),
};

const and = (x: number, y: number): number => (x && y ? 1 : 0);
const or = (x: number, y: number): number => (x || y ? 1 : 0);

const logicalAnd: BinaryRow = {
  kind: "logical_and",
  builtin: 86,
  name: "LOGICAL_AND",
  options: { tag: 62, fields: {} },
  types: ["bool"],
  quantized: and,
  whole: and,
  real: and,
};

const logicalOr: BinaryRow = {
  kind: "logical_or",
  builtin: 84,
  name: "LOGICAL_OR",
  options: { tag: 60, fields: {} },
  types: ["bool"],
  quantized: or,
  whole: or,
  real: or,
};

export const arithmetic = [add, sub, mul, squaredDifference, logicalAnd, logicalOr].map(binaryOperator);
