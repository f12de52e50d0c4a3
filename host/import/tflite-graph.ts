// One subgraph of a FileModel → Graph, by the `tflite` rows of graph/ops. Problems are collected: an operator without a
// row is left out, and its outputs are named so that its readers are not reported too.

import type { Problems, UserError } from "../base/errors.ts";
import {
  type Attributes,
  type AttributeValue,
  byteLength,
  type DType,
  type Graph,
  type Operator,
  type OperatorDefinition,
  operators,
  type Quantization,
  type Tensor,
  type TfliteField,
  type TfliteRow,
} from "../graph/graph.ts";
import { builtinName } from "./builtin-names.ts";
import { error } from "./errors.ts";
import type { Table } from "./flatbuffer.ts";
import { structural } from "./structural.ts";
import { type FileModel, type FileOperator, type FileTensor, takeBuffer, takeState } from "./tflite-file.ts";

/** TensorType of the schema, by value. */
export const dtypes: readonly (DType | undefined)[] = [
  ...(["float32", "float16", "int32", "uint8", "int64", "string", "bool", "int16", "complex64", "int8"] as const),
  ...(["float64", undefined, "uint64", "resource", "variant", "uint32", "uint16", "int4"] as const),
];

export interface ReadGraph {
  readonly graph: Graph;
  /** Outputs of operators that were left out. */
  readonly undefinedOutputs: Set<number>;
}

interface Known {
  readonly definition: OperatorDefinition;
  readonly row: TfliteRow;
}

const byBuiltin: ReadonlyMap<number, Known> = new Map(
  operators.flatMap((definition) => definition.tflite.map((row) => [row.builtin, { definition, row }] as const)),
);

export function readGraph(model: FileModel, subgraph: number, problems: Problems): ReadGraph {
  const source = model.subgraphs[subgraph]!;
  const undefinedOutputs = new Set<number>();
  const tensors = source.tensors.map((tensor, index) => readTensor(model, tensor, index, subgraph, problems));
  const read: Operator[] = [];
  source.operators.forEach((operator, index) => {
    const found = readOperator(model, operator, index, subgraph, problems);
    if (found) read.push(found);
    else for (const output of operator.outputs) undefinedOutputs.add(output);
  });
  const { inputs, outputs, name } = source;
  return { graph: { name, tensors, operators: read, inputs, outputs }, undefinedOutputs };
}

function readTensor(model: FileModel, source: FileTensor, index: number, subgraph: number, problems: Problems): Tensor {
  const at = { subgraph, tensor: index, byte: source.position };
  const dtype = dtypes[source.type];
  if (!dtype) problems.add(error("unsupported-type", { code: source.type, tensor: index }, at));
  if (source.isSparse) problems.add(error("sparse", { tensor: index }, at));
  const details = source.quantizationDetails;
  if (details !== 0) problems.add(error("unsupported-quantization", { tensor: index, details }, at));
  if (source.buffer >= Math.max(1, model.buffers.length)) {
    const facts = { what: `the buffer of tensor ${index}`, index: source.buffer, count: model.buffers.length };
    problems.add(error("bad-reference", facts, at));
  }
  const tensor: Tensor = {
    name: source.name,
    dtype: dtype ?? "variant",
    shape: source.shape,
    quantization: readQuantization(source),
    origin: index,
  };
  // A sparse tensor's bytes do not fill its shape: that is said once, above.
  const data = source.buffer && !source.isSparse && dtype ? takeBuffer(model, source.buffer) : undefined;
  if (data) return { ...tensor, data };
  return source.isVariable ? { ...tensor, state: restingBytes(model, tensor) } : tensor;
}

/** What a variable holds before it is first written: bytes of an int8 zero point, else 0 (TFLM's ResetVariableTensors). */
export function restingBytes(model: FileModel, tensor: Tensor): Uint8Array {
  const state = new Uint8Array(takeState(model, byteLength(tensor)));
  return tensor.dtype === "int8" ? state.fill(tensor.quantization?.zeroPoints[0] ?? 0) : state;
}

function readQuantization({ scales, zeroPoints, axis, shape }: FileTensor): Quantization | undefined {
  if (scales.length === 0) return undefined;
  return {
    scales,
    zeroPoints: zeroPoints.length ? zeroPoints : scales.map(() => 0),
    // TFLM's person_detect says dimension 3 of rank-1 biases; a vector has one dimension, and one scale needs none.
    axis: shape.length === 1 || scales.length === 1 ? 0 : axis,
  };
}

function readOperator(
  model: FileModel,
  source: FileOperator,
  index: number,
  subgraph: number,
  problems: Problems,
): Operator | undefined {
  const at = { subgraph, operator: index, byte: source.position };
  const code = model.codes[source.code];
  if (!code) {
    const facts = { what: `the code of operator ${index}`, index: source.code, count: model.codes.length };
    problems.add(error("bad-reference", facts, at));
    return undefined;
  }
  const { inputs, outputs, intermediates } = source;
  const common = { inputs, outputs, origin: index, place: at };
  const handle = structural.get(code.builtin);
  if (handle) return { kind: handle.kind, attributes: handle.attributes(source.options), ...common };
  const known = byBuiltin.get(code.builtin);
  if (!known) {
    const name = builtinName(code.builtin);
    const custom = code.builtin === 32;
    problems.add(
      custom
        ? error("custom-op", { name: code.custom }, at)
        : error("unsupported-op", { name, builtin: code.builtin }, at),
    );
    return undefined;
  }
  const attributes = readAttributes(known, source, (e) => problems.add(e.within(at)));
  return { kind: known.definition.kind, ...common, ...(intermediates.length ? { intermediates } : {}), attributes };
}

function readAttributes({ row }: Known, source: FileOperator, problem: (found: UserError) => void): Attributes {
  const attributes: Record<string, AttributeValue> = { ...row.attributes };
  const { options } = row;
  if (!options) return attributes;
  const found = source.optionsTag;
  // Without an options table the schema's defaults hold; what is illegal about them, the operator says.
  const usable = found === options.tag;
  if (!usable && found !== 0) problem(error("wrong-options", { name: row.name, found, wanted: options.tag }));
  const table = usable ? source.options : undefined;
  for (const [name, field] of Object.entries(options.fields)) {
    const value = table ? readField(table, field, name) : field.default;
    attributes[name] = value;
    if (value !== undefined) continue;
    problem(error("unknown-option", { name: row.name, option: name, value: table!.int8(field.slot, 0) }));
    attributes[name] = field.default;
  }
  return attributes;
}

/** undefined: an enum value without a name. */
function readField(table: Table, field: TfliteField, name: string): AttributeValue {
  const absent = Number(field.default);
  switch (field.type) {
    case "bool":
      return table.bool(field.slot, field.default === true);
    case "int8":
      return table.int8(field.slot, absent);
    case "uint8":
      return table.uint8(field.slot, absent);
    case "int16":
      return table.int16(field.slot, absent);
    case "int32":
      return table.int32(field.slot, absent);
    case "int64":
      return table.int64(field.slot, absent);
    case "float32":
      return table.float32(field.slot, absent);
    case "int32s":
      return table.int32s(field.slot, `${name} of ${table.what}`);
    case "enum": {
      const at = table.field(field.slot, 1);
      return at === undefined ? (field.default as string) : field.names?.[table.int8(field.slot, 0)];
    }
  }
}
