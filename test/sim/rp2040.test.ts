// Lock step with rp2040js: committed M0+ programs from SRAM (their first instructions here, all of them in the slow suite) and random
// instruction sequences: equal registers, flags and memory, and no difference of cycles that the table does not explain.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readImage } from "../../host/image/image.ts";
import { sramBuilt, sramPrograms } from "./build-programs.ts";
import { runSequences } from "./random-sequences.ts";
import { expectKnownCycles, Pair } from "./rp2040.ts";

const read = (path: string) => readImage(new Uint8Array(readFileSync(path)));

describe("rp2040js", () => {
  test.each(sramPrograms)("%s: the first 60,000 instructions from SRAM", (program) => {
    const pair = new Pair();
    pair.load(read(sramBuilt(program)));
    let steps = 0;
    while (steps < 60_000 && pair.step()) steps++;
    expect(steps).toBe(60_000);
    expect(pair.sameMemory()).toBe(true);
    expectKnownCycles(pair);
  });

  test("random sequences", () => {
    const pair = new Pair();
    pair.start(0x20010000);
    expect(runSequences(pair, 500, 2040)).toBe(8000);
    expect(pair.known).toBeGreaterThan(0);
    expectKnownCycles(pair);
  });
});
