// Makes this folder's model from nothing: `npm run train:motion`. Simulates the data, trains with two seeds, quantises,
// measures, and writes motion.tflite, samples.json, recording.csv and card.md. Of the two, the seed that does better on the
// validation persons is shipped; the test parts are looked at for the card only.

import { writeFileSync } from "node:fs";
import { type Dataset, exportTflite, importModel, type Layer, quantize, train } from "../../host/index.ts";
import { type Run, writeCard } from "./card.ts";
import { openClassifier } from "./classifier.ts";
import { makeDataset, turnWindow, windowValues } from "./dataset.ts";
import { type Evaluation, evaluate, evaluateModel, magnitudeFeatures, majority, nearestCentroid } from "./evaluate.ts";
import { makeRecording, toCsv } from "./recording.ts";
import { makeSamples } from "./samples.ts";

const layers: readonly Layer[] = [
  { kind: "conv", channels: 16, kernel: [1, 8], stride: [1, 4], activation: "relu" },
  { kind: "depthwise", kernel: [1, 5], stride: [1, 2], activation: "relu" },
  { kind: "conv", channels: 24, kernel: [1, 1], activation: "relu" },
  { kind: "depthwise", kernel: [1, 5], stride: [1, 2], activation: "relu" },
  { kind: "conv", channels: 32, kernel: [1, 1], activation: "relu" },
  { kind: "global-average" },
  { kind: "dense", units: 6 },
];

const calibrationWindows = 192;

async function trainWith(seed: number, training: Dataset, held: Readonly<Record<string, Dataset>>): Promise<Run> {
  const { graph } = await train(training, {
    name: "motion",
    layers,
    seed,
    epochs: 32,
    augment: turnWindow,
    onEpoch: ({ epoch, loss }) => say(`seed ${seed}, epoch ${epoch + 1}: loss ${loss.toFixed(4)}`),
  });
  // Through the file and back, so that what is measured is what is shipped.
  const int8 = importModel(exportTflite(quantize(graph, calibration(training))));
  const [classifyFloat, classify] = [await openClassifier(graph), await openClassifier(int8)];
  const test = (data: Dataset) => ({ float: evaluateModel(classifyFloat, data), int8: evaluateModel(classify, data) });
  const tests = { persons: test(held["persons"]!), orientations: test(held["orientations"]!) };
  return { seed, float: graph, int8, validation: evaluateModel(classify, held["validation"]!), tests };
}

/** Training windows at even distances: every motion, many persons. */
function* calibration({ inputs, labels }: Dataset): Generator<[Float32Array]> {
  const step = Math.floor(labels.length / calibrationWindows);
  for (let i = 0; i < calibrationWindows; i++) {
    const window = i * step + (i % step);
    yield [inputs.slice(window * windowValues, (window + 1) * windowValues)];
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const training = makeDataset("training");
const held = {
  validation: makeDataset("validation"),
  persons: makeDataset("persons"),
  orientations: makeDataset("orientations"),
};
const runs: Run[] = [];
for (const seed of [1, 2]) {
  const run = await trainWith(seed, training, held);
  const { persons, orientations } = run.tests;
  say(`seed ${seed}: int8 ${percent(persons.int8)} on new persons, ${percent(orientations.int8)} in new orientations`);
  runs.push(run);
}
const shipped = runs.reduce((best, run) => (run.validation.accuracy > best.validation.accuracy ? run : best));
const simple = {
  majority: majority(training),
  raw: nearestCentroid(training, Array.from),
  features: nearestCentroid(training, magnitudeFeatures),
};
const baselines = Object.fromEntries(
  Object.entries(simple).map(([name, answer]) => [
    name,
    { persons: evaluate(answer, held.persons), orientations: evaluate(answer, held.orientations) },
  ]),
) as Parameters<typeof writeCard>[0]["baselines"];

function percent({ accuracy }: Evaluation): string {
  return `${(100 * accuracy).toFixed(1)} %`;
}

const folder = new URL(".", import.meta.url);
writeFileSync(new URL("motion.tflite", folder), exportTflite(shipped.int8));
writeFileSync(new URL("recording.csv", folder), toCsv(makeRecording(1017, 17)));
writeFileSync(new URL("samples.json", folder), await makeSamples(shipped.int8, held.persons));
writeFileSync(new URL("card.md", folder), writeCard({ runs, shipped, baselines, training, held }));
