// The compiled kernels of one form. They are generated modules (assembly/build.mjs), loaded on first use: a device build
// does not read the SIMD form, nor the other way round.

import type { Target } from "../graph/graph.ts";
import type { KernelLibrary } from "./kernel-library.ts";

export async function loadKernels(form: Target["form"]): Promise<KernelLibrary> {
  return form === "device" ? (await import("./built/device.ts")).device : (await import("./built/simd.ts")).simd;
}
