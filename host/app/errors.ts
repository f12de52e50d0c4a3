// What can be wrong with an app: its file, its parts among themselves, and with its model.

import { defineErrors } from "../base/errors.ts";

export const appError = defineErrors("app", {
  json: {
    exit: 2,
    message: (f: { problem: string }) => `the app is no JSON: ${f.problem}`,
  },
  "too-large": {
    exit: 2,
    message: (f: { bytes: number; most: number }) => `the app has ${f.bytes} bytes, an app at most ${f.most}`,
  },
  shape: {
    exit: 2,
    message: (f: { path: string; problem: string }) => `${f.path}: ${f.problem}`,
    hint: () => 'an editor that is told `"$schema": "…/models/app.schema.json"` shows what is allowed',
  },
  rule: {
    exit: 2,
    message: (f: { path: string; problem: string }) => `${f.path}: ${f.problem}`,
  },
  "model-mismatch": {
    exit: 3,
    message: (f: { path: string; problem: string }) => `the app does not fit its model: ${f.path}: ${f.problem}`,
    hint: () => "`thumbelina inspect MODEL` shows the model's input and output",
  },
  "model-type": {
    exit: 3,
    message: (f: { role: string; dtype: string; known: readonly string[] }) =>
      `the model's ${f.role} is ${f.dtype}; an app can use ${f.known.join(", ")}`,
  },
  "model-edges": {
    exit: 3,
    message: (f: { inputs: number; outputs: number }) =>
      `the model has ${f.inputs} inputs and ${f.outputs} outputs; an app's model has one of each`,
  },
});
