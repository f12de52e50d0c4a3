// What cannot be quantised, and what is wrong with the samples it is calibrated by.

import { defineErrors } from "../base/errors.ts";

export const error = defineErrors("quantize", {
  "unsupported-op": {
    exit: 3,
    message: (f: { kind: string }) => `${f.kind} has no int8 form here`,
    hint: () => "a float model of convolutions, dense layers, pools and element-wise operators can be quantised",
  },
  "not-float": {
    exit: 3,
    message: (f: { kind: string; what: string; dtype: string }) =>
      `${f.kind}: ${f.what} is ${f.dtype}; only float32 models are quantised`,
  },
  "computed-weights": {
    exit: 3,
    message: (f: { kind: string; what: string }) => `${f.kind}: ${f.what} must be constant to be quantised`,
  },
  "no-samples": {
    exit: 2,
    message: () => "no samples to calibrate by",
    hint: () => "give some 100 typical inputs: ranges are taken from what the float model computes on them",
  },
  "sample-count": {
    exit: 2,
    message: (f: { sample: number; given: number; expected: number }) =>
      `sample ${f.sample} has ${f.given} inputs, the model has ${f.expected}`,
  },
  "sample-size": {
    exit: 2,
    message: (f: { sample: number; input: number; given: number; expected: number }) =>
      `sample ${f.sample}, input ${f.input} has ${f.given} values, expected ${f.expected}`,
  },
  "not-finite": {
    exit: 2,
    message: (f: { sample: number; tensor: number; name: string }) =>
      `sample ${f.sample} makes tensor ${f.tensor} (${JSON.stringify(f.name.slice(0, 80))}) infinite or not a number`,
    hint: () => "ranges can only be taken from finite values: look at the sample",
  },
});
