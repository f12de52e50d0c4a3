// What a caller can get wrong when training.

import { defineErrors } from "../base/errors.ts";

export const error = defineErrors("train", {
  "bad-layer": {
    exit: 2,
    message: (f: { layer: number; kind: string; problem: string }) => `layer ${f.layer} (${f.kind}): ${f.problem}`,
  },
  "bad-data": {
    exit: 2,
    message: (f: { what: string; found: number | string; wanted: string }) =>
      `${f.what}: found ${f.found}, wanted ${f.wanted}`,
  },
  "bad-option": {
    exit: 2,
    message: (f: { option: string; found: number; wanted: string }) => `${f.option} is ${f.found}, must be ${f.wanted}`,
  },
  diverged: {
    exit: 2,
    message: (f: { epoch: number }) => `the loss is no longer a number in epoch ${f.epoch}`,
    hint: () => "lower the learning rate",
  },
});
