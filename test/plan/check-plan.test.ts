// The checker must notice: each case breaks a sound plan in one way.

import { describe, expect, it } from "vitest";
import { checkPlan, type Plan, plan } from "../../host/plan/plan.ts";
import { bareBoard, bytesTensor, device, fakeDefinition, fakeGraph } from "./fake-operators.ts";

const tensors = [64, 64, 64, 64].map((size) => bytesTensor(size));
const sound = plan(
  fakeGraph(
    [...tensors, bytesTensor(8, { data: new Uint8Array(8).fill(3) })],
    [
      ["op+scratch32", [0, 4], [1]],
      ["op+inplace", [1], [2]],
      ["op", [2, 1], [3]],
    ],
    [0],
    [3],
  ),
  { map: bareBoard, target: device, rewrite: false, definitions: fakeDefinition },
);

const move = (index: number, address: (from: Plan) => number): Plan => ({
  ...sound,
  tensors: sound.tensors.map((tensor) => (tensor.tensor === index ? { ...tensor, address: address(sound) } : tensor)),
});
const addressOf = (index: number) => sound.tensors.find(({ tensor }) => tensor === index)!.address;
const layer = (index: number, change: Partial<Plan["layers"][number]>): Plan => ({
  ...sound,
  layers: sound.layers.map((each, i) => (i === index ? { ...each, ...change } : each)),
});

describe("checkPlan", () => {
  it("accepts what the planner makes", () => {
    expect(checkPlan(sound)).toEqual([]);
  });

  it.each([
    ["an output over its input", move(1, () => addressOf(0)), /writes output 0 over input 0/],
    ["a tensor overwritten before it is read", move(2, () => addressOf(1)), /finds tensor 1 overwritten/],
    ["half an overlap", move(2, () => addressOf(1) + 32), /writes output|overwritten/],
    ["a tensor outside the arena", move(2, ({ arenaAddress, arenaBytes }) => arenaAddress + arenaBytes), /misplaced/],
    ["an odd address", move(2, () => addressOf(2) + 2), /misplaced/],
    ["scratch on an operand", layer(0, { scratchAddress: addressOf(1) }), /scratch of layer_00_op\+scratch32 lies on/],
    ["scratch outside the arena", layer(0, { scratchAddress: sound.arenaAddress - 64 }), /misplaced/],
    ["a tensor without a place", { ...sound, tensors: sound.tensors.slice(0, -2) }, /has no place/],
    ["two objects on one another", { ...sound, objects: [...sound.objects, sound.objects[0]!] }, /overlaps/],
    [
      "an object outside flash",
      { ...sound, map: { ...bareBoard, flash: { base: 0, bytes: 16 } } },
      /lies outside flash/,
    ],
    ["an output elsewhere", { ...sound, outputs: [{ tensor: 3, address: 4, bytes: 64 }] }, /not in the arena/],
  ])("notices %s", (_, broken, message) => {
    expect(checkPlan(broken).join("\n")).toMatch(message);
  });
});
