// Random graphs (random-graph.ts): rewritten they keep every bit, planned they pass the checker, and the same graph gives
// the same plan. A counterexample is a seed.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operatorDefinition } from "../../host/graph/graph.ts";
import { plan } from "../../host/plan/plan.ts";
import { rewriteGraph } from "../../host/plan/rewrite/passes.ts";
import { bareBoard, device } from "./fake-operators.ts";
import { Random } from "./int8-graph.ts";
import { randomGraph } from "./random-graph.ts";
import { rewriteExactly } from "./same-bits.ts";

const seeds = fc.integer({ min: 1, max: 2 ** 30 });
const runs = {
  numRuns: Number(process.env.THUMBELINA_RUNS ?? 80),
  seed: Number(process.env.THUMBELINA_SEED ?? 20240607),
};

describe("random graphs", () => {
  it("keep every bit when they are rewritten", () => {
    let removed = 0;
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 2, 4), (seed, channelMultiple) => {
        const { channels, graph } = rewriteExactly(randomGraph(seed), new Random(seed), (from) =>
          rewriteGraph(from, { rewrite: true, definitions: operatorDefinition, channelMultiple }),
        );
        removed += channels.size;
        for (const [tensor, { map }] of channels) expect(graph.tensors[tensor]!.shape.at(-1)).toBe(map.length);
      }),
      runs,
    );
    expect(removed).toBeGreaterThan(runs.numRuns / 10);
  });

  it("get plans that the checker proves, the same ones each time, for both forms", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), fc.boolean(), (seed, rewrite, simd) => {
        const target = simd ? ({ form: "simd", dsp: false } as const) : device;
        const options = { map: bareBoard, target, rewrite };
        const [first, second] = [0, 1].map(() => plan(randomGraph(seed), options));
        expect(first!.arenaBytes).toBeGreaterThan(0);
        expect(second).toEqual(first);
      }),
      runs,
    );
  });
});
