// A WASM module as data: what module.ts reads and build-ssa.ts translates. Function bodies stay bytes.

import type { Type } from "./ir.ts";

export type WasmType = "i32" | "i64" | "f32" | "f64";

export interface Signature {
  readonly params: readonly WasmType[];
  readonly results: readonly WasmType[];
}

export interface WasmFunction {
  readonly index: number;
  readonly name: string;
  readonly signature: Signature;
  /** Import module and field; a function has either this or a body. */
  readonly imported?: { readonly module: string; readonly field: string };
  readonly locals: readonly WasmType[];
  /** Body without the locals: [start, end) in the module's bytes. */
  readonly start: number;
  readonly end: number;
}

export interface WasmGlobal {
  readonly type: WasmType;
  readonly mutable: boolean;
  readonly imported?: { readonly module: string; readonly field: string };
  /** Initial bits, low word first; or another global's index. */
  readonly init: { readonly words: readonly [number, number] } | { readonly global: number };
}

export interface DataSegment {
  readonly passive: boolean;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface Module {
  readonly bytes: Uint8Array;
  readonly types: readonly Signature[];
  readonly functions: readonly WasmFunction[];
  readonly globals: readonly WasmGlobal[];
  readonly memory?: { readonly min: number; readonly max: number | undefined; readonly imported: boolean };
  /** Function index per table entry, −1 where nothing is. */
  readonly table: readonly number[];
  readonly hasTable: boolean;
  readonly exports: readonly {
    readonly name: string;
    readonly kind: "func" | "table" | "memory" | "global";
    readonly index: number;
  }[];
  readonly start: number | undefined;
  readonly data: readonly DataSegment[];
}

/** The first type that equals type `index`: what an indirect call compares. */
export function canonicalType(types: readonly Signature[], index: number): number {
  return typeOf(types, types[index]!);
}

function typeOf(types: readonly Signature[], signature: Signature): number {
  const text = ({ params, results }: Signature): string => `${params} ${results}`;
  return types.findIndex((type) => text(type) === text(signature));
}

/** One entry of `function_table`: 8 bytes, the code's address (Thumb bit set) and its canonical type; 0 and −1 where nothing is. */
export interface TableEntry {
  readonly symbol: string;
  readonly type: number;
}

export function tableEntries(module: Module): readonly (TableEntry | undefined)[] {
  return module.table.map((index) => {
    const fn = module.functions[index];
    return fn && { symbol: symbolOf(fn), type: typeOf(module.types, fn.signature) };
  });
}

/** What a call is linked to: a function of another module of the image (`extern.NAME`) goes by its own name there. */
export function symbolOf({ name, imported }: WasmFunction): string {
  if (!imported) return name;
  return imported.module === "extern" ? imported.field : `${imported.module}.${imported.field}`;
}

/** Registers that a value takes: an i64 is a pair. */
export function wordsOf(type: WasmType): 1 | 2 {
  return type === "i64" ? 2 : 1;
}

/** Types of the registers that a list of values takes; a float travels in a core register between functions. */
export function flatten(types: readonly WasmType[]): Type[] {
  return types.flatMap((type) => new Array<Type>(wordsOf(type)).fill("i32"));
}
