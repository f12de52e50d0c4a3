// Live on simulated boards: the sensor's chip on the I2C bus, the driver, the alarm's handler, inference in slices, decisions; every result
// line equal to what this computer says of the same samples. And sound, which comes in blocks. All boards: long-recording.slow.ts.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toRaw } from "../../host/app/app.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { levelApp } from "./level-app.ts";
import { asResult, linesOn, motionApp, sessionResults } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));

describe("motion, live", () => {
  test("nano33ble says what this computer says", async () => {
    const seconds = 16;
    const declared = motionApp();
    const lines = await linesOn("nano33ble", declared, { accelerometer: fromFirstUse(recording) }, seconds);
    const results = lines.filter((line) => "seq" in line).map(asResult);
    const samples = Array.from({ length: 50 * seconds }, (_, i) => toRaw(declared.app.sensor, recording.at(i / 50)!));
    const wanted = await sessionResults(declared, samples);
    expect(results.length).toBeGreaterThanOrEqual(wanted.length - 1);
    expect(results).toEqual(wanted.slice(0, results.length));
    expect(results.some(({ detected }) => detected !== undefined)).toBe(true);
  });
});

describe("sound", () => {
  test("an analog microphone on pico: windows at their rate, a level that changes is heard", async () => {
    const declared = levelApp(8000);
    const level = (t: number) => (Math.floor(t * 2) % 2 === 0 ? 0.5 : -0.5);
    const lines = await linesOn("pico", declared, { mic: { at: (t) => [level(t) + 0.02 * Math.sin(1e4 * t)] } }, 3);
    expect(lines.filter((line) => "warn" in line)).toEqual([]);
    const results = lines.filter((line) => "seq" in line);
    // 20 windows a second, the first ones while the board starts
    expect(results.length).toBeGreaterThan(56);
    expect(results.length).toBeLessThanOrEqual(60);
    expect(results.every((line) => !("late" in line))).toBe(true);
    const labels = results.map(({ label }) => label);
    const changes = labels.filter((label, i) => i > 0 && label !== labels[i - 1]).length;
    expect(changes).toBe(5);
    expect(results.filter(({ detected }) => detected !== null).length).toBe(6);
    for (const { mean } of results) expect(Math.abs(mean as number)).toBeLessThanOrEqual(0.6);
  });
});
