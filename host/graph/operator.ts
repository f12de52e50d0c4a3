// What an operator is: one file in ops/ exports one or more of these rows, and ops/index.ts lists them.
//
//   tflite     how it is written in a .tflite file: importer and exporter are generic walkers over these rows
//   check      what is legal (types, ranks, quantisation); adds every problem, never stops at the first
//   infer      output shapes from inputs and attributes
//   reference  plain arithmetic in TypeScript: the bits that every engine must reproduce
//   macs       multiply-accumulates of one inference
//   lower      which kernels of assembly/kernels compute it, with which constants: addresses are filled in by plan

import type { UserError } from "../base/errors.ts";
import type { Attributes, Graph, Operator, Shape, Tensor, Values } from "./graph.ts";

/** One field of a TFLite options table: vtable slot, wire type, default (schema v3). */
export interface TfliteField {
  readonly slot: number;
  readonly type: "bool" | "int8" | "uint8" | "int16" | "int32" | "int64" | "float32" | "int32s" | "enum";
  /** For "enum": the names by value; an unknown value is a problem the importer reports. */
  readonly names?: readonly string[];
  readonly default: number | boolean | string | readonly number[];
}

export interface TfliteRow {
  /** BuiltinOperator code and its name in the schema. */
  readonly builtin: number;
  readonly name: string;
  /** Tag of the BuiltinOptions union and its fields: attribute name → field. Absent when the operator has no options. */
  readonly options?: { readonly tag: number; readonly fields: Readonly<Record<string, TfliteField>> };
  /** Attributes that follow from the builtin code alone. */
  readonly attributes?: Attributes;
}

/** An operator in its graph, with its tensors at hand. */
export interface Node {
  readonly graph: Graph;
  readonly operator: Operator;
  readonly attributes: Attributes;
  /** Throws (a defect) when absent: use `has` for optional inputs. */
  input(i: number): Tensor;
  has(i: number): boolean;
  output(i: number): Tensor;
  /** Values of a constant input; undefined when it is absent or computed at run time. */
  constant(i: number): Values | undefined;
}

export interface CheckedNode extends Node {
  problem(error: UserError): void;
}

/** A node with values: inputs are read, outputs (allocated, zeroed) and state inputs are written in place. */
export interface RunNode extends Node {
  value(i: number): Values;
  result(i: number): Values;
}

/**
 * Which machine the kernels are for. `device` code is 32-bit integer code with the intrinsics of assembly/intrinsics;
 * `dsp` says that SMLAD and friends are single instructions there. `simd` is the host's form, 128-bit.
 */
export interface Target {
  readonly form: "device" | "simd";
  readonly dsp: boolean;
}

export type KernelArgument =
  | number // an i32
  | { readonly f32: number }
  /** Address of a tensor (an index of the graph being planned), plus bytes. */
  | { readonly tensor: number; readonly offset?: number }
  /** Address of read-only bytes made for this layer: packed weights, tables. Equal bytes are stored once. */
  | { readonly constant: Uint8Array; readonly label: string; readonly align?: 1 | 2 | 4 | 8 | 16 }
  /** Address inside this layer's scratch, by byte offset. */
  | { readonly scratch: number };

export interface KernelCall {
  /** An export of assembly/kernels. */
  readonly kernel: string;
  readonly arguments: readonly KernelArgument[];
}

export interface Lowering {
  readonly calls: readonly KernelCall[];
  /** Working memory of this layer, counted into the arena; 0 when absent. Aligned to 16 bytes. */
  readonly scratchBytes?: number;
  /** Input `input` may occupy the same bytes as output `output` (same size, each element read before it is written). */
  readonly inPlace?: readonly { readonly input: number; readonly output: number }[];
  /** Output 0 has the bytes of input 0 and shares its memory: no code (reshape). `calls` is then empty. */
  readonly alias?: boolean;
}

export interface LowerNode extends Node {
  readonly target: Target;
  /** The address of input or output i as an argument. */
  in(i: number, offset?: number): KernelArgument;
  out(i: number, offset?: number): KernelArgument;
}

export interface OperatorDefinition {
  readonly kind: string;
  readonly tflite: readonly TfliteRow[];
  check(node: CheckedNode): void;
  infer(node: Node): readonly Shape[];
  reference(node: RunNode): void;
  macs?(node: Node): number;
  lower(node: LowerNode): Lowering;
}
