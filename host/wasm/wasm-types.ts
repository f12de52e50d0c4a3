// The WasmModule: one model as specialised WebAssembly. It imports `env.memory` only (device form with intrinsics left in:
// also `thumb.*`), exports `thumbelina_invoke`, `thumbelina_reset` and one function per layer, and carries one data
// segment per initialised object of the plan.

import type { PlannedObject } from "../plan/plan.ts";

export interface WasmLayer {
  /** Function and export name, `layer_NN_kind`. */
  readonly name: string;
  readonly origin: number;
}

/**
 * Source position: from this byte offset in the module on (up to the next entry), code comes from file:line in assembly/.
 * Line 0 and an empty file: made by the wasm room itself (`thumbelina_reset`, `thumbelina_invoke`).
 */
export interface SourceLine {
  readonly offset: number;
  readonly file: string;
  readonly line: number;
}

export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly form: "device" | "simd";
  /** Whether `thumb.*` intrinsics are still imports (for codegen) or have been given their plain bodies. */
  readonly intrinsics: "imported" | "plain";
  readonly layers: readonly WasmLayer[];
  readonly regions: readonly PlannedObject[];
  /** Sorted by offset; empty when positions were not asked for. */
  readonly lines: readonly SourceLine[];
  /** Pages of 64 KiB that the memory must have. */
  readonly memoryPages: number;
}
