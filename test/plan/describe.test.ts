// What inspect prints about memory: the figures add up to the plan's, and the drawing shows them.

import { describe, expect, it } from "vitest";
import { describePlan, drawPlan, plan } from "../../host/plan/plan.ts";
import { bareBoard, bytesTensor, device, fakeDefinition, fakeGraph } from "./fake-operators.ts";
import { GraphBuilder, Random } from "./int8-graph.ts";

describe("describePlan", () => {
  it("counts shared memory once and names the peak", () => {
    const tensors = [100, 200, 200, 56].map((size) => bytesTensor(size));
    const steps = [
      ["op+const", [0], [1]],
      ["op+alias", [1], [2]],
      ["op+scratch48", [2], [3]],
    ] as const;
    const made = plan(fakeGraph(tensors, steps, [0], [3]), {
      map: bareBoard,
      target: device,
      rewrite: false,
      definitions: fakeDefinition,
    });
    const { layers, peak, flashBytes, arenaBytes } = describePlan(made);
    expect(layers.map(({ liveBytes }) => liveBytes)).toEqual([300, 200, 256]);
    expect(layers.map(({ flashBytes }) => flashBytes)).toEqual([20, 0, 0]);
    expect(peak).toEqual({ layer: 2, activationBytes: 256, scratchBytes: 48 });
    expect([arenaBytes, flashBytes]).toEqual([peak.activationBytes + peak.scratchBytes, 20]);
  });

  it("draws a real model: a bar per tensor, the peak marked, what was removed", () => {
    const b = new GraphBuilder(new Random(3));
    const x = b.input([1, 8, 8, 4]);
    const y = b.clamp(b.conv(x, { outputs: 16, dead: 80 }), "relu");
    const z = b.conv(b.depthwise(y, { dead: 0 }), { outputs: 4, dead: 0 });
    b.tensors[z] = { ...b.tensors[z]!, name: "evil\u001b[2Jname" };
    const description = describePlan(plan(b.graph([z]), { map: bareBoard, target: device }));
    expect(description.macs).toBeLessThan(description.originalMacs);
    expect(description.layers[0]).toMatchObject({ name: "layer_00_conv_2d", fused: [0, 1] });
    const text = drawPlan(description);
    expect(text).toMatch(/^▶ {2}layer_0\d_/m);
    expect(text).toContain("layer_00_conv_2d +1");
    expect(text).toMatch(/int8 1×8×8×\d+ of 16/);
    expect(text).toContain(`arena    ${description.arenaBytes.toLocaleString("en")} bytes, set by layer_0`);
    expect(text).toContain("━━···");
    expect(text).toContain("evil?[2Jname");
    expect(text.split("\n").filter((line) => /━/.test(line)).length).toBe(description.tensors.length);
  });
});
