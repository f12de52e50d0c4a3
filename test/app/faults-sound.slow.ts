// Faults of sound, by every kind of microphone: blocks that are lost because their handler comes late, a DMA, converter, controller or PLL that
// stands still.

import { afterAll, describe, expect, test } from "vitest";
import type { Feed } from "../../host/sim/sim.ts";
import { AppRun, expectSaid, hear } from "./fault-bench.ts";
import { levelApp } from "./level-app.ts";

const figures: string[] = [];
afterAll(() => console.info(`seconds from onset to its line, from end to ok\n${figures.join("\n")}`));
const note = (what: string, { toLine, toOk }: { readonly toLine: number; readonly toOk: number }) =>
  figures.push(`${what}: ${toLine.toFixed(3)}, ${toOk.toFixed(3)}`);

const level: Feed = { at: (t) => [(Math.floor(t * 2) % 2 === 0 ? 0.5 : -0.5) + 0.02 * Math.sin(1e4 * t)] };
const labelAt = (t: number) => (Math.floor(t * 2) % 2 === 0 ? "above" : "below");

/** Windows are 25 to 50 ms long: away from the steps a window says what the level was. */
function expectRight(run: AppRun, from: number): void {
  const after = run.results().filter(({ at }) => at >= from && (at * 2) % 1 > 0.3);
  expect(after.length).toBeGreaterThan(20);
  for (const { at, line } of after) expect([at, line["label"]]).toEqual([at, labelAt(at)]);
}

describe("a handler that comes several blocks late", () => {
  test.each([
    ["pico", 8000],
    ["nano33ble", 16000],
    ["nucleo-f446re", 8000],
    ["nucleo-f446re", 8000, "i2s-microphone"],
    ["nucleo-l4r5zi", 16000, "i2s-microphone"],
  ])("%s at %i Hz: what was lost is said", async (board, rate, driver?) => {
    const run = await AppRun.of(board, levelApp(rate, driver), { mic: level });
    const [onset, end] = [2.2, 2.33];
    run.until(onset);
    hear(run, "audio", false);
    run.until(end);
    hear(run, "audio", true);
    run.until(end + 4);
    const fault = { ...{ name: "", onset, end, words: "sensor overrun", code: 7 }, apply() {}, lift() {} };
    note(`${board}, handler late`, expectSaid(run, fault));
    expectRight(run, end + 1);
  });
});

test.each([
  ["pico", "dma", 8000, 0.02, "sensor overrun", 7],
  ["pico", "dma", 8000, 2.5, "sensor silent", 6],
  ["pico", "adc", 8000, 2.5, "sensor silent", 6],
  ["nano33ble", "pdm", 16000, 2.5, "sensor silent", 6],
  ["nucleo-f446re", "dma2", 8000, 0.02, "sensor overrun", 7],
  ["nucleo-f446re", "dma2", 8000, 2.5, "sensor overrun", 7],
  ["nucleo-f446re", "adc1", 8000, 2.5, "sensor silent", 6],
  ["nucleo-f446re", "dma1", 8000, 0.02, "sensor overrun", 7, "i2s-microphone"],
  ["nucleo-f446re", "spi2", 8000, 2.5, "sensor silent", 6, "i2s-microphone"],
  ["nucleo-f446re", "plli2s", 8000, 2.5, "sensor silent", 6, "i2s-microphone"],
  ["nucleo-l4r5zi", "dma1", 16000, 0.02, "sensor overrun", 7, "i2s-microphone"],
  ["nucleo-l4r5zi", "sai1", 16000, 2.5, "sensor silent", 6, "i2s-microphone"],
  ["nucleo-l4r5zi", "pllsai1", 16000, 2.5, "sensor silent", 6, "i2s-microphone"],
])("%s: %s stands still at %i Hz for %d s: %s", async (board, fault, rate, seconds, words, code, driver?) => {
  const run = await AppRun.of(board, levelApp(rate, driver), { mic: level });
  const onset = 2.2;
  const end = onset + seconds;
  run.until(onset);
  run.machine.inject(fault);
  run.until(end);
  run.machine.inject(fault, 0);
  run.until(end + 4);
  note(
    `${board}, ${fault} ${seconds} s`,
    expectSaid(run, { ...{ name: fault, onset, end, words, code }, apply() {}, lift() {} }),
  );
  expectRight(run, end + 1);
});
