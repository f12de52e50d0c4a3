// Room wasm: Plan + kernel library → WasmModule, one model as specialised WebAssembly.
//
//   assemble    the kernels the model needs and one constant-argument stub per layer, as text
//   specialise  Binaryen inlines and optimises: each layer is its own function (the only importer of binaryen)
//   withData    one data segment per initialised object, appended to the binary
//
// The module's addresses are the plan's. Device form: the device's own addresses, on the host as well.

import type { Plan } from "../plan/plan.ts";
import { assemble, type Intrinsics } from "./assemble.ts";
import { withData } from "./binary.ts";
import type { KernelLibrary } from "./kernel-library.ts";
import { decodeSourceMap } from "./source-map.ts";
import { specialise } from "./specialise.ts";
import type { WasmModule } from "./wasm-types.ts";

export type { Intrinsics } from "./assemble.ts";
export type { KernelLibrary } from "./kernel-library.ts";
export { loadKernels } from "./library.ts";
export { wasmText } from "./text.ts";
export type { SourceLine, WasmLayer, WasmModule } from "./wasm-types.ts";

export interface WasmOptions {
  /** `imported` leaves `thumb.*` calls for codegen; `plain` (default) is what a host can run. */
  readonly intrinsics?: Intrinsics;
  /** Source positions of the device form's kernels (default: only when intrinsics are imported). */
  readonly positions?: boolean;
  /** `quick` only inlines: for an engine that optimises itself, where starting early counts. Default `full`. */
  readonly effort?: "full" | "quick";
}

const pageBytes = 65536;

/** 128-bit kernels read the last bytes of a tensor in whole vectors: never written, so the plan does not know. */
const vectorBytes = 16;

export async function wasm(plan: Plan, kernels: KernelLibrary, options: WasmOptions = {}): Promise<WasmModule> {
  const intrinsics = options.intrinsics ?? "plain";
  const positions = plan.target.form === "device" && (options.positions ?? intrinsics === "imported");
  const end = plan.objects.reduce((most, { address, bytes }) => Math.max(most, address + bytes), 1);
  const memoryPages = Math.ceil((end + (plan.target.form === "simd" ? vectorBytes : 0)) / pageBytes);
  const text = assemble(plan, kernels, { intrinsics, positions, memoryPages });
  const { bytes, sourceMap } = await specialise(
    text,
    plan.layers.map((layer) => layer.name),
    { effort: options.effort ?? "full", simd: plan.target.form === "simd", positions },
  );
  return {
    bytes: withData(bytes, plan.objects),
    form: plan.target.form,
    intrinsics,
    layers: plan.layers.map(({ name, origin }) => ({ name, origin })),
    regions: plan.objects,
    lines: sourceMap === undefined ? [] : decodeSourceMap(sourceMap, kernels.files),
    memoryPages,
  };
}
