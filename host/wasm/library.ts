// The compiled kernels of the device. They are a generated module (assembly/build.mjs), loaded on first use: a run on the host
// reads its own form instead (host-kernels.ts).

import type { FirmwareLibrary } from "./firmware-library.ts";
import type { KernelLibrary } from "./kernel-library.ts";
import { decodeSourceMap } from "./source-map.ts";
import type { SourceLine } from "./wasm-types.ts";

export async function loadKernels(): Promise<KernelLibrary> {
  const { device } = await import("./built/device.ts");
  return device;
}

/** The module whose functions machine code calls as `rt.NAME` (assembly/runtime): what codegen takes as `runtime`. */
export async function loadRuntime(): Promise<Uint8Array> {
  const { runtime } = await import("./built/runtime.ts");
  return Uint8Array.from(atob(runtime), (character) => character.charCodeAt(0));
}

/** Where that module's code was written. */
export async function loadRuntimeLines(): Promise<SourceLine[]> {
  const { runtimeFiles, runtimeMappings } = await import("./built/runtime.ts");
  const sources = runtimeFiles.map((_, i) => String(i));
  return decodeSourceMap(JSON.stringify({ sources, mappings: runtimeMappings }), runtimeFiles);
}

/** Everything that firmware may consist of. */
export async function loadFirmware(): Promise<FirmwareLibrary> {
  const { firmware } = await import("./built/firmware.ts");
  return firmware;
}
