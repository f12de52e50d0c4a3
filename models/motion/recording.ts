// One recording that moves through all motions: a person of the held-out ones, one sensor, the device turned in the hand
// or pocket whenever the motion changes (half a second in which one signal fades into the other).

import { randomFrom } from "../../host/index.ts";
import { settingFor } from "./dataset.ts";
import { type Motion, person, rateHz, record } from "./simulate.ts";

export interface Segment {
  readonly motion: Motion;
  readonly seconds: number;
}

export const script: readonly Segment[] = [
  { motion: "idle", seconds: 9 },
  { motion: "walk", seconds: 18 },
  { motion: "run", seconds: 16 },
  { motion: "walk", seconds: 11 },
  { motion: "idle", seconds: 8 },
  { motion: "tap", seconds: 14 },
  { motion: "shake", seconds: 12 },
  { motion: "circle", seconds: 16 },
  { motion: "idle", seconds: 6 },
  { motion: "run", seconds: 10 },
  { motion: "walk", seconds: 8 },
];

const fadeSamples = rateHz / 2;

export function makeRecording(personId: number, seed: number, segments: readonly Segment[] = script): Float32Array {
  const random = randomFrom(seed);
  const { gain, offsetG, noiseG } = settingFor(false, random);
  const total = segments.reduce((sum, { seconds }) => sum + seconds, 0) * rateHz;
  const samples = new Float32Array(3 * total);
  let start = 0;
  for (const { motion, seconds } of segments) {
    const { orientation } = settingFor(false, random);
    const setting = { orientation, gain, offsetG, noiseG };
    const count = Math.min(seconds * rateHz + fadeSamples, total - start);
    const part = record(motion, person(personId), setting, count, random);
    part.forEach((value, i) => {
      // The start of a segment fades in over what the one before left there.
      const weight = start === 0 ? 1 : Math.min(1, Math.floor(i / 3) / fadeSamples);
      const at = 3 * start + i;
      samples[at] = weight * value + (1 - weight) * samples[at]!;
    });
    start += seconds * rateHz;
  }
  return samples;
}

/** `t_s,ax_g,ay_g,az_g` and a line a sample. */
export function toCsv(samples: Float32Array): string {
  const rows = Array.from({ length: samples.length / 3 }, (_, i) => {
    const values = samples.subarray(3 * i, 3 * i + 3);
    return [(i / rateHz).toFixed(2), ...Array.from(values, (value) => value.toFixed(3))].join(",");
  });
  return `t_s,ax_g,ay_g,az_g\n${rows.join("\n")}\n`;
}

/** The measurements of a recording, without the times. */
export function fromCsv(text: string): Float32Array {
  const rows = text.trim().split("\n").slice(1);
  return Float32Array.from(rows.flatMap((row) => row.split(",").slice(1).map(Number)));
}
