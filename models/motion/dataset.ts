// Windows of simulated motion with their classes, and the four parts of the data:
//
//   training      persons 0–79, any orientation but those set aside, gains within ±12 %
//   validation    persons 200–219, like training: settings are chosen by it
//   persons       persons 1000–1039, met nowhere else; orientations and gains like training
//   orientations  the same held-out persons, gravity in the octant that training never has, gains off by 12–20 %
//
// A window is 128 samples of 3 axes, 2.56 s, as the model's input has them: [1, 128, 3], interleaved.

import { type Dataset, normal, type Random, randomFrom } from "../../host/index.ts";
import { classes, person, record, type Setting } from "./simulate.ts";
import { type Rotation, randomRotation, rotate, type Vector } from "./vectors.ts";

export const windowSamples = 128;
export const windowValues = 3 * windowSamples;
export const windowShape = [1, windowSamples, 3] as const;

export type Part = "training" | "validation" | "persons" | "orientations";

interface PartRow {
  readonly first: number;
  readonly persons: number;
  /** Recordings of each person and motion, each with an orientation and gain of its own. */
  readonly recordings: number;
  readonly windows: number;
  readonly setAside: boolean;
}

const parts: Readonly<Record<Part, PartRow>> = {
  training: { first: 0, persons: 80, recordings: 4, windows: 4, setAside: false },
  validation: { first: 200, persons: 20, recordings: 4, windows: 2, setAside: false },
  persons: { first: 1000, persons: 40, recordings: 5, windows: 2, setAside: false },
  orientations: { first: 1000, persons: 40, recordings: 5, windows: 2, setAside: true },
};

/** Up reads positive on all three axes: an eighth of all orientations. */
export function isSetAside(orientation: Rotation): boolean {
  return orientation.every((axis) => axis[2] > 0);
}

export function settingFor(setAside: boolean, random: Random): Setting {
  let orientation = randomRotation(random);
  while (isSetAside(orientation) !== setAside) orientation = randomRotation(random);
  const amount = setAside ? 0.12 + 0.08 * random() : 0.12 * random();
  const gain = random() < 0.5 ? 1 - amount : 1 + amount;
  const offsetG: Vector = [0.03 * normal(random), 0.03 * normal(random), 0.03 * normal(random)];
  return { orientation, gain, offsetG, noiseG: 0.003 + 0.015 * random() };
}

/**
 * The same window in another orientation: any but those set aside, as far as the window's mean tells where up is.
 * Four directions are tried; a window that none of them suits stays as it is.
 */
export function turnWindow(window: Float32Array, random: Random): void {
  const mean: [number, number, number] = [0, 0, 0];
  window.forEach((value, i) => {
    mean[i % 3]! += value / windowSamples;
  });
  for (let attempt = 0; attempt < 4; attempt++) {
    const rotation = randomRotation(random);
    if (rotate(rotation, mean).every((value) => value > -0.1)) continue;
    for (let i = 0; i < window.length; i += 3)
      window.set(rotate(rotation, [window[i]!, window[i + 1]!, window[i + 2]!]), i);
    return;
  }
}

/** `persons` limits a part to its first persons, for a quick look. */
export function makeDataset(part: Part, persons = Number.POSITIVE_INFINITY): Dataset {
  const row = parts[part];
  const random = randomFrom(0x5eed + Object.keys(parts).indexOf(part));
  const inputs: Float32Array[] = [];
  const labels: number[] = [];
  for (let id = row.first; id < row.first + Math.min(row.persons, persons); id++) {
    classes.forEach((motion, label) => {
      for (let i = 0; i < row.recordings; i++) {
        const setting = settingFor(row.setAside, random);
        const samples = record(motion, person(id), setting, row.windows * windowSamples, random);
        for (let window = 0; window < row.windows; window++) {
          inputs.push(samples.subarray(window * windowValues, (window + 1) * windowValues));
          labels.push(label);
        }
      }
    });
  }
  const all = new Float32Array(inputs.length * windowValues);
  inputs.forEach((values, i) => {
    all.set(values, i * windowValues);
  });
  return { shape: [...windowShape], classes: classes.length, inputs: all, labels };
}
