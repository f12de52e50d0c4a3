// Engine sim: the machine code of a board's image gives the reference's bits, layer by layer, and what it asserts about memory holds
// — and fails when an image is tampered with.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { traps } from "../../host/codegen/codegen.ts";
import { referenceEngine, simEngine, verify } from "../../host/engine/engine.ts";
import type { Image } from "../../host/image/image.ts";
import { importModel } from "../../host/import/import.ts";
import { type Built, build, engineFor, simulate } from "../../host/pipeline.ts";
import { Machine } from "../../host/sim/sim.ts";
import { engines, simulatedNames } from "../engines.ts";
import { generator, tinyModels } from "../import/tiny-models.ts";

const motion = () => new Uint8Array(readFileSync(new URL("../../models/motion/motion.tflite", import.meta.url)));
const models = Object.entries({ ...tinyModels, motion });
const m4 = findBoard("cortex-m4");

function randomBytes(seed: number, bytes: number): Uint8Array {
  const random = generator(seed);
  return Uint8Array.from({ length: bytes }, () => 256 * random());
}

describe.each(simulatedNames)("%s", (name) => {
  it.each(models)("gives the reference's bits for %s", async (_, model) => {
    const graph = importModel(model());
    const [reference, sim] = [referenceEngine(graph), await engines[name](graph)];
    for (const seed of [1, 2, 3]) {
      const inputs = graph.inputs.map((tensor) =>
        randomBytes(
          seed,
          graph.tensors[tensor]!.shape.reduce((a, b) => a * b),
        ),
      );
      const { differences, tensors } = verify(graph, [reference, sim], inputs);
      expect(differences).toEqual([]);
      expect(tensors.filter(({ crcs }) => crcs[1] !== undefined).length).toBeGreaterThan(0);
    }
  });
});

describe("cycles", () => {
  it("are the same for the same input, stopped at layers or not, and differ between cores", async () => {
    const graph = importModel(tinyModels["vision"]!());
    const input = [randomBytes(5, 72)];
    const sim = await engineFor("sim", graph);
    const { cycles } = sim.invoke(input);
    expect(cycles).toBeGreaterThan(1000);
    expect(sim.invoke(input).cycles).toBe(cycles);
    expect(sim.invoke(input, { tensors: true }).cycles).toBe(cycles);
    const small = await engineFor("sim", graph, { board: findBoard("cortex-m0plus") });
    expect(small.invoke(input).cycles).toBeGreaterThan(cycles!);
  });
});

describe("memory", () => {
  it("is used as planned, to the byte", async () => {
    const built = await build(importModel(motion()), m4);
    const sim = simulate(built);
    for (const seed of [1, 2]) sim.invoke([randomBytes(seed, 384)]);
    const { arenaBytes, arenaUsed, stackBytes, stackUsed } = sim.memoryUse();
    expect(arenaUsed).toBe(built.plan.arenaBytes);
    expect(arenaBytes).toBe(built.plan.arenaBytes);
    expect(stackBytes).toBe(built.linked.stackBytes);
    expect(stackUsed).toBeGreaterThan(0);
    expect(stackUsed).toBeLessThanOrEqual(stackBytes);
  });

  it("outside the plan may not change: a stack bound that is too small is a defect", async () => {
    const built = await build(importModel(motion()), m4);
    const { image } = built.linked;
    const regions = image.regions.map((region) =>
      region.region === "stack" ? { ...region, address: region.address + 8, bytes: region.bytes - 8 } : region,
    );
    const sim = engineOn({ ...image, regions }, built);
    expect(() => sim.invoke([randomBytes(1, 384)])).toThrow(/wrote to 0x2007f[0-9a-f]{3}, outside the plan/);
  });

  it("a trap names its reason, layer, source line and values", async () => {
    const built = await build(importModel(motion()), m4);
    const { image } = built.linked;
    const layer = image.layers[2]!;
    const [segment] = image.segments;
    const data = segment!.data.slice();
    const reason = traps.indexOf("integer divide by zero");
    data.set([reason, 0xde], layer.address - segment!.address); // UDF
    const sim = engineOn({ ...image, segments: [{ ...segment!, data }] }, built);
    const said = thrownBy(() => sim.invoke([randomBytes(1, 384)]));
    expect(said).toContain("a trap: integer divide by zero");
    expect(said).toMatch(new RegExp(`${layer.name}.*assembly/kernels/conv.*\\.ts:\\d+`));
    expect(said).toMatch(/r0 0x[0-9a-f]{8}/);
  });
});

function engineOn(image: Image, { plan }: Built) {
  const machine = new Machine(m4);
  machine.load(image);
  return simEngine(plan, machine, traps);
}

function thrownBy(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
