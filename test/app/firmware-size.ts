// What the always-on firmware costs beside its model, and how soon it speaks.

import { expect } from "vitest";
import type { BuiltApp } from "../../host/build-app.ts";
import { findSymbol } from "../../host/image/image.ts";
import type { AppRun } from "./fault-bench.ts";

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

/** 24 KB of flash and 6 KB of RAM, stack and the ring that replay fills included. */
export function expectSmall(built: BuiltApp): void {
  const { flash, ram } = withoutModel(built);
  expect(flash).toBeGreaterThan(8 * 1024);
  expect(flash).toBeLessThanOrEqual(24 * 1024);
  expect(ram).toBeGreaterThan(2 * 1024);
  expect(ram).toBeLessThanOrEqual(6 * 1024);
}

/** First sample 0.1 s after reset, first result 50 ms after its window and one inference. `run` has just been loaded. */
export function expectSoon(run: AppRun): void {
  const { app, linked } = run.built;
  const head = findSymbol(linked.image, "firmware_sample_head")!;
  let first: number | undefined;
  const end = run.machine.onWrite(head.address, 4, (_, __, value) => {
    if (value === 1) first ??= run.seconds;
  });
  run.until(0.1);
  end();
  expect(first).toBeLessThan(0.1);
  run.until(2.7);
  const [result] = run.results();
  const window = app.frontEnd.length / app.sensor.rateHz;
  const inference = (result!.line["lag_us"] as number) / 1e6;
  expect(result!.at).toBeGreaterThan(window);
  expect(result!.at).toBeLessThan(window + inference + 0.05);
}
