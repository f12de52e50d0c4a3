// Small apps over made-up models: every kind of decision, every element type.

import { type App, type AppModel, parseApp } from "../../host/app/app.ts";

export interface Case {
  readonly name: string;
  readonly app: App;
  readonly model: AppModel;
}

const sensor = { driver: "lsm6dsox", input: "accelerometer", rateHz: 50, channels: 3, range: 4 };
const window = (length: number, hop: number, more = {}) => ({ kind: "window", length, hop, ...more });

function made(name: string, parts: Record<string, unknown>, model: Omit<AppModel, "hash">): Case {
  const declared = { name, model: "model.tflite", sensor, frontEnd: window(8, 4), ...parts };
  return { name, app: parseApp(JSON.stringify(declared)), model: { ...model, hash: "00000000" } };
}

const int8 = { dtype: "int8", elements: 24, scale: 0.0252, zeroPoint: 2 } as const;
const scores = { dtype: "int8", elements: 4, scale: 1 / 256, zeroPoint: -128 } as const;

export const cases: readonly Case[] = [
  made(
    "int8-classes",
    {
      decision: {
        ...{ kind: "classes", labels: ["a", "b", "c", "rest"], ignore: ["rest"], threshold: 0.6, release: 0.5 },
        ...{ average: 3, refractorySeconds: 0.5 },
      },
    },
    { input: int8, output: scores },
  ),
  made(
    "float-classes",
    {
      sensor: { driver: "microphone", input: "mic", rateHz: 16000, channels: 1 },
      frontEnd: window(24, 24, { scale: 2.5, offset: 0.125 }),
      decision: { kind: "classes", labels: ["yes", "no"], threshold: 0.5, average: 1, refractorySeconds: 0.01 },
    },
    {
      input: { dtype: "float32", elements: 24, scale: 1, zeroPoint: 0 },
      output: { dtype: "float32", elements: 2, scale: 1, zeroPoint: 0 },
    },
  ),
  made(
    "mixed-types",
    {
      sensor: { ...sensor, channels: 6, gyroRange: 500 },
      frontEnd: window(4, 1, { scale: [1, 1, -1, 0.01, 0.02, 0.01], offset: [0, 0.5, 0, 0, 0, -0.25] }),
      decision: {
        ...{ kind: "classes", labels: ["p", "q", "r"], threshold: { p: 0.3, q: 0.5, r: 0.7 } },
        ...{ average: 5, refractorySeconds: 0.3 },
      },
    },
    {
      input: { dtype: "uint8", elements: 24, scale: 0.03, zeroPoint: 130 },
      output: { dtype: "int16", elements: 3, scale: 1 / 32768, zeroPoint: 0 },
    },
  ),
  made(
    "int8-reconstruction",
    { decision: { kind: "anomaly", score: "reconstruction", threshold: 0.02, average: 2, refractorySeconds: 0.4 } },
    { input: int8, output: { ...int8, scale: 0.0305, zeroPoint: -5 } },
  ),
  made(
    "float-reconstruction",
    { decision: { kind: "anomaly", score: "reconstruction", threshold: 0.02, average: 2, refractorySeconds: 0.4 } },
    {
      input: { dtype: "float32", elements: 24, scale: 1, zeroPoint: 0 },
      output: { dtype: "float32", elements: 24, scale: 1, zeroPoint: 0 },
    },
  ),
  made(
    "output-score",
    { decision: { kind: "anomaly", score: "output", threshold: 12.5, release: 9, average: 2, refractorySeconds: 0 } },
    {
      input: { ...int8, dtype: "int16", scale: 1 / 4096, zeroPoint: 0 },
      output: { ...int8, elements: 1, scale: 0.125 },
    },
  ),
];
