// What the always-on firmware costs beside its model, and how soon it speaks, on every board that runs an app.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findBoard, withConsole } from "../../host/board/board.ts";
import { type BuiltApp, buildApp } from "../../host/build-app.ts";
import { findSymbol } from "../../host/image/image.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { AppRun } from "./fault-bench.ts";
import { motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const declared = motionApp();
const kilobytes = 1024;

/** Layers with what they call of the runtime, weights; state and arena. */
function withoutModel({ linked, model }: BuiltApp) {
  const sum = (parts: readonly { readonly bytes: number }[]) => parts.reduce((total, { bytes }) => total + bytes, 0);
  const { objects } = model!.plan;
  const constants = objects.filter(({ region }) => region === "const");
  const memory = objects.filter(({ region }) => region !== "const");
  const { symbols } = linked.image;
  const code = symbols.filter(
    ({ name, kind }) => kind === "function" && /^(layer_|kernel_|thumbelina_(reset|invoke))/.test(name),
  );
  // arenas overlap within: what counts is where they end
  const ends = memory.map(({ address, bytes }) => address + bytes);
  const modelRam = memory.length ? Math.max(...ends) - Math.min(...memory.map(({ address }) => address)) : 0;
  return {
    flash: linked.flashBytes - sum(constants) - sum(code),
    ram: linked.ramBytes + linked.stackBytes - modelRam,
  };
}

test.each([
  ["pico", undefined],
  ["pico", "usb"],
  ["nano33ble", "usb"],
  ["microbit", undefined],
  ["netduinoplus2", undefined],
] as const)(
  "%s, console %s: at most 24 KB of flash and 6 KB of RAM, stack and replay's ring included",
  async (board, line) => {
    const found = findBoard(board);
    const built = await buildApp(declared, line === undefined ? found : withConsole(found, line));
    const { flash, ram } = withoutModel(built);
    expect(flash).toBeGreaterThan(8 * kilobytes);
    expect(flash).toBeLessThanOrEqual(24 * kilobytes);
    expect(ram).toBeGreaterThan(2 * kilobytes);
    expect(ram).toBeLessThanOrEqual(6 * kilobytes);
  },
);

describe.each(["pico", "nano33ble"])("%s", (board) => {
  test("first sample 0.1 s after reset, first result 50 ms after its window and one inference", async () => {
    const run = await AppRun.of(board, declared, { accelerometer: fromFirstUse(recording) });
    const head = findSymbol(run.built.linked.image, "firmware_sample_head")!;
    let first: number | undefined;
    run.machine.onWrite(head.address, 4, (_, __, value) => {
      if (value === 1) first ??= run.seconds;
    });
    run.until(2.7);
    expect(first).toBeLessThan(0.1);
    const [result] = run.results();
    const window = declared.app.frontEnd.length / declared.app.sensor.rateHz;
    const inference = (result!.line["lag_us"] as number) / 1e6;
    expect(result!.at).toBeGreaterThan(window);
    expect(result!.at).toBeLessThan(window + inference + 0.05);
  });
});
