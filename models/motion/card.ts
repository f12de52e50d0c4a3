// card.md: what the model is, what it was made from, how well it does, what it is not. Every figure is computed in train.ts.

import { type Dataset, describePlan, exportTflite, type Graph, planModel } from "../../host/index.ts";
import type { Evaluation } from "./evaluate.ts";
import { classes } from "./simulate.ts";

/** One training, measured. */
export interface Run {
  readonly seed: number;
  readonly float: Graph;
  readonly int8: Graph;
  readonly validation: Evaluation;
  readonly tests: Readonly<
    Record<"persons" | "orientations", { readonly float: Evaluation; readonly int8: Evaluation }>
  >;
}

interface Tested {
  readonly persons: Evaluation;
  readonly orientations: Evaluation;
}

export interface Findings {
  readonly runs: readonly Run[];
  readonly shipped: Run;
  readonly baselines: Readonly<Record<"majority" | "raw" | "features", Tested>>;
  readonly training: Dataset;
  readonly held: Readonly<Record<"validation" | "persons" | "orientations", Dataset>>;
}

export function writeCard({ runs, shipped, baselines, training, held }: Findings): string {
  const plan = describePlan(planModel(shipped.int8));
  const of = (kind: "float" | "int8") => (run: Run) =>
    row(`${kind}, seed ${run.seed}${run === shipped && kind === "int8" ? " (shipped)" : ""}`, {
      persons: run.tests.persons[kind],
      orientations: run.tests.orientations[kind],
    });
  const { persons, orientations } = shipped.tests;
  return `# Model card: motion

Tells six motions from 2.56 s of a 3-axis accelerometer, whatever way the device is turned: ${classes.join(", ")}.

Input int8 [1, 1, 128, 3]: 128 samples at 50 Hz, x y z in turn, ${inputText(shipped.int8)}.
Output int8 [1, 6]: scores in steps of 1/256.
Written by \`npm run train:motion\` (models/motion/train.ts); do not edit.

| | |
|---|---|
| window | ${held.persons.shape.reduce((a, b) => a * b)} bytes |
| multiply-accumulates | ${plan.macs} |
| arena (activations and scratch), Cortex-M4 | ${plan.arenaBytes} bytes |
| weights, biases and multipliers in flash | ${plan.flashBytes} bytes |
| motion.tflite | ${exportTflite(shipped.int8).length} bytes |

## Data

Simulated only (simulate.ts says how): gravity, gait harmonics, ground contact and free fall, centripetal force, ringing
impacts; persons of their own tempo, vigour and asymmetry; sensor gain, offset and noise; any orientation of the device.
Windows: ${training.labels.length} for training (80 persons), ${held.validation.labels.length} for validation (20 others). Test persons (40) are met nowhere else.
*New persons*: their ${held.persons.labels.length} windows, orientations and gains (within ±12 %) as in training. *New orientations and
gains*: their ${held.orientations.labels.length} windows with up in the octant (+, +, +) of the device, which training and its augmentation leave
out, and gains 12–20 % off.

## Accuracy

| | new persons | new orientations and gains |
|---|---|---|
${row("majority class", baselines.majority)}
${row("nearest centroid of windows", baselines.raw)}
${row("nearest centroid of six features of the magnitude", baselines.features)}
${runs.map(of("float")).join("\n")}
${runs.map(of("int8")).join("\n")}

New persons, int8, shipped (rows: true; columns: answer):

${matrix(persons.int8)}

New orientations and gains:

${matrix(orientations.int8)}

## Limits

No measurement of a real person or device went into these figures: they say that the model has learnt the simulation, not that
it knows people. Retrain on recordings before relying on it. A window in which the motion changes, or a motion other than the
six, still gets one of the six names: look at the score.
`;
}

function inputText({ tensors, inputs }: Graph): string {
  const { scales, zeroPoints } = tensors[inputs[0]!]!.quantization!;
  const [scale, zeroPoint] = [scales[0]!, zeroPoints[0]!];
  const real = (q: number): string => (scale * (q - zeroPoint)).toFixed(1);
  return `g = ${scale.toPrecision(6)} · (q − ${zeroPoint}): ${real(-128)} to ${real(127)} g, what is beyond is cut`;
}

function row(name: string, { persons, orientations }: Tested): string {
  return `| ${name} | ${percent(persons)} | ${percent(orientations)} |`;
}

function percent({ accuracy }: Evaluation): string {
  return `${(100 * accuracy).toFixed(1)} %`;
}

function matrix({ confusion }: Evaluation): string {
  const head = `| | ${classes.join(" | ")} |\n|---|${classes.map(() => "---|").join("")}`;
  return [head, ...confusion.map((counts, i) => `| ${classes[i]} | ${counts.join(" | ")} |`)].join("\n");
}
