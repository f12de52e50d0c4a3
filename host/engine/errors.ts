// What a caller can get wrong when it runs a model.

import { defineErrors } from "../base/errors.ts";

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

export const error = defineErrors("engine", {
  "input-count": {
    exit: 2,
    message: (facts: { given: number; expected: number }) =>
      `the model has ${plural(facts.expected, "input")}, ${facts.given} given`,
    hint: () => "`thumbelina inspect MODEL` lists the inputs; give `--input` once for each, in that order",
  },
  "input-size": {
    exit: 2,
    message: (facts: { input: number; name: string; given: number; expected: number; type: string }) =>
      `input ${facts.input} (${facts.name}) is ${plural(facts.given, "byte")}, expected ${facts.expected} (${facts.type})`,
    hint: () => "an input is the raw little-endian tensor in the model's own type, without a header",
  },
  "input-nan": {
    exit: 2,
    message: (facts: { input: number; name: string; element: number; of: number }) =>
      `input ${facts.input} (${facts.name}) holds NaN at element ${facts.element} of ${facts.of}`,
    hint: () => undefined,
  },
  "input-bool": {
    exit: 2,
    message: (facts: { input: number; name: string; element: number; value: number }) =>
      `input ${facts.input} (${facts.name}) is bool, element ${facts.element} is ${facts.value}: expected 0 or 1`,
  },
});
