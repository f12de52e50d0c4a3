// The Graph: a model as checked, readonly data.
//
//   made by   import (from .tflite, .onnx), train, quantize; rewritten Graph → Graph by plan
//   read by   quantize, plan, engine (reference), export, cli (inspect)
//
// Tensors and operators keep the numbering of the original file in `origin`, whatever is fused or removed later: that is
// the numbering in which layers are named (`layer_NN_operator`) and tensors are reported (`run --layers`).
// A tensor index in `inputs` may be -1: an optional input that is absent.

import type { Place } from "../base/errors.ts";

// The room's door: the types below, and what other rooms may call. Files of this room import types only from here.
export { integerClamp } from "./activation.ts";
export { checkGraph, limits } from "./check.ts";
export {
  byteLength,
  elementBytes,
  elementCount,
  integerRange,
  isComputable,
  toBytes,
  toValues,
  zeroValues,
} from "./dtype.ts";
export { type GraphNodes, graphNodes, operatorDefinition } from "./nodes.ts";
export type {
  CheckedNode,
  KernelArgument,
  KernelCall,
  Lowering,
  LowerNode,
  Node,
  OperatorDefinition,
  RunNode,
  Target,
  TfliteField,
  TfliteRow,
} from "./operator.ts";
export { operators } from "./ops/index.ts";
export { initialState, runReference, type State } from "./run.ts";
export { type Window, type WindowAxis, windowOf } from "./window.ts";

export type DType =
  | "int4" // packed two a byte, low nibble first, as TFLite stores it
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "bool"
  | "string"
  | "complex64"
  | "resource"
  | "variant";

/** Affine quantisation, real = scale · (q − zeroPoint); one entry per tensor, or one per index of `axis`. */
export interface Quantization {
  readonly scales: readonly number[]; // float32 values, held exactly
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

export type Shape = readonly number[];

export interface Tensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: Quantization;
  /** Little-endian, row-major, tightly packed; present exactly when the tensor is constant. */
  readonly data?: Uint8Array;
  /** State kept from one inference to the next: initial bytes (an LSTM's cell state, a resource variable). */
  readonly state?: Uint8Array;
  /** Index of this tensor in the original model; undefined for one that a rewrite introduced. */
  readonly origin?: number;
}

/** Attributes of an operator: plain data, its shape declared by the operator's own file in ops/. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type AttributeValue = string | number | boolean | undefined | readonly number[] | readonly string[];

export interface Operator {
  /** A row of ops/index.ts, e.g. "conv_2d". */
  readonly kind: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Tensors that only carry quantisation of values inside the operator (an LSTM's gates). */
  readonly intermediates?: readonly number[];
  readonly attributes: Attributes;
  /** Index in the original model (of the first operator, where several were fused). */
  readonly origin: number;
  readonly place?: Place;
}

export interface Graph {
  readonly name: string;
  readonly tensors: readonly Tensor[];
  /** In execution order. */
  readonly operators: readonly Operator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** A tensor's values while a graph runs; bool as 0/1 bytes, int4 unpacked to one value a byte. */
export type Values =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array;
