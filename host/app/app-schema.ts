// The JSON schema of app.json: what parse-app.ts applies, and, as models/app.schema.json, what editors complete and check by (a test
// holds the file equal to this object). Rules between fields are in check-app.ts.

import { consoles, permits } from "./app-types.ts";
import { sensorNames } from "./sensors.ts";
import type { Schema } from "./shape.ts";

const text = (description: string, maxLength: number): Schema => ({
  ...{ type: "string", description, minLength: 1, maxLength },
  // no control characters: it stands in a line of the console
  pattern: "^[^\\u0000-\\u001f\\u007f\\u2028\\u2029]*$",
});
const integer = (description: string, minimum: number, maximum: number): Schema => ({
  ...{ type: "integer", description, minimum, maximum },
});
const positive = (description: string, maximum: number): Schema => ({
  ...{ type: "number", description, exclusiveMinimum: 0, maximum },
});
const record = (fields: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  ...{ type: "object", properties: fields, required, additionalProperties: false },
});

const driver: Schema = { type: "string", description: "which sensor", enum: sensorNames };
const address: Schema = {
  description: 'I2C address, 7 bits: "0x6a"; default: the sensor\'s first',
  oneOf: [
    { type: "string", pattern: "^0x[0-7][0-9a-fA-F]$" },
    { type: "integer", minimum: 8, maximum: 119 },
  ],
};
const ranges = {
  range: positive("full scale to either side, in g (°C for thermal arrays)", 1e6),
  gyroRange: positive("full scale of the gyroscope to either side, in degrees a second", 1e6),
};
/** One for all channels, or one each. */
const perChannel = (description: string, of: Schema, initial: number): Schema => ({
  ...{ description, default: initial },
  oneOf: [of, { type: "array", items: of, minItems: 1, maxItems: 64 }],
});

const sensor = record(
  {
    driver,
    input: {
      type: "string",
      description: "name of the feed in simulation: accelerometer, mic",
      pattern: "^[a-z][a-z0-9-]{0,30}$",
    },
    rateHz: positive("samples a second, of all channels", 48000),
    channels: integer("values a sample", 1, 64),
    ...{ ...ranges, address },
    boards: {
      ...{ type: "object", description: "what is different on a board, by its name", maxProperties: 32 },
      additionalProperties: record({ driver, address, ...ranges }),
    },
  },
  ["driver", "input", "rateHz", "channels"],
);

const frontEnd: Schema = {
  ...record(
    {
      kind: { type: "string", const: "window" },
      length: integer("samples of a window: length · channels = elements of the model's input", 1, 65536),
      hop: integer("samples from one window to the next", 1, 65536),
      scale: perChannel(
        "the model's value = scale · sensor value + offset",
        { type: "number", minimum: -1e9, maximum: 1e9 },
        1,
      ),
      offset: perChannel("in the model's units", { type: "number", minimum: -1e9, maximum: 1e9 }, 0),
    },
    ["kind", "length", "hop"],
  ),
  description: "from samples to the model's input",
};

const probability: Schema = { type: "number", exclusiveMinimum: 0, maximum: 1 };
const timing: Readonly<Record<string, Schema>> = {
  average: { ...integer("windows whose scores are averaged", 1, 64), default: 1 },
  refractorySeconds: {
    ...{ type: "number", minimum: 0, maximum: 3600, default: 1 },
    description: "after a detection the same label waits this long, and until its mean fell below release",
  },
};
const label = text("a name on result lines", 32);

const classes = record(
  {
    kind: { type: "string", const: "classes" },
    labels: {
      type: "array",
      items: label,
      minItems: 1,
      maxItems: 256,
      uniqueItems: true,
      description: "of the outputs, in order",
    },
    ignore: {
      type: "array",
      items: label,
      maxItems: 256,
      uniqueItems: true,
      default: [],
      description: "labels never reported",
    },
    threshold: {
      description: "mean score that is a detection, 0…1: one for all, or by label",
      oneOf: [probability, { type: "object", additionalProperties: probability, maxProperties: 256 }],
    },
    release: {
      ...probability,
      description: "a label is armed again below this; default: three quarters of its threshold",
    },
    ...timing,
  },
  ["kind", "labels", "threshold"],
);

const anomaly = record(
  {
    kind: { type: "string", const: "anomaly" },
    score: {
      ...{ type: "string", enum: ["reconstruction", "output"] },
      description: "mean squared difference of output and input, or the model's only output",
    },
    label: { ...label, default: "anomaly" },
    threshold: positive("calibrated on normal data, in the score's units", 1e9),
    release: positive("armed again below this; default: three quarters of the threshold", 1e9),
    ...timing,
  },
  ["kind", "score", "threshold"],
);

export const appSchema: Schema & { readonly $schema: string; readonly title: string } = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "thumbelina app",
  description: "what an always-on device senses, computes, decides and may tell",
  ...record(
    {
      $schema: { type: "string", maxLength: 1000 },
      name: { type: "string", description: "short name, as in file names", pattern: "^[a-z][a-z0-9-]{0,30}$" },
      title: text("for people", 100),
      model: text("the model file, from this folder", 1000),
      ...{ sensor, frontEnd },
      decision: { description: "when a result is a detection", oneOf: [classes, anomaly] },
      permits: {
        ...{ type: "array", items: { type: "string", enum: permits }, uniqueItems: true, default: [] },
        description: '"raw": samples may leave the device; nothing is permitted by default',
      },
      watchdogMs: { ...integer("the device restarts after this long without progress", 100, 60000), default: 4000 },
      console: {
        ...{ type: "string", enum: consoles },
        description: "the line that results go out on, where a board has two; default: the board's own",
      },
    },
    ["name", "model", "sensor", "frontEnd", "decision"],
  ),
};
