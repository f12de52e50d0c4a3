// The planner on graphs of fake operators: aliases, in place, outputs of every kind, state, constants, what does not fit.

import { describe, expect, it } from "vitest";
import type { UserError } from "../../host/base/errors.ts";
import { operatorDefinition } from "../../host/graph/graph.ts";
import { type Plan, type PlanOptions, plan } from "../../host/plan/plan.ts";
import { bareBoard, bytesTensor, device, fakeDefinition, fakeGraph } from "./fake-operators.ts";

function planFake(graph: Parameters<typeof plan>[0], more: Partial<PlanOptions> = {}): Plan {
  const definitions = (kind: string) => (kind.startsWith("op") ? fakeDefinition(kind) : operatorDefinition(kind));
  return plan(graph, { map: bareBoard, target: device, rewrite: false, definitions, ...more });
}

const place = ({ tensors }: Plan, index: number) => tensors.find(({ tensor }) => tensor === index)!;

describe("plan", () => {
  it("keeps two neighbours of a chain apart and reuses the rest", () => {
    const sizes = [100, 200, 100, 200].map((size) => bytesTensor(size));
    const made = planFake(
      fakeGraph(
        sizes,
        [
          ["op", [0], [1]],
          ["op", [1], [2]],
          ["op", [2], [3]],
        ],
        [0],
        [3],
      ),
    );
    expect(made.arenaBytes).toBe(300);
    expect(made.layers.map(({ name }) => name)).toEqual(["layer_00_op", "layer_01_op", "layer_02_op"]);
    expect(made.peakLayer).toBe(0);
    expect(made.recovery[1]).toEqual({ kind: "whole", address: place(made, 1).address, after: 0 });
  });

  it("lets a layer write over an input that dies there, and only then", () => {
    const tensors = [64, 64, 64].map((size) => bytesTensor(size));
    const dying = fakeGraph(
      tensors,
      [
        ["op+inplace", [0], [1]],
        ["op+inplace", [1], [2]],
      ],
      [0],
      [2],
    );
    expect(planFake(dying).arenaBytes).toBe(64);
    const kept = fakeGraph(
      tensors,
      [
        ["op+inplace", [0], [1]],
        ["op+inplace", [0, 1], [2]],
      ],
      [0],
      [2],
    );
    expect(planFake(kept).arenaBytes).toBe(128);
    const output = fakeGraph(
      tensors,
      [
        ["op+inplace", [0], [1]],
        ["op+inplace", [1], [2]],
      ],
      [0],
      [1, 2],
    );
    expect(planFake(output).arenaBytes).toBe(128);
  });

  it("shares memory through chains of aliases, also with an output", () => {
    const tensors = [48, 48, 48].map((size) => bytesTensor(size));
    const made = planFake(
      fakeGraph(
        tensors,
        [
          ["op+alias", [0], [1]],
          ["op+alias", [1], [2]],
        ],
        [0],
        [2, 1],
      ),
    );
    expect(made.arenaBytes).toBe(48);
    expect(made.layers.every(({ calls }) => calls.length === 0)).toBe(true);
    expect(made.outputs.map(({ address }) => address)).toEqual([made.arenaAddress, made.arenaAddress]);
  });

  it("puts every output into RAM: a constant, an alias of a constant, an input, one tensor twice", () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    const tensors = [bytesTensor(8), bytesTensor(4, { data }), bytesTensor(4), bytesTensor(4)];
    const made = planFake(fakeGraph(tensors, [["op+alias", [1], [2]]], [0, 3], [0, 1, 2, 2]));
    for (const { address } of made.outputs) expect(address).toBeGreaterThanOrEqual(made.arenaAddress);
    expect(made.outputs[0]!.address).toBe(made.inputs[0]!.address);
    expect(made.layers.map(({ calls }) => calls[0]?.kernel)).toEqual(["copy_bytes", "copy_bytes"]);
    expect(made.recovery[1]).toEqual({ kind: "constant", data });
    // The unused input is dead once written: a copy takes its place.
    expect(made.arenaBytes).toBe(8 + 4 + 4);
  });

  it("keeps state out of the arena with its initial bytes", () => {
    const tensors = [
      bytesTensor(4),
      bytesTensor(4, { state: new Uint8Array(4).fill(128) }),
      bytesTensor(4, { state: Uint8Array.of(1, 2, 3, 4) }),
      bytesTensor(4, { state: new Uint8Array(4) }),
      bytesTensor(4),
    ];
    const made = planFake(fakeGraph(tensors, [["op", [0, 1, 2, 3], [4]]], [0], [4]));
    expect(made.stateBytes).toBe(12);
    expect(made.arenaAddress).toBe(bareBoard.ram.base + 16);
    expect(made.objects.filter(({ region }) => region === "state").map(({ init }) => init.kind)).toEqual([
      "data",
      "data",
      "zero",
    ]);
    expect(made.recovery[2]).toEqual({ kind: "whole", address: bareBoard.ram.base + 4, after: 0 });
  });

  it("stores equal constants once, in the order of the layers, and scratch while its layer runs", () => {
    const weights = bytesTensor(6, { data: Uint8Array.of(9, 8, 7, 6, 5, 4) });
    const tensors = [bytesTensor(32), weights, bytesTensor(32), bytesTensor(32)];
    const steps = [
      ["op+const", [0, 1], [2]],
      ["op+const+scratch64", [2, 1], [3]],
    ] as const;
    const made = planFake(fakeGraph(tensors, steps, [0], [3]));
    const constants = made.objects.filter(({ region }) => region === "const");
    expect(constants.map(({ name, address }) => [name, address])).toEqual([
      ["layer_00_op+const.tensor_1", 0x100],
      ["layer_00_op+const.table", 0x108],
    ]);
    expect(made.constBytes).toBe(28);
    expect(made.arenaBytes).toBe(128);
    expect(made.peakLayer).toBe(1);
    const [input, weight, output, table, half] = made.layers[0]!.calls[0]!.arguments;
    expect([input!.value, weight!.value, output!.value]).toEqual([0, 1, 2].map((t) => place(made, t).address));
    expect([table!.value, half]).toEqual([0x108, { type: "f32", value: 0.5 }]);
  });

  it("runs branches in the order that needs least memory", () => {
    // Two arms blow up to 1000 and shrink to 10: one after the other is better than both at once, as the model has it.
    const tensors = [10, 1000, 1000, 10, 10, 10].map((size) => bytesTensor(size));
    const steps = [
      ["op", [0], [1]],
      ["op", [0], [2]],
      ["op", [1], [3]],
      ["op", [2], [4]],
      ["op", [3, 4], [5]],
    ] as const;
    const made = planFake(fakeGraph(tensors, steps, [0], [5]));
    expect(made.layers.map(({ origin }) => origin)).toEqual([0, 2, 1, 3, 4]);
    expect(made.arenaBytes).toBeLessThan(1040);
  });

  it("refuses what does not fit, with both numbers and the largest", () => {
    const big = bytesTensor(4096, { name: "big" });
    const graph = fakeGraph([big, big], [["op", [0], [1]]], [0], [1]);
    const ram = { ...bareBoard, ram: { base: 0x2000_0000, bytes: 4096 } };
    expect(refusal(() => planFake(graph, { map: ram }))).toMatchObject({
      code: "plan/does-not-fit",
      exit: 8,
      message: "the model needs 8192 bytes of RAM, but 4096 are available",
      hint: 'at the peak, the largest are tensor 0 "big" (4096), tensor 1 "big" (4096)',
    });
    const heavy = fakeGraph([big, { ...big, data: new Uint8Array(4096) }, big], [["op", [0, 1], [2]]], [0], [2]);
    const flash = { ...bareBoard, flash: { base: 0, bytes: 1024 } };
    expect(refusal(() => planFake(heavy, { map: flash }))).toMatchObject({
      message: "the model needs 4096 bytes of flash, but 768 are available",
      hint: "the largest are layer_00_op.tensor_1 (4096)",
    });
  });
});

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    return error as UserError;
  }
  throw new Error("nothing was refused");
}
