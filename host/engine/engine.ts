// Room engine: one interface over every way to run a model, and `verify`, a loop over them.
//
//   reference   plain arithmetic in TypeScript over the Graph         reference.ts
//   wasm        device-form WebAssembly at device addresses           wasm.ts ┐
//   host        SIMD form                                             host.ts ┴ instance.ts, guard.ts
//   sim         the harness image on a simulated board                sim.ts, sim-memory.ts
//
// Inputs are checked against the model before an engine sees them (inputs.ts): wrong sizes are a user's error, not a crash.

export type { Engine, Invocation } from "./engine-types.ts";
export { hostEngine } from "./host.ts";
export { checkInputs } from "./inputs.ts";
export type { InstanceOptions } from "./instance.ts";
export { referenceEngine } from "./reference.ts";
export { type SimEngine, simEngine } from "./sim.ts";
export type { MemoryUse } from "./sim-memory.ts";
export { type Difference, type Verification, type VerifiedTensor, verify } from "./verify.ts";
export { wasmEngine } from "./wasm.ts";
