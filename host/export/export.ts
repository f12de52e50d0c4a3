// Graph in, the bytes of a standard .tflite file (schema v3) out: what TensorFlow's interpreter, TFLite Micro and our own
// importer read. Operators are written by the `tflite` rows of graph/ops. Tensors keep their numbers.
//
//   Model: version 3 · operator codes · subgraph 0 (· subgraph 1: initial values of variables) · buffers
//   buffer 0 is empty, as the format asks; each constant has its own

import type { DType, Graph, Tensor } from "../graph/graph.ts";
import { error } from "./errors.ts";
import { type FlatTable, type FlatValue, writeFlatFile } from "./flatbuffer.ts";
import { type Code, type Codes, call, writeOperators } from "./operators.ts";
import { variableInitialiser, variablesOf } from "./variables.ts";

/** TensorType of the schema. */
const tensorTypes: Readonly<Record<DType, number>> = {
  float32: 0,
  float16: 1,
  int32: 2,
  uint8: 3,
  int64: 4,
  string: 5,
  bool: 6,
  int16: 7,
  complex64: 8,
  int8: 9,
  float64: 10,
  uint64: 12,
  resource: 13,
  variant: 14,
  uint32: 15,
  uint16: 16,
  int4: 17,
};

export function exportTflite(graph: Graph): Uint8Array {
  const buffers: FlatTable[] = [[]];
  const codes: Codes = new Map();
  const variables = variablesOf(graph);
  const handles = new Map(variables.map(({ tensor, handle }) => [tensor, handle]));
  const main = { ...graph, tensors: graph.tensors.map((tensor, index) => handles.get(index) ?? tensor) };
  const opening = variables.length
    ? [call.once(codes, 1), ...variables.map(({ name, tensor }) => call.handle(codes, name, tensor))]
    : [];
  const subgraphs = [writeSubgraph(main, [...opening, ...writeOperators(graph, codes)], buffers)];
  if (variables.length) {
    const initialiser = variableInitialiser(graph.name, variables, codes);
    subgraphs.push(writeSubgraph(initialiser.graph, initialiser.operators, buffers));
  }
  return writeFlatFile("TFL3", [
    { scalar: "uint32", value: 3 },
    { tables: [...codes.values()].map(writeCode) },
    { tables: subgraphs },
    { string: "thumbelina" },
    { tables: buffers },
  ]);
}

function writeSubgraph(graph: Graph, operators: readonly FlatTable[], buffers: FlatTable[]): FlatTable {
  return [
    { tables: graph.tensors.map((tensor, index) => writeTensor(tensor, index, buffers)) },
    { vector: "int32", values: graph.inputs },
    { vector: "int32", values: graph.outputs },
    { tables: operators },
    { string: graph.name },
  ];
}

function writeTensor(tensor: Tensor, index: number, buffers: FlatTable[]): FlatTable {
  const { dtype, shape, data, state, name } = tensor;
  const resting = tensor.quantization?.zeroPoints[0] ?? 0;
  if (state && !holds(state, dtype, resting)) throw error("initial-state", { tensor: index }, { tensor: index });
  let buffer = 0;
  if (data) {
    buffer = buffers.length;
    buffers.push([{ bytes: data, align: 16 }]);
  }
  return [
    { vector: "int32", values: shape },
    { scalar: "int8", value: tensorTypes[dtype] },
    { scalar: "uint32", value: buffer },
    { string: name },
    writeQuantization(tensor),
    state ? { scalar: "bool", value: 1 } : undefined,
  ];
}

function writeQuantization({ quantization }: Tensor): FlatValue | undefined {
  if (!quantization) return undefined;
  const { scales, zeroPoints, axis } = quantization;
  return {
    table: [
      undefined,
      undefined,
      { vector: "float32", values: scales },
      { vector: "int64", values: zeroPoints },
      undefined,
      undefined,
      { scalar: "int32", value: axis },
    ],
  };
}

function holds(state: Uint8Array, dtype: DType, value: number): boolean {
  const low = dtype === "int8" || dtype === "uint8" || dtype === "int16" ? value & 255 : 0;
  const high = dtype === "int16" ? (value >> 8) & 255 : low;
  return state.every((byte, i) => byte === (dtype === "int16" && i & 1 ? high : low));
}

/** Codes above 126 stand in field 3; the old field then holds 127. */
function writeCode({ builtin, version }: Code): FlatTable {
  return [
    { scalar: "int8", value: Math.min(builtin, 127) },
    undefined,
    { scalar: "int32", value: version },
    { scalar: "int32", value: builtin },
  ];
}
