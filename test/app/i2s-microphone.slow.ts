// An app whose sensor is an I2S microphone, on the boards that have one: a tone goes in, the same samples come out, by the CRC that the device makes
// of all it consumed; and a clock that starts late. What the app's sensor names, chooses among a board's microphones.

import { expect, test } from "vitest";
import { toRaw } from "../../host/app/app.ts";
import { crc32 } from "../../host/base/crc.ts";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { fromFirstUse } from "../../host/sim/sim.ts";
import { AppRun } from "./fault-bench.ts";
import { levelApp, levelOf } from "./level-app.ts";
import { type Line, sessionResults } from "./on-board.ts";

const rateHz = 16000;
const declared = levelApp(rateHz, "i2s-microphone");
const { sensor } = declared.app;
/** 440 Hz, clipped at both rails, around a level that changes twice a second. */
const toneAt = (seconds: number) =>
  (Math.floor(2 * seconds) % 2 ? -0.4 : 0.4) + 0.7 * Math.sin(2 * Math.PI * 440 * seconds);
/** In steps of an int16: a microphone of 24 bits that is cut to 16 gives the same. */
const tone = {
  at: (seconds: number) => [(toRaw(sensor, [toneAt(Math.floor(seconds * rateHz + 1e-6) / rateHz)])[0] ?? 0) / 32768],
};

test.each(["nucleo-f446re", "nucleo-l4r5zi"])("%s: the samples of a tone, and their results", async (board) => {
  const run = await AppRun.of(board, declared, { mic: fromFirstUse(tone, 0.5 / rateHz) });
  run.until(10.2);
  const [summary] = run.with("summary").map(({ line }) => line["summary"] as Line);
  const count = Number(summary!["samples"]);
  expect(count).toBeGreaterThan(9.8 * rateHz);
  const samples = Int16Array.from({ length: count }, (_, i) => toRaw(sensor, [toneAt(i / rateHz)])[0]!);
  expect(new Set(samples).has(32767) && new Set(samples).has(-32768)).toBe(true);
  const crc = crc32(new Uint8Array(samples.buffer)).toString(16).padStart(8, "0");
  expect(summary).toMatchObject({ crc, late: 0, missed: 0, sensor_errors: 0, dropped: 0 });
  const wanted = await sessionResults(
    declared,
    Array.from(samples, (value) => [value]),
  );
  const results = run.results().slice(0, wanted.length);
  expect(results.map(({ line: { window, label, detected } }) => [window, label, detected ?? undefined])).toEqual(
    wanted.map(({ window, label, detected }) => [window, label, detected]),
  );
  expect(wanted.filter(({ detected }) => detected !== undefined).length).toBeGreaterThan(15);
  expect(run.with("warn")).toEqual([]);
  expect(run.machine.notes).toEqual([]);
});

test.each([
  ["nucleo-f446re", "hse", 16e6, true],
  ["nucleo-l4r5zi", "pll", 16e6, true],
  // MSI, from which no audio PLL counts here
  ["nucleo-l4r5zi", "hsi", 4e6, false],
] as const)("%s: %s is late; the core at %d Hz till then", async (board, fault, hz, hears) => {
  // ten results a second: the console's speed changes while it has nothing to send
  const slow = levelOf({ ...sensor, driver: "i2s-microphone" }, 1600);
  const run = await AppRun.of(board, slow, { mic: tone });
  run.machine.inject(fault);
  run.until(4.01);
  expect(run.machine.world.clock("core")).toBe(hz);
  const said = ["clock fallback", ...(hears ? [] : ["sensor silent"])];
  expect(run.with("warn").map(({ line }) => line["warn"])).toEqual(said);
  const before = run.results().length;
  expect(before > 35).toBe(hears);
  run.machine.inject(fault, 0);
  run.until(8);
  expect(run.machine.world.clock("core")).toBe(findBoard(board).clockHz);
  expect(run.with("ok").map(({ line }) => line["ok"])).toEqual(expect.arrayContaining(said));
  expect(run.results().length - before).toBeGreaterThan(20);
  for (const { at, line } of run.results().filter(({ at }) => (at < 4 || at > 6.5) && (2 * at) % 1 > 0.4))
    expect([at, line["label"]]).toEqual([at, Math.floor(2 * at) % 2 ? "below" : "above"]);
  expect(run.machine.notes).toEqual([]);
});

test("a microphone that is not there: its line is open, and the app says that it is stuck", async () => {
  const run = await AppRun.of("nucleo-l4r5zi", declared, {});
  run.until(3);
  expect(run.with("warn").map(({ line }) => line["warn"])).toEqual(["sensor stuck"]);
});

test.each([
  ["nucleo-f446re", "microphone", "stm32f4_audio"],
  ["nucleo-f446re", "pdm-microphone", undefined],
  ["pico", "i2s-microphone", undefined],
] as const)("%s: a sensor named %s is served by %s", async (board, driver, wanted) => {
  const built = await buildApp(levelApp(8000, driver), findBoard(board));
  expect([built.board.hal?.audio?.driver, built.replayOnly]).toEqual([wanted, wanted === undefined]);
});
