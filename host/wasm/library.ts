// The compiled kernels of one form. They are generated modules (assembly/build.mjs), loaded on first use: a device build
// does not read the SIMD form. The SIMD form is the device's kernels and the 128-bit forms of the hot ones beside them.

import type { Plan } from "../plan/plan.ts";
import type { KernelLibrary } from "./kernel-library.ts";

export async function loadKernels(form: Plan["target"]["form"]): Promise<KernelLibrary> {
  const { device } = await import("./built/device.ts");
  if (form === "device") return device;
  const { simd } = await import("./built/simd.ts");
  return {
    exports: { ...device.exports, ...simd.exports },
    functions: { ...device.functions, ...simd.functions },
    imports: { ...device.imports, ...simd.imports },
    plain: device.plain,
    files: device.files,
  };
}
