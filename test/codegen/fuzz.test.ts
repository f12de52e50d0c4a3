// A sample of the differential fuzz: random functions give on simulated cores what they give on V8, the allocation checker silent.
// The whole of it is fuzz.slow.ts.

import { describe, expect, it } from "vitest";
import { compare, compareModule } from "./differential.ts";
import { TestBoard } from "./machine.ts";
import type { NumberType } from "./module-bytes.ts";
import { pressureModule } from "./pressure-module.ts";

describe("random functions, V8 = simulated core", () => {
  it.each(["cortex-m0plus", "cortex-m4"] as const)("%s", (core) => {
    const board = new TestBoard(core);
    let functions = 0;
    for (let seed = 1; seed <= 12; seed++)
      for (const absolute of [false, true]) functions += compare(board, seed, absolute);
    expect(functions).toBeGreaterThan(100);
    for (const [seed, types] of [["i32"], ["i32", "i64"], ["i32", "f32"], ["i32"], ["i32", "i64"]].entries())
      compareModule(board, pressureModule(seed, types as NumberType[]));
  });
});
