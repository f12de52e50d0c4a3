// CAST: another element type with the same value, as C converts: integers wrap, bool is "not 0". From float32 towards zero,
// saturated for int32, uint32, int16 and uint8 (TFLite's kernels/cast.cc), wrapped for the others; NaN is 0.

import { elementBytes, elementCount } from "../dtype.ts";
import { clamp } from "../fixed-point.ts";
import type { DType, Values } from "../graph.ts";
import type { CheckedNode, OperatorDefinition } from "../operator.ts";
import { codedTypes, elementCode } from "./element-codes.ts";
import { hasArity, inputHasType, outputHasType } from "./operands.ts";
import { truncateToInt32 } from "./quantize.ts";

/** 64-bit integers meet floats in double precision only, which the device has not. */
const withoutLong = codedTypes.filter((type) => type !== "int64");
const withoutFloat = codedTypes.filter((type) => type !== "float32");

function check(node: CheckedNode): void {
  if (!hasArity(node, 1) || !inputHasType(node, 0, codedTypes)) return;
  const from = node.input(0).dtype;
  outputHasType(node, 0, from === "float32" ? withoutLong : from === "int64" ? withoutFloat : codedTypes);
}

function castFloat(x: number, to: DType): number {
  if (to === "float32") return x;
  if (to === "uint32") return Number.isNaN(x) ? 0 : clamp(Math.trunc(x), 0, 2 ** 32 - 1);
  const whole = truncateToInt32(x);
  if (to === "int16") return clamp(whole, -32768, 32767);
  return to === "uint8" ? clamp(whole, 0, 255) : whole;
}

function castValues(from: Values, fromType: DType, to: Values, toType: DType): void {
  for (let i = 0; i < to.length; i++) {
    const value = from[i]!;
    if (toType === "bool") (to as Uint8Array)[i] = Number(value) === 0 ? 0 : 1;
    else if (to instanceof BigInt64Array) to[i] = BigInt(value);
    else if (typeof value === "bigint") (to as Int8Array)[i] = Number(BigInt.asIntN(32, value));
    else (to as Int8Array)[i] = fromType === "float32" ? castFloat(value, toType) : value;
  }
}

export const cast: OperatorDefinition = {
  kind: "cast",
  tflite: [{ builtin: 53, name: "CAST", options: { tag: 37, fields: {} } }],
  check,
  infer: (node) => [node.input(0).shape],
  reference: (node) => castValues(node.value(0), node.input(0).dtype, node.result(0), node.output(0).dtype),
  lower(node) {
    const [from, to] = [node.input(0).dtype, node.output(0).dtype];
    const head = [node.out(0), node.in(0), elementCount(node.input(0).shape)];
    const inPlace = elementBytes(from) === elementBytes(to) ? [{ input: 0, output: 0 }] : [];
    return { calls: [{ kernel: "cast", arguments: [...head, elementCode(from), elementCode(to)] }], inPlace };
  },
};
