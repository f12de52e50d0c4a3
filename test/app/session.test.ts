// The compiled front end and decision against the plain-arithmetic reference, on random samples and random model answers.

import { describe, expect, test } from "vitest";
import { labelsOf, openSession, sensorChannels, type WindowResult } from "../../host/app/app.ts";
import { sessionModule } from "../../host/app-session.ts";
import { crc32 } from "../../host/base/crc.ts";
import { type Random, randomFrom } from "../../host/train/train.ts";
import { type Case, cases } from "./apps.ts";
import { referenceDecisions, referenceInput, referenceScores, toBytes } from "./reference.ts";

const windows = 500;

/** Samples that wander, now and then to the ends of int16. */
function walk(channels: number, count: number, random: Random): Int16Array[] {
  const at = new Float64Array(channels);
  return Array.from({ length: count }, () =>
    Int16Array.from(at, (_, i) => {
      at[i] = random() < 0.01 ? 70000 * (random() - 0.5) : at[i]! + 3000 * (random() - 0.5);
      return Math.max(-32768, Math.min(32767, Math.round(at[i]!)));
    }),
  );
}

/** Answers that stay with one label for some windows; a reconstruction is good for some windows and bad for others. */
function answers({ app, model }: Case, random: Random): (input: readonly number[]) => number[] {
  const { output, input: edge } = model;
  let [favourite, left] = [0, 0];
  return (input) => {
    if (left-- === 0) {
      favourite = Math.floor(random() * 4);
      left = 1 + Math.floor(12 * random());
    }
    const toStep = (value: number) =>
      output.dtype === "float32" ? Math.fround(value) : Math.round(value / output.scale) + output.zeroPoint;
    if (app.decision.kind === "anomaly" && app.decision.score === "reconstruction") {
      const off = Math.sqrt(app.decision.threshold) * (favourite === 0 ? 2.5 : 0.3);
      return input.map((q, i) => cut(toStep(edge.scale * (q - edge.zeroPoint) + (i & 1 ? off : -off)), output.dtype));
    }
    const most = app.decision.kind === "anomaly" ? 16 : 1;
    return Array.from({ length: output.elements }, (_, i) => {
      const share = i === favourite ? 0.4 + 0.6 * random() : 0.5 * random();
      return cut(toStep(most * share), output.dtype);
    });
  };
}

function cut(q: number, dtype: string): number {
  if (dtype === "int8") return Math.max(-128, Math.min(127, q));
  return dtype === "int16" ? Math.max(-32768, Math.min(32767, q)) : q;
}

async function runCase(of: Case, seed: number) {
  const { app, model } = of;
  const random = randomFrom(seed);
  const channels = sensorChannels(app.sensor)!.length;
  const { length, hop } = app.frontEnd;
  const samples = walk(channels, length + (windows - 1) * hop, random);
  const answer = answers(of, random);
  const expected: number[][] = [];
  const wrongInputs: number[] = [];
  const session = openSession(await sessionModule(app, model), {
    ...{ labels: labelsOf(app.decision), channels },
    invoke(given) {
      const input = referenceInput(app, model, samples, expected.length * hop);
      if (Buffer.compare(given, toBytes(input, model.input))) wrongInputs.push(expected.length);
      const output = answer(input);
      expected.push(referenceScores(app, model, input, output));
      return toBytes(output, model.output);
    },
  });
  const results = samples.flatMap((sample) => session.push(sample) ?? []);
  return { samples, session, results, expected, wrongInputs };
}

describe.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
  const labels = labelsOf(one.app.decision);

  test("gives the model's inputs, the labels and the detections of the reference", async () => {
    const { results, expected, wrongInputs } = await runCase(one, 20);
    const { rateHz } = one.app.sensor;
    const wanted = referenceDecisions(one.app.decision, expected, one.app.frontEnd.hop / rateHz);
    expect(wrongInputs).toEqual([]);
    expect(results.length).toBe(windows);
    const plain = results.map(({ label, detected }) => [label, detected]);
    expect(plain).toEqual(wanted.map((w) => [labels[w.label], labels[w.detected]]));
    expect(results.filter(({ detected }) => detected !== undefined).length).toBeGreaterThan(5);
    // a mean is rounded twice, so it may be one ten-thousandth off; an error is an integer sum with its own steps
    const near = one.app.decision.kind === "anomaly" ? 4e-3 : 0;
    results.forEach(({ score, mean }, w) => {
      expect(Math.abs(score - 1e4 * wanted[w]!.score)).toBeLessThanOrEqual(0.7 + near * Math.abs(score));
      expect(Math.abs(mean - 1e4 * wanted[w]!.mean)).toBeLessThanOrEqual(1.01 + near * Math.abs(mean));
    });
  });
});

describe("a session", () => {
  const [motionLike] = cases;

  test("says the same again after restart, and follows all samples by CRC-32", async () => {
    const { app, model } = motionLike!;
    const samples = walk(3, 400, randomFrom(7));
    const session = openSession(await sessionModule(app, model), {
      ...{ labels: labelsOf(app.decision), channels: 3 },
      // an answer that depends on the samples
      invoke: (input) => Uint8Array.of(input[0]!, input[4]!, input[8]!, 0x80),
    });
    const first = samples.flatMap((sample) => session.push(sample) ?? []);
    expect(session.crc()).toBe(crc32(new Uint8Array(samples.flatMap(({ buffer }) => [...new Uint8Array(buffer)]))));
    session.restart();
    expect(session.crc()).toBe(0);
    expect(samples.flatMap((sample) => session.push(sample) ?? [])).toEqual(first);
    expect(first.map(({ window }) => window)).toEqual(first.map((_, i) => 8 + 4 * i));
    expect(first.some(({ detected }) => detected !== undefined)).toBe(true);
  });

  test("calls a sensor stuck after half a second of equal samples, and saturated after 0.4 s at an end", async () => {
    const { app, model } = motionLike!;
    const session = openSession(await sessionModule(app, model), {
      ...{ labels: labelsOf(app.decision), channels: 3 },
      invoke: () => new Uint8Array(4),
    });
    const push = (count: number, sample: (i: number) => readonly number[]): WindowResult | undefined => {
      let last: WindowResult | undefined;
      for (let i = 0; i < count; i++) last = session.push(sample(i)) ?? last;
      return last;
    };
    push(30, (i) => [i, -i, 8000]);
    expect(session.signal()).toEqual({ stuck: false, saturated: false });
    push(25, () => [5, 6, 8000]);
    expect(session.signal().stuck).toBe(false);
    push(1, () => [5, 6, 8000]);
    expect(session.signal().stuck).toBe(true);
    push(19, (i) => [i, 32767, 8000]);
    expect(session.signal()).toEqual({ stuck: false, saturated: false });
    push(1, () => [77, 32767, 8000]);
    expect(session.signal()).toEqual({ stuck: false, saturated: true });
    push(1, () => [78, 32766, 8000]);
    expect(session.signal()).toEqual({ stuck: false, saturated: false });
  });
});
