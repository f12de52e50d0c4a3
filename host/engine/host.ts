// Engine `host`: the SIMD form, the fast way to run a model on a laptop or in a browser.

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { WasmModule } from "../wasm/wasm.ts";
import type { Engine } from "./engine-types.ts";
import { type InstanceOptions, instantiate } from "./instance.ts";

export function hostEngine(plan: Plan, module: WasmModule, options?: InstanceOptions): Promise<Engine> {
  invariant(module.form === "simd", "engine host runs the SIMD form");
  return instantiate("host", plan, module, options);
}
