// Ten and a half minutes of motion, the same everywhere: live on simulated boards (sensor chip on the I2C bus, driver, alarm, inference in
// slices) and by replay in QEMU, every result line is the line that this computer makes of the recording: its keys in their order, its
// values, nothing left out or added. Only time (t_us, lag_us) and cycles are a machine's own, and they are looked at as well.
//
// Every label comes, and labels are detected again and again: each time after the refractory time, and after their score has fallen.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type App, hashOfApp, toRaw } from "../../host/app/app.ts";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";
import { hasQemu } from "../hal/qemu-console.ts";
import { type Line, motionApp, sessionResults } from "./on-board.ts";
import { replayInQemu } from "./replay-in-qemu.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const declared = motionApp();
const { app, modelHash } = declared;
const rateHz = app.sensor.rateHz;
/** A board needs up to a tenth of a second to its first sample. */
const seconds = recording.seconds + 0.5;
const samples = Array.from({ length: recording.samples }, (_, i) =>
  toRaw(app.sensor, recording.at((i + 0.5) / rateHz)!),
);

let wanted: readonly Line[];
const makeWanted = async () => {
  wanted ??= (await sessionResults(declared, samples)).map(({ seq, label, score, mean, detected, window }) => ({
    ...{ seq, label, score: score / 1e4, mean: mean / 1e4, detected: detected ?? null, window },
    ...{ model: modelHash, app: hashOfApp(app) },
  }));
};

/** As text: keys in their order count. */
const lineOf = ({ t_us: _, lag_us: __, cycles: ___, ...line }: Line): string => JSON.stringify(line);
const numberOf = (value: unknown): number => value as number;

function expectWanted(lines: readonly Line[], count = wanted.length): readonly Line[] {
  const results = lines.filter((line) => "seq" in line).slice(0, count);
  expect(results.map(lineOf)).toEqual(wanted.map(lineOf));
  return results;
}

export const describeRecording = () =>
  describe("the recording", () => {
    beforeAll(makeWanted);

    test("has every label, and detections that re-arm", () => {
      expect(recording.seconds).toBeGreaterThan(600);
      const { decision } = app as App & { decision: { kind: "classes" } };
      expect(new Set(wanted.map(({ label }) => label))).toEqual(new Set(decision.labels));
      const detections = wanted.filter(({ detected }) => detected !== null);
      expect(detections.length).toBeGreaterThanOrEqual(30);
      // the same label again, windows between them that were above the threshold and said nothing
      const again = detections.filter(({ detected, window }, i) => {
        const before = detections.slice(0, i).findLast((one) => one["detected"] === detected);
        if (!before) return false;
        expect(numberOf(window) - numberOf(before["window"])).toBeGreaterThanOrEqual(
          decision.refractorySeconds * rateHz,
        );
        return true;
      });
      expect(again.length).toBeGreaterThanOrEqual(20);
      const silent = wanted.filter(
        ({ label, mean, detected }) =>
          detected === null && !decision.ignore.includes(label as string) && numberOf(mean) > 0.7,
      );
      expect(silent.length).toBeGreaterThan(100);
    });
  });

export const describeLive = (boards: readonly string[]) =>
  describe("live on simulated boards", () => {
    beforeAll(makeWanted);

    test.each(boards)("%s", async (name) => {
      const board = findBoard(name);
      const { machine } = simulateApp(await buildApp(declared, board), { accelerometer: fromFirstUse(recording) });
      const text: string[] = [];
      machine.onUart = (_, byte) => void text.push(String.fromCharCode(byte));
      machine.run({ cycles: seconds * machine.world.clock("core") });
      // the clock was slower while the board started
      while (machine.world.seconds() < seconds)
        machine.run({ cycles: (seconds - machine.world.seconds()) * machine.world.clock("core") + 1 });
      const lines = text
        .join("")
        .split("\n")
        .slice(0, -1)
        .map((line): Line => JSON.parse(line));
      const results = expectWanted(lines);
      expect(lines.filter((line) => "warn" in line || "crash" in line)).toEqual([]);
      expect(machine.notes).toEqual([]);
      const times = results.map(({ t_us }) => numberOf(t_us));
      const hop = (1e6 * app.frontEnd.hop) / rateHz;
      times.slice(1).forEach((time, i) => void expect(Math.abs(time - times[i]! - hop)).toBeLessThan(100_000));
      expect(Math.min(...results.map(({ cycles }) => numberOf(cycles)))).toBeGreaterThan(10_000);
      for (const { lag_us } of results) expect(numberOf(lag_us)).toBeLessThan(hop);
    });
  });

export const describeReplay = (machines: readonly string[]) =>
  describe.skipIf(!hasQemu)("by replay in QEMU", () => {
    beforeAll(makeWanted);

    test.each(machines)("%s", async (name) => {
      const { linked } = await buildApp(declared, findBoard(name));
      const { lines, crc, damaged } = await replayInQemu(name, linked.image, {
        ...{ samples: Int16Array.from(samples.flatMap((sample) => [...sample])), channels: 3, rateHz },
      });
      const results = expectWanted(lines, Number.POSITIVE_INFINITY);
      expect(damaged).toBe(0);
      expect(results.map(({ t_us }) => t_us)).toEqual(results.map(({ window }) => (1e6 / rateHz) * numberOf(window)));
      const { summary } = lines.find((line) => "summary" in line) as { summary: Line };
      expect(summary).toMatchObject({ samples: samples.length, windows: wanted.length, late: 0, dropped: 0 });
      expect(summary["crc"]).toBe(crc.toString(16).padStart(8, "0"));
    });
  });
