// The always-on firmware with an app, once: its size, its first words, and a sensor that falls silent and comes back. All faults, and all
// boards, are in faults.slow.ts, faults-load.slow.ts and sizes.slow.ts.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { AppRun, expectEqualAgain, expectSaid, undisturbed } from "./fault-bench.ts";
import { expectSmall, expectSoon } from "./firmware-size.ts";
import { motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const declared = motionApp();

describe("motion on pico", () => {
  test("small, soon; and a sensor that does not answer is named; nothing is said of samples that are none; then all is as before", async () => {
    const run = await AppRun.of("pico", declared, { accelerometer: fromFirstUse(recording) });
    expectSmall(run.built);
    expectSoon(run);
    const fault = {
      ...{ name: "nack", onset: 4.01, end: 5.01, words: "i2c nack", code: 1 },
      apply: ({ simulated }: AppRun) => simulated.sensor!.inject("silent"),
      lift: ({ simulated }: AppRun) => simulated.sensor!.inject(undefined),
    };
    run.until(fault.onset);
    fault.apply(run);
    run.until(fault.end);
    fault.lift(run);
    run.until(12);
    expectSaid(run, fault);
    const wanted = await undisturbed(declared, recording, 12);
    expect(run.results().filter(({ at }) => at > fault.onset + 0.1 && at < fault.end + 2.5)).toEqual([]);
    expectEqualAgain(run, wanted, fault.end + 4.5, 4);
  });
});
