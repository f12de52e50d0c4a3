// The arrows of the design as calls, in order: the file to read first.
//
//   bytes ── importModel ──▶ Graph ── plan ──▶ Plan ── wasm ──▶ WasmModule ── engine ──▶ Engine
//
// Each is a pure function of a room; `compileModel` and `engineFor` only put them one after the other. Nothing is kept
// between calls: several models live in one process.

import { UserError } from "./base/errors.ts";
import { type Engine, hostEngine, type InstanceOptions, referenceEngine, wasmEngine } from "./engine/engine.ts";
import type { Graph, Target } from "./graph/graph.ts";
import { type MemoryMap, type Plan, plan } from "./plan/plan.ts";
import { loadKernels, type WasmModule, type WasmOptions, wasm } from "./wasm/wasm.ts";

export type EngineName = "reference" | "wasm" | "host";

const KiB = 1024;
const MiB = 1024 * KiB;

/** The bare boards: 2 MB of flash at 0 with room for the vector table, 512 KB of RAM. */
export const cortexM4Map: MemoryMap = {
  flash: { base: 0, bytes: 2 * MiB },
  flashReserved: 0x400,
  ram: { base: 0x2000_0000, bytes: 512 * KiB },
};

/** The same addresses with as much memory as they allow, for models that are only run and inspected here. */
export const virtualDeviceMap: MemoryMap = {
  flash: { base: 0, bytes: 512 * MiB },
  flashReserved: 0x400,
  ram: { base: 0x2000_0000, bytes: 1024 * MiB },
};

/** Low addresses, constants first; memory that is not touched costs nothing. Address 0 stays unused. */
export const hostMap: MemoryMap = {
  flash: { base: 0, bytes: 256 * MiB },
  flashReserved: 64,
  ram: { base: 256 * MiB, bytes: 1024 * MiB },
};

export interface CompileOptions extends WasmOptions {
  /** Default: `cortex-m4`'s for device code, and a larger one of the same addresses when the model does not fit it. */
  readonly map?: MemoryMap;
  /** Default: device code for a core with DSP instructions. */
  readonly target?: Target;
}

export interface CompiledModel {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly module: WasmModule;
}

export const deviceTarget: Target = { form: "device", dsp: true };
export const hostTarget: Target = { form: "simd", dsp: false };

export function planModel(graph: Graph, { map, target = deviceTarget }: CompileOptions = {}): Plan {
  if (map) return plan(graph, { map, target });
  if (target.form === "simd") return plan(graph, { map: hostMap, target });
  try {
    return plan(graph, { map: cortexM4Map, target });
  } catch (cause) {
    if (cause instanceof UserError && cause.exit === 8) return plan(graph, { map: virtualDeviceMap, target });
    throw cause;
  }
}

export async function compileModel(graph: Graph, options: CompileOptions = {}): Promise<CompiledModel> {
  const planned = planModel(graph, options);
  const module = await wasm(planned, await loadKernels(planned.target.form), options);
  return { graph, plan: planned, module };
}

export interface EngineOptions extends InstanceOptions {
  readonly map?: MemoryMap;
}

export async function engineFor(name: EngineName, graph: Graph, options: EngineOptions = {}): Promise<Engine> {
  if (name === "reference") return referenceEngine(graph);
  if (name === "wasm") {
    const { plan, module } = await compileModel(graph, { map: options.map });
    return wasmEngine(plan, module, options);
  }
  // V8 folds the constants itself: as fast as after Binaryen's passes, and half a second earlier in a cold process
  const { plan, module } = await compileModel(graph, { target: hostTarget, effort: "quick" });
  return hostEngine(plan, module, options);
}
