// Every fault of issue "Bad input and faults" on simulated boards with a sensor's bus: its line within a second, rest or slower work while
// it lasts, its "ok" within two seconds of its end, and then the very results of the run in which nothing happened.

import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { type Feed, fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { randomFrom } from "../../host/train/train.ts";
import { AppRun, expectEqualAgain, expectSaid, type FaultCase, hear, undisturbed } from "./fault-bench.ts";
import { levelOf } from "./level-app.ts";
import { type Declared, motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const declared = motionApp();

/** The controller on which the sensor is. */
function busOf(name: string): string {
  const board = findBoard(name);
  return board.chip.devices!.find(({ base }) => base === board.hal!.i2c!.config!["base"])!.name;
}
const bus = ({ built, machine }: AppRun) => machine.world.i2c(busOf(built.board.name));
const sensorFault = (fault: Parameters<NonNullable<AppRun["simulated"]["sensor"]>["inject"]>[0]) => ({
  apply: ({ simulated }: AppRun) => simulated.sensor!.inject(fault),
  lift: ({ simulated }: AppRun) => simulated.sensor!.inject(undefined),
});

const [onset, end] = [4.01, 6.51];
/** What the sensor's driver and the app see, whatever board they are on. */
const sensorCases: readonly FaultCase[] = [
  { name: "silent", onset, end, words: "sensor silent", code: 6, ...sensorFault("no-data") },
  { name: "stuck", onset, end, words: "sensor stuck", ...sensorFault("stuck") },
  { name: "saturated", onset, end, words: "sensor saturated", ...sensorFault("saturated") },
];
/** What each board's bus and interrupts do. */
const boardCases: readonly FaultCase[] = [
  { name: "no acknowledge", onset, end, words: "i2c nack", code: 1, ...sensorFault("silent") },
  {
    ...{ name: "SDA low until nine clocks", onset, end: onset, words: "i2c stuck", code: 3 },
    apply: (run) => bus(run).holdData(9),
    lift: () => {},
  },
  {
    ...{ name: "SDA low for seconds", onset, end, words: "i2c stuck", code: 3 },
    apply: (run) => bus(run).holdData(1e9),
    lift: (run) => bus(run).holdData(0),
  },
  {
    // the alarm's handler does not come: samples are missed, and their places repeat the last one
    ...{ name: "interrupts held off", onset, end: onset + 0.4, words: "sensor overrun", code: 7 },
    apply: (run) => hear(run, "timer", false),
    lift: (run) => hear(run, "timer", true),
  },
  {
    ...{ name: "SCL low for seconds", onset, end, words: "i2c timeout", code: 2 },
    apply: (run) => run.machine.inject(busOf(run.built.board.name)),
    lift: (run) => run.machine.inject(busOf(run.built.board.name), 0),
  },
];

const figures: string[] = [];
/** Once in a file. */
export const sayFigures = () =>
  afterAll(() => console.info(`seconds from onset to its line, from end to ok\n${figures.join("\n")}`));

function note(run: AppRun, { name }: { readonly name: string }, times: { toLine: number; toOk: number }): void {
  figures.push(`${run.built.board.name}, ${name}: ${times.toLine.toFixed(3)}, ${times.toOk.toFixed(3)}`);
}

/** The recording as a board sees it that is not disturbed, whenever its sensor starts. */
async function steadyFeed(board: string): Promise<Feed> {
  let first: number | undefined;
  const probe: Feed = {
    at(seconds) {
      first ??= seconds;
      return recording.at(0);
    },
  };
  const run = await AppRun.of(board, declared, { accelerometer: probe });
  run.until(0.1);
  expect(first).toBeDefined();
  // conversions are up to 9.6 ms older than their sample; a later start moves samples by some milliseconds at most
  return { at: (seconds) => recording.at(Math.max(0, seconds - first! + 0.015)) };
}

async function disturbed(
  board: string,
  fault: FaultCase,
  feed: Feed,
  until: number,
  app: Declared = declared,
): Promise<AppRun> {
  const run = await AppRun.of(board, app, { accelerometer: feed });
  if (fault.onset > 0) run.until(fault.onset);
  fault.apply(run);
  run.until(Math.max(fault.end, fault.onset + 1e-6));
  fault.lift(run);
  run.until(until);
  return run;
}

export const describeBoardFaults = (board: string) =>
  describe(`motion on ${board}`, () => {
    const wanted = undisturbed(declared, recording, 30);

    test.each(boardCases)("$name: named, rests, is back, as before", async (fault) => {
      const run = await disturbed(board, fault, fromFirstUse(recording), fault.end + 9);
      note(run, fault, expectSaid(run, fault));
      // half a second for what shows in the samples only; then a whole window of good ones
      const rests = run.results().filter(({ at }) => at > fault.onset + 0.85 && at < fault.end + 2.5);
      expect(rests).toEqual([]);
      expectEqualAgain(run, await wanted, fault.end + 4.6, 6);
      expect(run.other).toEqual([]);
    });

    test("garbage on the line: named, skipped; no result is another", async () => {
      const random = randomFrom(8);
      const fault: FaultCase = {
        ...{ name: "garbage received", onset, end: onset + 3000 * (10 / 115200), words: "received garbage" },
        apply: ({ machine }) => machine.send(Uint8Array.from({ length: 3000 }, () => Math.floor(256 * random()))),
        lift: () => {},
      };
      const run = await disturbed(board, fault, fromFirstUse(recording), 12);
      note(run, fault, expectSaid(run, fault));
      expectEqualAgain(run, await wanted, 0, 13);
    });

    test("a host that stops reading: lines are dropped and counted, nothing waits for it", async () => {
      const uart = findBoard(board).console!.uart;
      const fault: FaultCase = {
        ...{ name: "host does not read", onset, end: 14.01, words: "lines dropped" },
        apply: ({ machine }) => machine.inject(uart),
        lift: ({ machine }) => machine.inject(uart, 0),
      };
      const run = await disturbed(board, fault, fromFirstUse(recording), 21);
      // the line cannot come before somebody reads: both times count from there
      note(run, fault, expectSaid(run, { ...fault, onset: fault.end }));
      expectEqualAgain(run, await wanted, 0, 15);
      const results = run.results();
      const seqs = results.map(({ line }) => line["seq"] as number);
      const missing = seqs.at(-1)! + 1 - seqs.length;
      expect(missing).toBeGreaterThan(5);
      const dropped = results.reduce((sum, { line }) => sum + ((line["dropped"] as number | undefined) ?? 0), 0);
      // the summary at 10 s was dropped as well
      expect(dropped).toBe(missing + 1);
      expect(results.filter(({ line }) => "late" in line)).toEqual([]);
      const summary = run.with("summary").at(-1)!.line["summary"] as Record<string, number>;
      expect(summary["dropped"]).toBe(dropped);
      expect(summary["missed"]).toBe(0);
      expect(summary["samples"]).toBeGreaterThan((50 * summary["t_us"]!) / 1e6 - 3);
    });
  });

/** With the sensor that the app has on this board. */
export const describeSensorFaults = (board: string) =>
  describe(`the sensor of motion on ${board}`, () => {
    const wanted = undisturbed(declared, recording, 30);

    test.each(sensorCases)("$name: named, rests, is back, as before", async (fault) => {
      const run = await disturbed(board, fault, fromFirstUse(recording), fault.end + 9);
      note(run, fault, expectSaid(run, fault));
      // half a second for what shows in the samples only; then a whole window of good ones
      const rests = run.results().filter(({ at }) => at > fault.onset + 0.85 && at < fault.end + 2.5);
      expect(rests).toEqual([]);
      expectEqualAgain(run, await wanted, fault.end + 4.6, 6);
      expect(run.other).toEqual([]);
    });

    test("wrong id when it starts: named, no results, right when the right one is there", async () => {
      const fault: FaultCase = {
        ...{ name: "wrong id", onset: 0, end: 3.01, words: "sensor wrong id", code: 5 },
        ...sensorFault("wrong-id"),
      };
      const run = await disturbed(board, fault, await steadyFeed(board), 12);
      note(run, fault, expectSaid(run, fault));
      expect(run.results().filter(({ at }) => at < fault.end + 2.5)).toEqual([]);
      expectEqualAgain(run, await wanted, fault.end + 4.6, 6);
    });
  });

export const describeDriverFaults = (driver: string) =>
  describe(`motion on pico, with ${driver}`, () => {
    const { boards: _, ...sensor } = { ...declared.app.sensor, driver };
    const other = { ...declared, app: { ...declared.app, sensor } };
    const wanted = undisturbed(other, recording, 20);

    test.each([sensorCases[0]!, boardCases[0]!, sensorCases[1]!])(
      "$name: named, rests, is back, as before",
      async (fault) => {
        const run = await disturbed("pico", fault, fromFirstUse(recording), fault.end + 9, other);
        note(run, { name: `${driver}, ${fault.name}` }, expectSaid(run, fault));
        expectEqualAgain(run, await wanted, fault.end + 4.6, 6);
      },
    );
  });

export const testSlowSensor = () =>
  test("a sensor of one sample a second: one fault is said once", async () => {
    const slow = levelOf({ ...{ driver: "amg8833", input: "thermal", rateHz: 1, channels: 64 } }, 4);
    const warm: Feed = { at: (seconds) => Array.from({ length: 64 }, (_, i) => 20 + ((i + Math.floor(seconds)) % 9)) };
    const run = await AppRun.of("pico", slow, { thermal: warm });
    run.until(10.3);
    run.simulated.sensor!.inject("silent");
    run.until(15.3);
    run.simulated.sensor!.inject(undefined);
    run.until(30);
    const said = run.said.filter(({ line }) => "warn" in line || "ok" in line);
    expect(said.map(({ line }) => line["warn"] ?? line["ok"])).toEqual(["i2c nack", "i2c nack"]);
    // the next sample tells, and a quarter of a second goes by
    expect(said[0]!.at - 10.3).toBeLessThan(1.3);
    expect(said[1]!.at - 15.3).toBeLessThan(2);
    expect(run.results().filter(({ at }) => at < 10 || at > 20).length).toBeGreaterThanOrEqual(4);
  });
