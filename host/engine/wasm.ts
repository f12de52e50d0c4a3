// Engine `wasm`: the device form at the device's addresses, intrinsics replaced by plain code. What it computes is what
// codegen compiles: the same kernels, the same plan, the same constants.

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { WasmModule } from "../wasm/wasm.ts";
import type { Engine } from "./engine-types.ts";
import { type InstanceOptions, instantiate } from "./instance.ts";

export function wasmEngine(plan: Plan, module: WasmModule, options?: InstanceOptions): Promise<Engine> {
  invariant(module.form === "device", "engine wasm runs the device form");
  return instantiate("wasm", plan, module, options);
}
