// Faults of a running app, two of them here (faults.slow.ts has all, on all boards): a sensor that falls silent and comes back, and a
// host that stops reading.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { AppRun, expectEqualAgain, expectSaid, undisturbed } from "./fault-bench.ts";
import { motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const declared = motionApp();

describe("motion on pico", () => {
  test("a sensor that does not answer is named; nothing is said of samples that are none; then all is as before", async () => {
    const run = await AppRun.of("pico", declared, { accelerometer: fromFirstUse(recording) });
    const fault = {
      ...{ name: "nack", onset: 4.01, end: 6.01, words: "i2c nack", code: 1 },
      apply: ({ simulated }: AppRun) => simulated.sensor!.inject("silent"),
      lift: ({ simulated }: AppRun) => simulated.sensor!.inject(undefined),
    };
    run.until(fault.onset);
    fault.apply(run);
    run.until(fault.end);
    fault.lift(run);
    run.until(14);
    expectSaid(run, fault);
    const wanted = await undisturbed(declared, recording, 20);
    expect(run.results().filter(({ at }) => at > fault.onset + 0.1 && at < fault.end + 2.5)).toEqual([]);
    expectEqualAgain(run, wanted, fault.end + 4.5, 4);
  });
});
