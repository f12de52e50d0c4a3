// What cannot be written as a .tflite file.

import { defineErrors } from "../base/errors.ts";

export const error = defineErrors("export", {
  "no-tflite-form": {
    exit: 3,
    message: (f: { kind: string }) => `${f.kind} has no form in a .tflite file`,
    hint: () => "export before the graph is rewritten for a target",
  },
  "initial-state": {
    exit: 3,
    message: (f: { tensor: number }) =>
      `the state in tensor ${f.tensor} does not start at zero, which a .tflite file cannot say`,
    hint: () => "use a resource variable for state with an initial value",
  },
});
