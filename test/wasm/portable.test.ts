// The module that stands alone: what it imports, exports and asks for, and that it gives the reference's bits.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import { importModel } from "../../host/import/import.ts";
import { buildPortable } from "../../host/pipeline.ts";
import { generator, tinyModels } from "../import/tiny-models.ts";
import { instantiate, namesOf } from "./webassembly.ts";

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly invoke: () => void;
  readonly reset: () => void;
  readonly [edge: `${"input" | "output"}_${string}`]: { readonly value: number };
}

const motion = new Uint8Array(readFileSync(new URL("../../models/motion/motion.tflite", import.meta.url)));

describe("portable module", () => {
  it("imports nothing and exports memory, invoke, reset and the edges", async () => {
    const { bytes, memoryPages } = await buildPortable(importModel(motion));
    const { exports, imports } = namesOf(bytes);
    expect(imports).toEqual([]);
    const edges = ["input_0", "input_0_size", "output_0", "output_0_size"];
    expect(new Set(exports)).toEqual(new Set(["memory", "invoke", "reset", ...edges]));
    expect(memoryPages).toBe(1);
    const { memory, input_0, input_0_size } = instantiate<Exports>(bytes);
    expect(memory.buffer.byteLength).toBe(65536);
    expect(input_0!.value).toBeGreaterThanOrEqual(16);
    expect(input_0_size!.value).toBe(384);
  });

  it.each([["motion", () => motion] as const, ...Object.entries(tinyModels)])("computes %s", async (_, model) => {
    const graph = importModel(model());
    const { bytes, plan } = await buildPortable(graph);
    const exports = instantiate<Exports>(bytes);
    const memory = new Uint8Array(exports.memory.buffer);
    const reference = referenceEngine(graph);
    const random = generator(7);
    const run = (inputs: readonly Uint8Array[]) => {
      inputs.forEach((input, i) => {
        memory.set(input, exports[`input_${i}`]!.value);
      });
      exports.invoke();
      return plan.outputs.map((_, i) => {
        const at = exports[`output_${i}`]!.value;
        return memory.slice(at, at + exports[`output_${i}_size`]!.value);
      });
    };
    for (let round = 0; round < 3; round++) {
      if (round === 2) {
        exports.reset();
        reference.reset();
      }
      const inputs = plan.inputs.map(({ bytes }) => Uint8Array.from({ length: bytes }, () => 256 * random()));
      expect(run(inputs)).toEqual(reference.invoke(inputs).outputs);
    }
  });
});
