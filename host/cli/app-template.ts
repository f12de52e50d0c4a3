// What `init` writes: an app over a model. For the motion model its own declaration; for any other one that fits its shapes, with
// everything guessed that a model does not say: the sensor, the rate, the labels.

import type { AppModel } from "../app/app.ts";

/** What was guessed, for the user to correct. */
export interface AppTemplate {
  readonly declared: Readonly<Record<string, unknown>>;
  readonly guessed: readonly string[];
}

export const schemaFile = "app.schema.json";

/** A name as apps have: `My App!` → my-app. */
export function appName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 30)
    .replace(/-+$/, "");
  return name || "app";
}

export function copiedTemplate(declared: Readonly<Record<string, unknown>>, name: string): AppTemplate {
  return { declared: { ...declared, $schema: `./${schemaFile}`, name }, guessed: [] };
}

/** `shape`: of the model's input; its last dimension tells the channels. */
export function guessedTemplate(
  model: AppModel,
  shape: readonly number[],
  modelFile: string,
  name: string,
): AppTemplate {
  const { sensor, why } = guessSensor(shape.at(-1) ?? 1);
  const length = model.input.elements / sensor.channels;
  const hop = Math.max(1, Math.floor(length / 4));
  const { decision, words } = guessDecision(model);
  return {
    declared: {
      $schema: `./${schemaFile}`,
      ...{ name, model: modelFile, sensor },
      frontEnd: { kind: "window", length, hop },
      ...{ decision, permits: [] },
    },
    guessed: [
      `sensor: ${sensor.driver} at ${sensor.rateHz} Hz, ${why}`,
      `frontEnd: the last ${length} samples as they are, in the sensor's units, every ${hop}`,
      words,
    ],
  };
}

function guessSensor(last: number) {
  const imu = { driver: "lsm6dsox", input: "accelerometer", rateHz: 50 };
  if (last === 3) return { sensor: { ...imu, channels: 3, range: 4 }, why: "because the input has 3 channels" };
  if (last === 6)
    return { sensor: { ...imu, channels: 6, range: 4, gyroRange: 500 }, why: "because the input has 6 channels" };
  if (last === 64)
    return {
      sensor: { driver: "amg8833", input: "thermal", rateHz: 10, channels: 64 },
      why: "because the input has 64 channels",
    };
  return { sensor: { driver: "microphone", input: "mic", rateHz: 16000, channels: 1 }, why: "for want of a better" };
}

function guessDecision({ input, output }: AppModel) {
  const timing = { average: 3, refractorySeconds: 2 };
  if (output.elements === 1 || output.elements === input.elements) {
    const score = output.elements === 1 ? "output" : "reconstruction";
    const words = `decision: the ${score} is an anomaly's score; its threshold must be calibrated`;
    return { decision: { kind: "anomaly", score, threshold: 0.5, ...timing }, words };
  }
  const labels = Array.from({ length: output.elements }, (_, i) => `label-${i}`);
  const words = `decision: ${labels.length} labels, to be named in the order of the outputs`;
  return { decision: { kind: "classes", labels, threshold: 0.7, ...timing }, words };
}
