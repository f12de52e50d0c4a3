// recording-long.csv: ten and a half minutes that move through all motions again and again, for whoever must prove that every board and
// engine decides the same. Four held-out persons, one after the other; motions follow each other at random, each held for 8 to 19 s.
//
//   npx tsx models/motion/long-recording.ts        writes the file anew (the same bytes: everything comes from seeds)

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomFrom } from "../../host/index.ts";
import { makeRecording, type Segment, toCsv } from "./recording.ts";
import { classes, rateHz } from "./simulate.ts";

const persons = [1003, 1011, 1024, 1037];
const secondsEach = 158;

/** Motions of one person: never the same twice in a row. */
export function segmentsOf(seed: number): readonly Segment[] {
  const random = randomFrom(seed);
  const segments: Segment[] = [];
  for (let left = secondsEach; left > 0; ) {
    const others = classes.filter((motion) => motion !== segments.at(-1)?.motion);
    const drawn = 8 + Math.floor(12 * random());
    const seconds = left - drawn < 8 ? left : drawn;
    segments.push({ motion: others[Math.floor(others.length * random())]!, seconds });
    left -= seconds;
  }
  return segments;
}

export const longScript: readonly Segment[] = persons.flatMap((id) => segmentsOf(id));

export function makeLongRecording(): Float32Array {
  const parts = persons.map((id) => makeRecording(id, 7 * id, segmentsOf(id)));
  const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    samples.set(part, at);
    return at + part.length;
  }, 0);
  return samples;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const samples = makeLongRecording();
  writeFileSync(new URL("recording-long.csv", import.meta.url), toCsv(samples));
  process.stdout.write(`${(samples.length / 3 / rateHz).toFixed(0)} s, ${longScript.length} segments\n`);
}
