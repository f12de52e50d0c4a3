// Faults of clock and load: a clock that never gets ready, more windows than inference can take.

import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { parseApp } from "../../host/app/app.ts";
import { findBoard } from "../../host/board/board.ts";
import { clockSlot } from "../../host/sim/cpu.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { AppRun, expectEqualAgain, expectSaid, type Said, undisturbed } from "./fault-bench.ts";
import { type Declared, motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const motion = motionApp();
const appText = readFileSync(new URL("../../models/motion/app.json", import.meta.url), "utf8");

/** Motion with a window every `hop` samples. */
function motionEvery(hop: number): Declared {
  const app = JSON.parse(appText);
  return { ...motion, app: parseApp(JSON.stringify({ ...app, frontEnd: { ...app.frontEnd, hop } })) };
}

const figures: string[] = [];
afterAll(() => console.info(`seconds from onset to its line, from end to ok\n${figures.join("\n")}`));
const note = (what: string, { toLine, toOk }: { readonly toLine: number; readonly toOk: number }) =>
  figures.push(`${what}: ${toLine.toFixed(3)}, ${toOk.toFixed(3)}`);

const lateOf = ({ line }: Said): number => (line["late"] as number | undefined) ?? 0;
const windowOf = ({ line }: Said): number => line["window"] as number;

/** Each window is used or counted late; and it was the newest whole one when its turn came. */
function expectExactlyLate(run: AppRun, hop: number): number {
  const results = run.results();
  let before = 128 - hop;
  for (const result of results) {
    expect(lateOf(result)).toBe((windowOf(result) - before) / hop - 1);
    before = windowOf(result);
  }
  // sample n is taken 20 ms · n after the first one, which the first window tells
  const beginOf = ({ line }: Said) => ((line["t_us"] as number) - (line["lag_us"] as number)) / 1e6;
  const first = beginOf(results[0]!) - 128 / 50;
  for (const result of results.slice(1)) {
    const newest = (seconds: number) => 128 + hop * Math.floor(((seconds - first) * 50 + 1 - 129) / hop);
    const begin = beginOf(result);
    // what handler and line take at 12 MHz, either way
    expect([newest(begin - 4e-3), newest(begin + 4e-3)]).toContain(windowOf(result));
  }
  return results.reduce((sum, result) => sum + lateOf(result), 0);
}

describe("clock", () => {
  const [onset, end] = [0, 8.01];

  test("pico: a PLL that does not lock; on the crystal till it does, late with a window every sample", async () => {
    const declared = motionEvery(1);
    const run = await AppRun.of("pico", declared, { accelerometer: fromFirstUse(recording) });
    run.machine.inject("pll_sys");
    run.until(end);
    expect(run.machine.world.clock("core")).toBe(12e6);
    run.machine.inject("pll_sys", 0);
    run.until(18);
    const warns = run.with("warn").map(({ line }) => line["warn"]);
    expect(warns).toEqual(["clock fallback", "overload"]);
    const said = (words: string) => run.said.filter(({ line }) => line["warn"] === words || line["ok"] === words);
    const [clockWarn, clockOk] = said("clock fallback");
    expect(clockWarn!.line["code"]).toBe(2);
    expect(clockWarn!.at - onset).toBeLessThan(1);
    expect(clockOk!.at - end).toBeLessThan(2);
    note("pico, clock", { toLine: clockWarn!.at - onset, toOk: clockOk!.at - end });
    // the load is too much from the second window on
    const [overload, relieved] = said("overload");
    const due = run.results()[0]!.at + 0.02;
    expect(overload!.at - due).toBeLessThan(1);
    expect(relieved!.at - clockOk!.at).toBeLessThan(2);
    note("pico, overload", { toLine: overload!.at - due, toOk: relieved!.at - clockOk!.at });
    expect(run.machine.world.clock("core")).toBe(125e6);
    expect(expectExactlyLate(run, 1)).toBeGreaterThan(100);
    const wanted = await undisturbed(declared, recording, 20);
    // a whole window of samples that were taken in time: at 12 MHz with too much to do a handler may come as late as a conversion
    expectEqualAgain(run, wanted, clockOk!.at + 2.7, 250);
  });

  test.each([
    ["pico", "xosc", 1],
    ["nano33ble", "hfxo", 1],
    ["nucleo-f446re", "hse", 1],
    ["nucleo-l4r5zi", "pll", 2],
  ])("%s: %s never ready; named, and used when it comes", async (board, fault, code) => {
    const run = await AppRun.of(board, motion, { accelerometer: fromFirstUse(recording) });
    run.machine.inject(fault);
    run.until(end);
    run.machine.inject(fault, 0);
    run.until(16);
    note(
      `${board}, ${fault}`,
      expectSaid(run, { ...{ name: fault, onset, end, words: "clock fallback", code }, apply() {}, lift() {} }),
    );
    expect(run.results().filter(({ at }) => at > end + 1).length).toBeGreaterThan(8);
    expect(run.other).toEqual([]);
    expect(run.machine.world.clock("core")).toBe(findBoard(board).clockHz);
  });
});

/** Somebody else has the core, 24 parts of 25, in pieces as long as a byte on a bus: no time-out notices. */
function steal({ machine }: AppRun): () => void {
  const piece = 24e-6;
  let going = true;
  const again = () => {
    if (!going) return;
    machine.cpu.clock[clockSlot.cycles]! += Math.round(piece * machine.world.clock("core"));
    machine.world.after(1e-6, again);
  };
  again();
  return () => {
    going = false;
  };
}

describe("overload", () => {
  test("nano33ble, whose core somebody else has for three seconds: exactly the late windows are counted", async () => {
    const declared = motionEvery(1);
    const run = await AppRun.of("nano33ble", declared, { accelerometer: fromFirstUse(recording) });
    const [onset, end] = [4.01, 7.01];
    run.until(onset);
    expect(expectExactlyLate(run, 1)).toBe(0);
    const give = steal(run);
    run.until(end);
    give();
    run.until(12);
    note(
      "nano33ble, overload",
      expectSaid(run, { ...{ name: "", onset, end, words: "overload" }, apply() {}, lift() {} }),
    );
    const late = expectExactlyLate(run, 1);
    expect(late).toBeGreaterThan(40);
    const summary = run.with("summary").at(-1)!.line["summary"] as Record<string, number>;
    expect(summary["missed"]).toBe(0);
    expect(summary["late"]).toBe(late);
    expectEqualAgain(run, await undisturbed(declared, recording, 20), end + 0.2, 200);
  });
});
