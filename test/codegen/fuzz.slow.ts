// The differential fuzz: at least 10⁴ random functions on V8, a simulated M0+ and a simulated M4, some on M3, M7 and M33.

import { describe, expect, it } from "vitest";
import { compare } from "./differential.ts";
import { TestBoard } from "./machine.ts";

const ranges = [
  ["cortex-m0plus", 1000, 850],
  ["cortex-m4", 1000, 850],
  ["cortex-m3", 5000, 60],
  ["cortex-m7", 6000, 60],
  ["cortex-m33", 7000, 60],
] as const;

describe("random functions, V8 = simulated core", () => {
  it.each(ranges)("%s", (core, first, count) => {
    const board = new TestBoard(core);
    let functions = 0;
    for (let seed = first; seed < first + count; seed++)
      for (const absolute of [false, true]) functions += compare(board, seed, absolute);
    // 10,272 on M0+ and on M4
    expect(functions).toBeGreaterThanOrEqual(count * 12);
  });
});
