// The shipped models/motion: expected outputs on every engine, its card's accuracy on some of the held-out windows, its size,
// and the demo's picture.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describePlan, importModel, planModel } from "../../host/index.ts";
import { randomFrom } from "../../host/train/train.ts";
import { openClassifier } from "../../models/motion/classifier.ts";
import { isSetAside, makeDataset, settingFor, turnWindow } from "../../models/motion/dataset.ts";
import { evaluateModel } from "../../models/motion/evaluate.ts";
import { fromCsv } from "../../models/motion/recording.ts";
import type { Samples } from "../../models/motion/samples.ts";
import { classes, rateHz } from "../../models/motion/simulate.ts";
import { dot, randomRotation } from "../../models/motion/vectors.ts";
import { engineNames, engines } from "../engines.ts";

const root = new URL("../../", import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(`models/motion/${name}`, root));
const graph = importModel(read("motion.tflite"));
const samples = JSON.parse(read("samples.json").toString()) as Samples;

describe("models/motion", () => {
  it.each(engineNames)("answers its samples as expected on engine %s", async (name) => {
    const engine = await engines[name](graph);
    expect(samples.windows.length).toBe(18);
    for (const { motion, input, output } of samples.windows) {
      const [answer] = engine.invoke([new Uint8Array(Buffer.from(input, "base64"))]).outputs;
      expect(Array.from(new Int8Array(answer!)), motion).toEqual(output);
    }
  });

  it("tells most of its samples right", () => {
    const right = samples.windows.filter(({ motion, output }) => {
      return classes[output.indexOf(Math.max(...output))] === motion;
    });
    expect(right.length).toBeGreaterThanOrEqual(17);
  });

  it("reaches its card's accuracy on held-out persons, orientations and gains", async () => {
    const card = read("card.md").toString();
    const shipped = /\| int8, seed \d \(shipped\) \| ([\d.]+) % \| ([\d.]+) % \|/.exec(card);
    const classify = await openClassifier(graph);
    for (const [i, part] of (["persons", "orientations"] as const).entries()) {
      const { accuracy } = evaluateModel(classify, makeDataset(part, 12));
      const claimed = Number(shipped?.[i + 1]);
      expect(claimed).toBeGreaterThanOrEqual(95);
      expect(accuracy, part).toBeGreaterThanOrEqual(0.95);
      // A third of the card's windows: 2 points are two standard errors and more.
      expect(Math.abs(100 * accuracy - claimed), part).toBeLessThan(2);
    }
  });

  it("fits a small microcontroller, as its card says", () => {
    const { arenaBytes, flashBytes, macs } = describePlan(planModel(graph));
    const card = read("card.md").toString();
    expect(arenaBytes).toBeLessThanOrEqual(4096);
    expect(flashBytes).toBeLessThanOrEqual(40 * 1024);
    expect(card).toContain(`| multiply-accumulates | ${macs} |`);
    // The planner may have become better since the card was written, not worse.
    expect(arenaBytes).toBeLessThanOrEqual(Number(/arena .* \| (\d+) bytes/.exec(card)?.[1]));
  });

  it("has a recording of more than two minutes that moves through all motions", () => {
    const text = read(samples.recording.file).toString();
    expect(text.startsWith("t_s,ax_g,ay_g,az_g\n")).toBe(true);
    expect(fromCsv(text).length / 3 / rateHz).toBeGreaterThanOrEqual(120);
    expect(new Set(samples.recording.segments.map(({ motion }) => motion))).toEqual(new Set(classes));
  });
});

describe("the simulation", () => {
  it("turns the device by rotations, and keeps set-aside orientations out of training", () => {
    const random = randomFrom(8);
    for (let i = 0; i < 50; i++) {
      const [x, y, z] = randomRotation(random);
      expect([dot(x, x), dot(y, y), dot(z, z)].every((length) => Math.abs(length - 1) < 1e-12)).toBe(true);
      expect([dot(x, y), dot(y, z), dot(z, x)].every((angle) => Math.abs(angle) < 1e-12)).toBe(true);
      expect(isSetAside(settingFor(false, random).orientation)).toBe(false);
      expect(isSetAside(settingFor(true, random).orientation)).toBe(true);
    }
  });

  it("augments by turning: magnitudes stay, up stays out of the octant", () => {
    const { inputs } = makeDataset("training", 1);
    const random = randomFrom(3);
    const window = inputs.slice(0, 384);
    const length = (of: Float32Array, i: number) => Math.hypot(of[3 * i]!, of[3 * i + 1]!, of[3 * i + 2]!);
    for (let turn = 0; turn < 20; turn++) {
      const turned = window.slice();
      turnWindow(turned, random);
      for (let i = 0; i < 128; i++) expect(length(turned, i)).toBeCloseTo(length(window, i), 5);
      const mean = [0, 1, 2].map((axis) => turned.reduce((sum, v, i) => sum + (i % 3 === axis ? v : 0), 0));
      expect(mean.every((sum) => sum > 0)).toBe(false);
    }
  });

  it("feels gravity: all the time at rest, on average when a body is carried by its steps", () => {
    const { inputs, labels } = makeDataset("persons", 5);
    for (let i = 0; i < labels.length; i++) {
      const motion = classes[labels[i]!]!;
      const window = inputs.subarray(384 * i, 384 * (i + 1));
      const mean = [0, 1, 2].map((axis) => window.reduce((sum, v, at) => sum + (at % 3 === axis ? v / 128 : 0), 0));
      if (motion === "walk" || motion === "run") expect(Math.abs(Math.hypot(...mean) - 1), motion).toBeLessThan(0.4);
      if (motion !== "idle") continue;
      for (let at = 0; at < 384; at += 3)
        expect(Math.abs(Math.hypot(...window.subarray(at, at + 3)) - 1)).toBeLessThan(0.35);
    }
  });
});

describe("npm start", () => {
  it("shows detections, load and every layer, in words that need no colour", () => {
    const text = execFileSync(process.execPath, ["dist/models/motion/demo.js"], { cwd: root, encoding: "utf8" });
    expect(text).not.toContain("\x1b");
    const detections = [...text.matchAll(/^ *[\d.]+ s {2}(\w+) +\d+ % {2}[█·]{20} {3}(.*)$/gm)];
    expect(Number(/^(\d+) detections/m.exec(text)?.[1])).toBe(detections.length);
    expect(new Set(detections.map(([, motion]) => motion))).toEqual(new Set(classes.filter((name) => name !== "idle")));
    for (const [line, motion, recorded] of detections) expect(recorded, line).toContain(motion);
    const [, right, windows] = /(\d+) of (\d+) windows say what was recorded/.exec(text)!;
    expect(Number(windows)).toBe(196);
    expect(Number(right) / Number(windows)).toBeGreaterThan(0.93);
    const [, load] = /CPU load ([\d.]+) %/.exec(text)!;
    expect(Number(load)).toBeLessThan(5);
    const shares = [...text.matchAll(/^layer_\d+_\w+ .* (\d+) % {2}[█·]{20}$/gm)].map(([, share]) => Number(share));
    expect(shares.length).toBe(8);
    expect(Math.abs(shares.reduce((a, b) => a + b) - 100)).toBeLessThanOrEqual(4);
  });
});
