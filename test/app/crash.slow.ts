// Crashes and hangs of a running app on M0+ and M4: the record tells where.

import { describe, expect, test } from "vitest";
import { describeCrash } from "../../host/profile/profile.ts";
import { hear } from "./fault-bench.ts";
import {
  declared,
  denseLayer,
  elfOf,
  file,
  resets,
  runPoisoned,
  storeLine,
  wild,
  wildStore,
} from "./poisoned-kernel.ts";

/** Stores for ever. */
const endless = (place: string, store: string, address: string): string => {
  const zero = `${store}${address}${place}(i32.const 0)\n)\n`;
  return `${place}(loop $hang\n${zero}${place}(br $hang)\n)\n${store}${address}`;
};

describe.each(["pico", "nano33ble"] as const)("%s", (board) => {
  test("a kernel that never ends: the watchdog bites, and the place where it hung is known", async () => {
    const line = storeLine[board];
    const run = await runPoisoned(board, line, endless, 8.5);
    // 4: the watchdog
    expect(resets(run)).toEqual([1, 4]);
    // fed last at most 250 ms before the first window was complete
    const bitten = run.with("boot")[1]!.at - 2.56;
    expect(bitten).toBeGreaterThan(declared.app.watchdogMs / 1000 - 0.25);
    expect(bitten).toBeLessThan(declared.app.watchdogMs / 1000 + 0.1);
    const place = describeCrash(run.with("crash")[0]!.line["crash"], elfOf(run))!;
    const layer = denseLayer(run);
    expect(place).toMatchObject({ exception: "PendSV", layer, function: layer, file, line });
    expect(place.cause).toBe("the main loop did not come round in the watchdog's time");
  });
});

/** The loop of before, and no alarm any more that could notice. */
async function hungUnwatched(board: keyof typeof storeLine) {
  const run = await runPoisoned(board, storeLine[board], endless, 2.7);
  hear(run, "timer", false);
  run.until(8.5);
  expect(resets(run)[1]).toBe(4);
  return { run, place: describeCrash(run.with("crash")[0]!.line["crash"], elfOf(run))! };
}

test("pico: where no interrupt comes any more only the layer is known", async () => {
  const { run, place } = await hungUnwatched("pico");
  expect(place).toMatchObject({ exception: "watchdog", layer: denseLayer(run) });
  expect(place).not.toHaveProperty("line");
  expect(place.text).toBe(`watchdog: ${place.cause}, in ${denseLayer(run)}`);
});

test("nano33ble: the watchdog's own interrupt records the place", async () => {
  const { run, place } = await hungUnwatched("nano33ble");
  const line = storeLine.nano33ble;
  expect(place).toMatchObject({ exception: "interrupt 16", layer: denseLayer(run), file, line });
});

test("nano33ble: a wild store in a kernel, with its cause and address", async () => {
  const { place } = await wildStore("nano33ble");
  expect(place).toMatchObject({ cause: "access where nothing answers", address: wild });
});
