// Room wasm: Plan + kernels → WasmModule, one model as specialised WebAssembly. Two ways, by the plan's form:
//
//   device   wasm(plan, KernelLibrary), optimised, for codegen and to be measured; portable(…) to stand alone
//   simd     splice(plan, HostKernels), at once and without Binaryen: the engine that runs it optimises (splice.ts)
//
//   assemble    the kernels the model needs and one constant-argument stub per layer, as text
//   specialise  Binaryen inlines and optimises: each layer is its own function (the only importer of binaryen)
//   withData    one data segment per initialised object, appended to the binary
//
// The module's addresses are the plan's. Device form: the device's own addresses, on the host as well.

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { assemble, type Intrinsics } from "./assemble.ts";
import { pagesOf, withData } from "./binary.ts";
import type { KernelLibrary } from "./kernel-library.ts";
import { decodeSourceMap } from "./source-map.ts";
import { specialise } from "./specialise.ts";
import type { WasmModule } from "./wasm-types.ts";

export type { Intrinsics } from "./assemble.ts";
export { type FirmwareModule, type FirmwareValues, firmware } from "./firmware.ts";
export { type FirmwareLayout, type FirmwareObject, type FirmwareRequest, layOutFirmware } from "./firmware-layout.ts";
export type { FirmwareLibrary } from "./firmware-library.ts";
export { type HostKernels, loadHostKernels } from "./host-kernels.ts";
export type { KernelLibrary } from "./kernel-library.ts";
export { loadFirmware, loadKernels, loadRuntime, loadRuntimeLines } from "./library.ts";
export { type PortableModule, portable } from "./portable.ts";
export { splice } from "./splice.ts";
export { wasmText } from "./text.ts";
export { usbTable } from "./usb-descriptors.ts";
export type { SourceLine, WasmLayer, WasmModule } from "./wasm-types.ts";

export interface WasmOptions {
  /** `imported` leaves `thumb.*` calls for codegen; `plain` (default) is what a host can run. */
  readonly intrinsics?: Intrinsics;
  /** Source positions of the device form's kernels (default: only when intrinsics are imported). */
  readonly positions?: boolean;
}

export async function wasm(plan: Plan, kernels: KernelLibrary, options: WasmOptions = {}): Promise<WasmModule> {
  const intrinsics = options.intrinsics ?? "plain";
  const positions = options.positions ?? intrinsics === "imported";
  invariant(plan.target.form === "device", "the host's form is spliced");
  const memoryPages = pagesOf(plan.objects);
  const text = assemble(plan, kernels, { intrinsics, positions, memoryPages });
  const { bytes, sourceMap } = await specialise(
    text,
    plan.layers.map((layer) => layer.name),
    { positions },
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
