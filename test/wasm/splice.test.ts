// The host's module: layers spliced from compiled bodies do what the same plan does on the device's form, and the module is as
// small as its layers need.

import { describe, expect, it } from "vitest";
import type { Plan } from "../../host/plan/plan.ts";
import { loadHostKernels, loadKernels, splice, wasm } from "../../host/wasm/wasm.ts";
import { addresses, call, initialState, pattern, sampleLayers, samplePlan } from "./sample-plan.ts";
import { namesOf, run } from "./webassembly.ts";

const kernels = await loadHostKernels();
const hostPlan = (layers?: Plan["layers"]): Plan => ({ ...samplePlan(layers), target: { form: "simd", dsp: false } });
const [first, second] = sampleLayers;

type Exports = Readonly<Record<string, () => void>>;

describe("splice", () => {
  it("has every kernel of the device, and more", async () => {
    const device = Object.keys((await loadKernels()).exports);
    expect(Object.keys(kernels.exports)).toEqual(expect.arrayContaining(device));
    expect(Object.keys(kernels.exports).length).toBeGreaterThan(device.length);
  });

  it("exports the layers, invoke and reset, and imports the memory only", () => {
    const { exports, imports } = namesOf(splice(hostPlan(), kernels).bytes);
    expect(exports).toEqual(["layer_00_copy", "layer_01_fill", "thumbelina_invoke", "thumbelina_reset"]);
    expect(imports).toEqual(["env.memory"]);
  });

  it("computes what the device's module does, layers of several calls too", async () => {
    const input = Uint8Array.from({ length: 16 }, (_, i) => 200 - i);
    const modules = [splice(hostPlan(), kernels), await wasm(samplePlan(), await loadKernels())];
    const results = modules.map((module) => {
      const { memory, exports } = run<Exports>(module.bytes, module.memoryPages);
      memory.set(input, addresses.input);
      exports["thumbelina_invoke"]!();
      return memory.slice(addresses.state, addresses.output + 32);
    });
    expect(results[0]).toEqual(results[1]);
    expect(results[0]!.slice(-32)).toEqual(Uint8Array.of(...input, ...pattern));
  });

  it("gives kernels float constants", () => {
    const plan = hostPlan([
      {
        ...first!,
        calls: [
          {
            kernel: "convolution_f32",
            arguments: [
              ...[addresses.output, addresses.input, addresses.pattern, addresses.pattern + 12].map(i32),
              ...[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1].map(i32),
              { type: "f32", value: -0.75 },
              { type: "f32", value: 0.625 },
            ],
          },
        ],
      },
    ]);
    const { bytes, memoryPages } = splice(plan, kernels);
    const { memory, exports } = run<Exports>(bytes, memoryPages);
    const view = new DataView(memory.buffer);
    view.setFloat32(addresses.pattern, 1, true);
    view.setFloat32(addresses.pattern + 12, 0, true);
    const outputs = [5, 0.5, -5].map((x) => {
      view.setFloat32(addresses.input, x, true);
      exports["thumbelina_invoke"]!();
      return view.getFloat32(addresses.output, true);
    });
    expect(outputs).toEqual([0.625, 0.5, -0.75]);
  });

  it("resets state to its initial bytes", () => {
    const module = splice(hostPlan(), kernels);
    const { memory, exports } = run<Exports>(module.bytes, module.memoryPages);
    memory.fill(0x11, addresses.state - 16, addresses.state + 48);
    exports["thumbelina_reset"]!();
    expect(memory.slice(addresses.state, addresses.state + 40)).toEqual(initialState);
    expect(memory.slice(addresses.state - 16, addresses.state)).toEqual(new Uint8Array(16).fill(0x11));
    expect(memory.slice(addresses.state + 40, addresses.state + 48)).toEqual(new Uint8Array(8).fill(0x11));
  });

  it("refuses a call that does not fit the kernel, and a kernel that is not there", () => {
    const wrong = (...calls: Plan["layers"][number]["calls"]) => splice(hostPlan([{ ...second!, calls }]), kernels);
    expect(() => wrong(call("copy_bytes", 1, 2))).toThrow("do not fit copy_bytes");
    expect(() => wrong(call("no_such_kernel"))).toThrow("no_such_kernel");
    expect(() => splice(samplePlan(), kernels)).toThrow("Binaryen");
  });
});

function i32(value: number) {
  return { type: "i32", value } as const;
}
