// The motion app on this computer, over its recording of ten and a half minutes: what every board and QEMU must say as well.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { appModel, hashOf, labelsOf, openSession, parseApp, toRaw, type WindowResult } from "../../host/app/app.ts";
import { openAppSession, sessionModule } from "../../host/app-session.ts";
import { importModel } from "../../host/index.ts";
import { readFeed } from "../../host/sim/sim.ts";
import { toInput } from "../../models/motion/classifier.ts";
import { longScript, makeLongRecording } from "../../models/motion/long-recording.ts";

const folder = new URL("../../models/motion/", import.meta.url);
const app = parseApp(readFileSync(new URL("app.json", folder), "utf8"));
const modelFile = readFileSync(new URL("motion.tflite", folder));
const graph = importModel(modelFile);
const recording = readFeed(readFileSync(new URL("recording-long.csv", folder)));
const model = appModel(graph, hashOf(modelFile));

/** Which motion when, with the seconds at which it begins and ends. */
const segments = longScript.reduce<{ motion: string; from: number; to: number }[]>((list, { motion, seconds }) => {
  const from = list.at(-1)?.to ?? 0;
  list.push({ motion, from, to: from + seconds });
  return list;
}, []);

test("every int16 of the sensor becomes the byte that the model was trained with", async () => {
  const { quantization } = graph.tensors[graph.inputs[0]!]!;
  const apart = { ...app, frontEnd: { ...app.frontEnd, hop: 128 } };
  const inputs: Uint8Array[] = [];
  const session = openSession(await sessionModule(apart, model), {
    ...{ labels: labelsOf(app.decision), channels: 3 },
    invoke(input) {
      inputs.push(input);
      return new Uint8Array(6);
    },
  });
  const samples = Int16Array.from({ length: 171 * 384 }, (_, i) => Math.min(32767, i - 32768));
  for (let i = 0; i < samples.length; i += 3) session.push(samples.subarray(i, i + 3));
  // ±4 g: 0.122 mg a step
  const wanted = toInput(
    Float32Array.from(samples, (raw) => raw * 0.122e-3),
    quantization!,
  );
  expect(Buffer.compare(Buffer.concat(inputs), wanted)).toBe(0);
});

test("recording-long.csv is what long-recording.ts makes", () => {
  const made = makeLongRecording();
  expect(made.length).toBe(3 * recording.samples);
  // sines may differ in their last place from machine to machine
  for (let i = 0; i < recording.samples; i++)
    recording.at(i / 50)!.forEach((value, axis) => {
      if (Math.abs(value - made[3 * i + axis]!) > 0.00051) expect([i, axis, value]).toEqual(made[3 * i + axis]);
    });
});

describe("ten and a half minutes", () => {
  let results: WindowResult[];
  let found: { at: number; label: string; segment: number }[];
  beforeAll(async () => {
    const session = await openAppSession({ app, graph, modelHash: model.hash });
    results = [];
    for (let i = 0; i < recording.samples; i++) {
      const result = session.push(toRaw(app.sensor, recording.at(i / 50)!));
      if (result) results.push(result);
    }
    expect(session.signal()).toEqual({ stuck: false, saturated: false });
    found = results.flatMap(({ detected, window }) => {
      const at = window / 50;
      return detected === undefined ? [] : [{ at, label: detected, segment: segments.findIndex(({ to }) => at <= to) }];
    });
  });

  test("a window each 0.64 s, from the first 2.56 s on", () => {
    expect(results.length).toBe(Math.floor((recording.samples - 128) / 32) + 1);
    results.forEach(({ seq, window }, i) => {
      expect([seq, window]).toEqual([i, 128 + 32 * i]);
    });
  });

  test("every label but the ignored one is detected, 30 times and more in all", () => {
    expect(found.length).toBeGreaterThanOrEqual(30);
    expect(new Set(found.map(({ label }) => label))).toEqual(new Set(["walk", "run", "shake", "circle", "tap"]));
    expect(new Set(results.map(({ label }) => label)).has("idle")).toBe(true);
  });

  test("nearly every motion is found while it lasts, and what is found is nearly always true", () => {
    const moving = segments.flatMap(({ motion }, i) => (motion === "idle" ? [] : [i]));
    const right = found.filter(({ label, segment }) => segments[segment]!.motion === label);
    expect(moving.filter((i) => right.some(({ segment }) => segment === i)).length / moving.length).toBeGreaterThan(
      0.95,
    );
    expect(right.length / found.length).toBeGreaterThan(0.85);
  });

  test("a label fires again only after 4 s and after its mean has fallen below 0.4; it does fire again", () => {
    const again = found.flatMap((firing, i) => {
      const before = found.slice(0, i).findLast(({ label }) => label === firing.label);
      return before ? [{ before, firing }] : [];
    });
    expect(again.length).toBeGreaterThan(20);
    for (const { before, firing } of again) {
      expect(firing.at - before.at).toBeGreaterThanOrEqual(4);
      // another label was the answer in between: its own mean had fallen
      const between = results.filter(({ window }) => window / 50 > before.at && window / 50 < firing.at);
      expect(between.some(({ label }) => label !== firing.label)).toBe(true);
    }
    // twice the same motion with something else in between, and a motion of more than 10 s that fires once
    const once = segments.filter(
      ({ from, to }, i) => to - from > 10 && found.filter(({ segment }) => segment === i).length === 1,
    );
    expect(once.length).toBeGreaterThan(10);
  });
});
