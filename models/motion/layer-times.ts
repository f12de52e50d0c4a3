// How long each layer takes: a compiled model is a WebAssembly module in which every layer is a function of its own, so they
// can be called and timed one by one.

import type { CompiledModel } from "../../host/index.ts";

const rounds = 9;
const callsPerRound = 400;

/** Layer name → microseconds a call, the median of some rounds. */
export function layerMicroseconds({ plan, module }: CompiledModel, input: Uint8Array): Map<string, number> {
  const memory = new WebAssembly.Memory({ initial: module.memoryPages });
  const compiled = new WebAssembly.Module(module.bytes);
  const exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Record<string, () => void>;
  exports["thumbelina_reset"]!();
  const bytes = new Uint8Array(memory.buffer);
  const layers = module.layers.map(({ name }) => ({ name, run: exports[name]!, times: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    // In their order and from the input each round: a layer's input may be overwritten by a later one.
    bytes.set(input, plan.inputs[0]!.address);
    for (const { run, times } of layers) {
      const started = performance.now();
      for (let call = 0; call < callsPerRound; call++) run();
      times.push((1000 * (performance.now() - started)) / callsPerRound);
    }
  }
  return new Map(layers.map(({ name, times }) => [name, times.sort((a, b) => a - b)[rounds >> 1]!]));
}
