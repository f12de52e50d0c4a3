// The tables of a .tflite file (schema v3) as plain data, before they mean anything: numbers are not yet checked against
// each other, only against the file. Slots are vtable slots of schema.fbs; a hole in the numbering is a field not needed.
//
//   Model ─ operator codes · subgraphs ─ tensors · operators · buffers ─ bytes
//
// Source: TensorFlow Lite schema v3 (tensorflow/compiler/mlir/lite/schema/schema.fbs).

import { error } from "./errors.ts";
import { type FlatFile, fileLimits, openFlatFile, rootTable, spendData, type Table } from "./flatbuffer.ts";

export interface FileTensor {
  readonly position: number;
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  readonly buffer: number;
  readonly isVariable: boolean;
  readonly isSparse: boolean;
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
  /** Kind of quantisation beyond affine; 0: affine. */
  readonly quantizationDetails: number;
}

export interface FileOperator {
  readonly position: number;
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly intermediates: readonly number[];
  /** Tag of the options union, 0: none. */
  readonly optionsTag: number;
  readonly options: Table | undefined;
}

export interface FileSubgraph {
  readonly name: string;
  readonly tensors: readonly FileTensor[];
  readonly operators: readonly FileOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface FileModel {
  readonly file: FlatFile;
  readonly codes: readonly { readonly builtin: number; readonly custom: string }[];
  readonly subgraphs: readonly FileSubgraph[];
  /** Bytes of each buffer; undefined when it has none. */
  readonly buffers: readonly (Uint8Array | undefined)[];
}

/** Throws at the first broken offset: what follows one cannot be trusted. */
export function readFileModel(bytes: Uint8Array): FileModel {
  checkIdentifier(bytes);
  const file = openFlatFile(bytes);
  const model = rootTable(file);
  const version = model.uint32(0, 0);
  if (version !== 3) throw error("unsupported-version", { version }, { byte: model.position });
  const codes = model.tables(1, "operator code").map((code) => ({
    // Codes above 126 do not fit the old field, which then holds a placeholder of 127: the larger one is meant.
    builtin: Math.max(code.int8(0, 0), code.int32(3, 0)),
    custom: code.string(1, `the custom name of ${code.what}`),
  }));
  return {
    file,
    codes,
    subgraphs: model.tables(2, "subgraph").map(readSubgraph),
    buffers: model.tables(4, "buffer").map((buffer) => readBuffer(file, buffer)),
  };
}

function checkIdentifier(bytes: Uint8Array): void {
  const identifier = String.fromCharCode(...bytes.subarray(4, 8));
  if (bytes.length >= 16 && identifier === "TFL3") return;
  // An ONNX file is a protobuf that starts with field 1, ir_version, a small varint.
  const isOnnx = bytes.length > 2 && bytes[0] === 0x08 && bytes[1]! < 0x20;
  const looksLike = isOnnx ? "an ONNX file" : identifier.startsWith("TFL") ? `a ${identifier} file` : "a file";
  throw error("unsupported-format", { looksLike, bytes: bytes.length }, { byte: 4 });
}

function readSubgraph(subgraph: Table): FileSubgraph {
  const { what } = subgraph;
  return {
    name: subgraph.string(4, `the name of ${what}`),
    tensors: subgraph.tables(0, "tensor").map(readTensor),
    inputs: subgraph.int32s(1, `the inputs of ${what}`),
    outputs: subgraph.int32s(2, `the outputs of ${what}`),
    operators: subgraph.tables(3, "operator").map(readOperator),
  };
}

function readTensor(tensor: Table): FileTensor {
  const { what } = tensor;
  const quantization = tensor.table(4, `the quantisation of ${what}`);
  return {
    position: tensor.position,
    name: tensor.string(3, `the name of ${what}`),
    type: tensor.int8(1, 0),
    shape: tensor.int32s(0, `the shape of ${what}`),
    buffer: tensor.uint32(2, 0),
    isVariable: tensor.bool(5, false),
    isSparse: tensor.field(6, 4) !== undefined,
    scales: quantization?.float32s(2, `the scales of ${what}`) ?? [],
    zeroPoints: quantization?.int64s(3, `the zero points of ${what}`) ?? [],
    axis: quantization?.int32(6, 0) ?? 0,
    quantizationDetails: quantization?.uint8(4, 0) ?? 0,
  };
}

function readOperator(operator: Table): FileOperator {
  const { what } = operator;
  return {
    position: operator.position,
    code: operator.uint32(0, 0),
    inputs: operator.int32s(1, `the inputs of ${what}`),
    outputs: operator.int32s(2, `the outputs of ${what}`),
    intermediates: operator.int32s(8, `the intermediates of ${what}`),
    optionsTag: operator.uint8(3, 0),
    options: operator.table(4, `the options of ${what}`),
  };
}

/** Data inside the tables, or (files beyond 2 GB, and some converters) at an absolute offset after them. */
function readBuffer(file: FlatFile, buffer: Table): Uint8Array | undefined {
  const inside = buffer.bytes(0, `the data of ${buffer.what}`);
  const offset = buffer.int64(1, 0);
  const size = buffer.int64(2, 0);
  // Offset 1 with size 0 marks "none"; an empty vector is none as well: a tensor computed at run time names such a buffer.
  if (inside?.length || offset <= 1 || size <= 0) return inside?.length ? inside : undefined;
  if (offset + size > file.bytes.length) {
    const facts = { what: `the data of ${buffer.what}`, offset: offset + size, size: file.bytes.length };
    throw error("bad-offset", facts, { byte: buffer.position });
  }
  return file.bytes.subarray(offset, offset + size);
}

/** Memory for a variable, charged to the file before it is spent; a size that is no size is left to the graph's check. */
export function takeState(model: FileModel, bytes: number): number {
  const size = Math.max(bytes, 0);
  model.file.stateBytes += size;
  if (model.file.stateBytes <= fileLimits.stateBytes) return size;
  throw error("too-large", {
    what: "the model's variables",
    bytes: model.file.stateBytes,
    limit: fileLimits.stateBytes,
  });
}

/** The bytes of a constant, charged to the file: tensors may share a buffer, but not without end. */
export function takeBuffer(model: FileModel, index: number): Uint8Array | undefined {
  const bytes = model.buffers[index];
  if (bytes) spendData(model.file, bytes.length);
  return bytes;
}
