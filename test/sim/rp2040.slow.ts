// Lock step with rp2040js at length: whole programs built for SRAM, and 400,000 random instructions.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readImage } from "../../host/image/image.ts";
import { build, hasCompiler, inSram, type ProgramName } from "./build-programs.ts";
import { rp2040Error } from "./cycle-images.ts";
import { runSequences } from "./random-sequences.ts";
import { expectKnownCycles, Pair } from "./rp2040.ts";

if (process.env.CI_JUDGES === "1" && !hasCompiler) throw new Error("arm-none-eabi-gcc is missing");

describe.skipIf(!hasCompiler)("rp2040js, whole programs", () => {
  test.each(Object.keys(rp2040Error) as ProgramName[])("%s", (program) => {
    const pair = new Pair();
    pair.load(readImage(new Uint8Array(readFileSync(build(program, "pico", [], inSram)))));
    while (pair.step()) {}
    expect(pair.output).toMatch(/end\n$/);
    expect(pair.sameMemory()).toBe(true);
    expectKnownCycles(pair);
    expect(Math.abs(pair.oursCycles / pair.theirsCycles - 1) * 100).toBeLessThanOrEqual(rp2040Error[program]!);
  });

  test("SVC, PendSV and nested interrupts through a vector table in SRAM", () => {
    const pair = new Pair();
    pair.load(readImage(new Uint8Array(readFileSync(build("interrupts", "pico", [], inSram)))));
    let steps = 0;
    while (steps < 1100 && pair.step()) steps++;
    expect(steps).toBe(1100);
    expect(pair.output).toContain("svc 11050064");
  });
});

test.each([1, 2, 3, 4, 5])("random sequences, seed %i", (seed) => {
  const pair = new Pair();
  pair.start(0x20010000);
  expect(runSequences(pair, 5000, seed)).toBe(80_000);
  expectKnownCycles(pair);
});
