// Random graphs, rewritten and planned, on the engines that run a plan: outputs and every tensor the plan says how to
// recover have the reference's bytes, and nothing outside the planned objects is written (guard).
// THUMBELINA_RUNS and THUMBELINA_SEED choose how many and which.

import { describe, expect, it } from "vitest";
import { engineFor } from "../../host/pipeline.ts";
import { Random } from "./int8-graph.ts";
import { randomGraph } from "./random-graph.ts";

const runs = Number(process.env.THUMBELINA_RUNS ?? 60);
const start = Number(process.env.THUMBELINA_SEED ?? 1);

describe("random graphs on the engines", () => {
  it.each(["wasm", "host"] as const)("%s has the reference's bytes", async (name) => {
    let compared = 0;
    for (let seed = start; seed < start + runs; seed++) {
      const graph = randomGraph(seed * 7919);
      const random = new Random(seed);
      const inputs = graph.inputs.map((tensor) => {
        const size = graph.tensors[tensor]!.shape.reduce((product, n) => product * n, 1);
        return Uint8Array.from({ length: size }, () => random.between(0, 255));
      });
      const reference = (await engineFor("reference", graph)).invoke(inputs, { tensors: true });
      const engine = await engineFor(name, graph, { guard: true });
      // The second run finds the arena full of the first.
      for (let run = 0; run < 2; run++) {
        const { outputs, tensors } = engine.invoke(inputs, { tensors: true });
        outputs.forEach((bytes, i) => {
          expect(bytes, `seed ${seed}, output ${i}`).toEqual(reference.outputs[i]);
        });
        for (const [tensor, bytes] of tensors!) {
          const wanted = reference.tensors!.get(tensor);
          if (wanted) expect(bytes, `seed ${seed}, tensor ${tensor}`).toEqual(wanted);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(runs);
  });
});
