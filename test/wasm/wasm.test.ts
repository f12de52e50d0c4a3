// The module of a plan: what it exports, imports and carries, and that each layer is a function of its own.

import { describe, expect, it } from "vitest";
import { loadKernels, wasm } from "../../host/wasm/wasm.ts";
import { addresses, call, initialState, pattern, sampleLayers, samplePlan } from "./sample-plan.ts";
import { namesOf, run } from "./webassembly.ts";

const kernels = await loadKernels();

type Exports = Readonly<Record<string, () => void>>;

describe("wasm", () => {
  it("exports the layers, invoke and reset, and imports the memory only", async () => {
    const { bytes, layers } = await wasm(samplePlan(), kernels);
    const { exports, imports } = namesOf(bytes);
    expect(new Set(exports)).toEqual(
      new Set(["layer_00_copy", "layer_01_fill", "thumbelina_invoke", "thumbelina_reset"]),
    );
    expect(imports).toEqual(["env.memory"]);
    expect(layers).toEqual([
      { name: "layer_00_copy", origin: 0 },
      { name: "layer_01_fill", origin: 1 },
    ]);
  });

  it("puts data at the plan's addresses and asks for the pages they need", async () => {
    const module = await wasm(samplePlan(), kernels);
    expect(module.memoryPages).toBe(0x2000 + 1);
    const { memory } = run<Exports>(module.bytes, module.memoryPages);
    expect(memory.slice(addresses.pattern, addresses.pattern + 16)).toEqual(pattern);
    expect(memory.slice(addresses.state, addresses.state + 40)).toEqual(initialState);
  });

  it("resets state to its initial bytes", async () => {
    const module = await wasm(samplePlan(), kernels);
    const { memory, exports } = run<Exports>(module.bytes, module.memoryPages);
    memory.fill(0x11, addresses.state - 16, addresses.state + 48);
    exports["thumbelina_reset"]!();
    expect(memory.slice(addresses.state, addresses.state + 40)).toEqual(initialState);
    expect(memory.slice(addresses.state - 16, addresses.state)).toEqual(new Uint8Array(16).fill(0x11));
    expect(memory.slice(addresses.state + 40, addresses.state + 48)).toEqual(new Uint8Array(8).fill(0x11));
  });

  it("calls the layers in order", async () => {
    const module = await wasm(samplePlan(), kernels);
    const { memory, exports } = run<Exports>(module.bytes, module.memoryPages);
    const input = Uint8Array.from({ length: 16 }, (_, i) => 200 - i);
    memory.set(input, addresses.input);
    exports["thumbelina_invoke"]!();
    expect(memory.slice(addresses.output, addresses.output + 32)).toEqual(Uint8Array.of(...input, ...pattern));
    expect(memory.slice(addresses.state, addresses.state + 8)).toEqual(Uint8Array.of(7, 7, 7, 7, 128, 128, 128, 128));
  });

  it("keeps two equal layers apart", async () => {
    const [first] = sampleLayers;
    const twins = [first!, { ...first!, name: "layer_01_copy", origin: 1 }];
    const { bytes } = await wasm(samplePlan(twins), kernels);
    expect(functionBodies(bytes)).toBe(4);
  });

  it("refuses a call that does not fit the kernel", async () => {
    const [first] = sampleLayers;
    const missing = samplePlan([{ ...first!, calls: [call("copy_bytes", 1, 2)] }]);
    await expect(wasm(missing, kernels)).rejects.toThrow("copy_bytes takes (i32, i32, i32), the plan gives (i32, i32)");
    const unknown = samplePlan([{ ...first!, calls: [call("no_such_kernel")] }]);
    await expect(wasm(unknown, kernels)).rejects.toThrow("no_such_kernel");
  });
});

/** Count in the code section (id 10). */
function functionBodies(bytes: Uint8Array): number {
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++]!;
    const size = leb();
    const body = at;
    if (id === 10) return leb();
    at = body + size;
  }
  return 0;
}
