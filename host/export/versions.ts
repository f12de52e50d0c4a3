// Operator versions: an interpreter refuses versions above those it knows, and may refuse types below the version that
// introduced them. Most operators were float (version 1) and gained int8 and int16 with version 2; the others are listed.
//
// Source: tensorflow/lite/tools/versioning/op_version.cc; test/export holds it against the converter's own choice.

import type { DType, Node } from "../graph/graph.ts";

type Key = "float" | "int8" | "int16" | "int4";

const usual: Readonly<Record<Key, number>> = { float: 1, int8: 2, int16: 2, int4: 2 };
const always = (version: number) => ({ float: version, int8: version, int16: version, int4: version });

const exceptions: Readonly<Record<string, Readonly<Partial<Record<Key, number>>>>> = {
  ASSIGN_VARIABLE: always(1),
  BROADCAST_TO: { int8: 3, int16: 3 },
  CAST: always(1),
  CONV_2D: { int8: 3, int16: 3, int4: 7 },
  DEPTHWISE_CONV_2D: { int8: 3, int16: 3, int4: 6 },
  ELU: always(1),
  FULLY_CONNECTED: { float: 3, int8: 4, int16: 4, int4: 10 },
  GATHER_ND: always(1),
  HARD_SWISH: always(1),
  LEAKY_RELU: { int8: 1 },
  PRELU: always(1),
  QUANTIZE: always(1),
  READ_VARIABLE: always(1),
  RELU_0_TO_1: always(1),
  RELU_N1_TO_1: always(1),
  RESHAPE: always(1),
  REVERSE_V2: { int8: 3 },
  SELECT: always(1),
  SVDF: { int8: 3 },
  TILE: { int8: 3 },
  UNIDIRECTIONAL_SEQUENCE_LSTM: always(1),
};

/** Options that need a later version than the types do. */
const byOption: Readonly<Record<string, (node: Node) => number>> = {
  CAST: (node) => (node.input(0).dtype === "float32" ? 1 : 3),
  // A filter with fewer input channels than the input: grouped.
  CONV_2D: (node) => (node.input(1).shape[3] !== node.input(0).shape[3] ? 6 : 1),
  // A scale per output channel: older interpreters would take the first for all, though the converter lets them.
  FULLY_CONNECTED: (node) => {
    const perChannel = (node.input(1).quantization?.scales.length ?? 0) > 1 && node.input(1).dtype !== "int4";
    return perChannel ? 12 : node.attributes["keepNumDims"] ? 5 : 1;
  },
  QUANTIZE: (node) => (node.input(0).dtype === "int16" ? 2 : 1),
  RESIZE_BILINEAR: (node) => (node.attributes["halfPixelCenters"] ? 3 : 1),
  RESIZE_NEAREST_NEIGHBOR: (node) => (node.attributes["alignCorners"] || node.attributes["halfPixelCenters"] ? 3 : 1),
  TRANSPOSE_CONV: (node) => (node.has(3) || node.output(0).dtype === "int16" ? 3 : 1),
  STRIDED_SLICE: (node) => (node.input(0).shape.length > 4 ? 4 : 1),
};

export function operatorVersion(name: string, node: Node): number {
  const key = keyOf(node);
  const byType = exceptions[name]?.[key] ?? usual[key];
  return Math.max(byType, byOption[name]?.(node) ?? 1);
}

function keyOf(node: Node): Key {
  const { inputs, outputs } = node.operator;
  const types = new Set<DType | undefined>([...inputs, ...outputs].map((index) => node.graph.tensors[index]?.dtype));
  if (types.has("int4")) return "int4";
  const first = [inputs[0], outputs[0]].map((index) => node.graph.tensors[index ?? -1]?.dtype);
  if (first.includes("int16")) return "int16";
  return types.has("int8") || types.has("uint8") ? "int8" : "float";
}
