// Live on simulated boards: the sensor's chip on the I2C bus, the driver, the alarm's handler, inference in slices, decisions; every result
// line equal to what this computer says of the same samples. And sound, which comes in blocks.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseApp, toRaw } from "../../host/app/app.ts";
import type { Graph, Tensor } from "../../host/graph/graph.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { asResult, type Declared, linesOn, motionApp, sessionResults } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));

describe("motion, live", () => {
  test.each(["pico", "nano33ble"])("%s says what this computer says", async (board) => {
    const seconds = 40;
    const declared = motionApp();
    const lines = await linesOn(board, declared, { accelerometer: fromFirstUse(recording) }, seconds);
    const results = lines.filter((line) => "seq" in line).map(asResult);
    const samples = Array.from({ length: 50 * seconds }, (_, i) => toRaw(declared.app.sensor, recording.at(i / 50)!));
    const wanted = await sessionResults(declared, samples);
    expect(results.length).toBeGreaterThanOrEqual(wanted.length - 1);
    expect(results).toEqual(wanted.slice(0, results.length));
    expect(results.filter(({ detected }) => detected !== undefined).length).toBeGreaterThan(1);
  });
});

/** Is the mean of a window of sound above or below zero: a dense layer of ones. */
function levelApp(rateHz: number): Declared {
  const [window, hop] = [400, 400];
  const quantization = (scale: number, zeroPoint = 0) => ({ scales: [scale], zeroPoints: [zeroPoint], axis: 0 });
  const weights = Int8Array.from({ length: 2 * window }, (_, i) => (i < window ? 1 : -1));
  const tensor = (name: string, more: Partial<Tensor>): Tensor => ({
    name,
    dtype: "int8",
    shape: [1, window],
    ...more,
  });
  const graph: Graph = {
    name: "level",
    tensors: [
      tensor("in", { quantization: quantization(1 / 128) }),
      tensor("weights", {
        shape: [2, window],
        data: new Uint8Array(weights.buffer),
        quantization: quantization(1 / window),
      }),
      tensor("bias", {
        dtype: "int32",
        shape: [2],
        data: new Uint8Array(8),
        quantization: quantization(1 / 128 / window),
      }),
      tensor("out", { shape: [1, 2], quantization: quantization(1 / 128) }),
    ],
    operators: [
      { kind: "fully_connected", inputs: [0, 1, 2], outputs: [3], attributes: { activation: "none" }, origin: 0 },
    ],
    ...{ inputs: [0], outputs: [3] },
  };
  const app = parseApp(
    JSON.stringify({
      ...{ name: "level", model: "level.tflite", sensor: { driver: "microphone", input: "mic", rateHz, channels: 1 } },
      frontEnd: { kind: "window", length: window, hop },
      decision: { kind: "classes", labels: ["above", "below"], threshold: 0.2, refractorySeconds: 0.1 },
    }),
  );
  return { app, graph, modelHash: "00000000" };
}

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
