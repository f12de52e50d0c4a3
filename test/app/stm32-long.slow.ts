// The motion app on the STM32 boards, on two of them over the whole of its recording, more than ten minutes: every result line equal to this
// computer's, every label, detections that re-arm; no warning, no rule of the hardware broken.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toRaw } from "../../host/app/app.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { asResult, linesOn, motionApp, sessionResults } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const whole = 610;

test.each([
  ["nucleo-f446re", whole],
  ["nucleo-l4r5zi", whole],
  ["blackpill-f411", 60],
] as const)(
  "%s: %d s of motion",
  async (board, seconds) => {
    const declared = motionApp();
    let notes: unknown;
    const watch = (_: number, { machine }: { machine: { notes: unknown } }) => void (notes = machine.notes);
    const lines = await linesOn(board, declared, { accelerometer: fromFirstUse(recording) }, seconds, watch);
    const results = lines.filter((line) => "seq" in line).map(asResult);
    const samples = Array.from({ length: 50 * seconds }, (_, i) => toRaw(declared.app.sensor, recording.at(i / 50)!));
    const wanted = await sessionResults(declared, samples);
    expect(results.length).toBeGreaterThanOrEqual(wanted.length - 1);
    expect(results).toEqual(wanted.slice(0, results.length));
    const detected = results.flatMap(({ detected }) => detected ?? []);
    expect(detected.length).toBeGreaterThanOrEqual(seconds === whole ? 30 : 3);
    const labels = new Set(results.map(({ label }) => label));
    if (seconds === whole && declared.app.decision.kind === "classes")
      expect([...labels].sort()).toEqual([...declared.app.decision.labels].sort());
    expect(lines.filter((line) => "warn" in line)).toEqual([]);
    expect(notes).toEqual([]);
  },
  300_000,
);
