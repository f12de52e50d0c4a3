// What can be wrong with a model file, before it is a graph.

import { defineErrors } from "../base/errors.ts";

/** Names come from the file: control characters escaped, and cut. */
const quote = (name: string) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

const damaged = () => "the file is damaged or cut short: copy or convert it again";

export const error = defineErrors("import", {
  "unsupported-format": {
    exit: 3,
    message: (f: { looksLike: string; bytes: number }) =>
      `this is ${f.looksLike} of ${f.bytes} bytes, not a TensorFlow Lite model (identifier "TFL3" at byte 4)`,
    hint: () => "give a .tflite file made by the TensorFlow Lite converter",
  },
  "unsupported-version": {
    exit: 3,
    message: (f: { version: number }) => `the file says schema version ${f.version}, supported is 3`,
    hint: damaged,
  },
  "bad-offset": {
    exit: 3,
    message: (f: { what: string; offset: number; size: number }) =>
      `${f.what} points to byte ${f.offset}, outside its place in a file of ${f.size} bytes`,
    hint: damaged,
  },
  "bad-length": {
    exit: 3,
    message: (f: { what: string; length: number; room: number }) =>
      `${f.what} has ${f.length} entries, the file has room for ${f.room}`,
    hint: damaged,
  },
  "too-much-work": {
    exit: 3,
    message: (f: { size: number }) =>
      `the tables of this file of ${f.size} bytes overlap, or there are too many: it unfolds to many times its size`,
    hint: damaged,
  },
  "too-many": {
    exit: 3,
    message: (f: { what: string; count: number; limit: number }) =>
      `the file has ${f.count} ${f.what}, the limit is ${f.limit}`,
    hint: damaged,
  },
  "too-large": {
    exit: 3,
    message: (f: { what: string; bytes: number; limit: number }) =>
      `${f.what} need ${f.bytes} bytes, the limit is ${f.limit}`,
    hint: () => "thumbelina is for microcontrollers: use a smaller model",
  },
  "no-subgraph": { exit: 3, message: () => "the model has no subgraph", hint: damaged },
  "bad-reference": {
    exit: 3,
    message: (f: { what: string; index: number; count: number }) => `${f.what} is ${f.index}, the model has ${f.count}`,
    hint: damaged,
  },
  "unsupported-op": {
    exit: 3,
    message: (f: { name: string; builtin: number }) => `${f.name} (builtin ${f.builtin}) has no kernel`,
    hint: () => "ARCHITECTURE.md lists the operators; `thumbelina inspect` lists all unsupported ones of a model",
  },
  "custom-op": {
    exit: 3,
    message: (f: { name: string }) => `custom operator ${quote(f.name)} has no kernel`,
    hint: () => "convert without `allow_custom_ops`, or move this step out of the model",
  },
  "unsupported-type": {
    exit: 3,
    message: (f: { code: number; tensor: number }) => `tensor ${f.tensor} has element type ${f.code}, which is unknown`,
    hint: () => "int8, int16, int32 and float32 models are supported",
  },
  "wrong-options": {
    exit: 3,
    message: (f: { name: string; found: number; wanted: number }) =>
      `${f.name} comes with options of kind ${f.found}, needs ${f.wanted}`,
    hint: damaged,
  },
  "unknown-option": {
    exit: 3,
    message: (f: { name: string; option: string; value: number }) =>
      `${f.name}: ${f.option} has unknown value ${f.value}`,
    hint: damaged,
  },
  sparse: {
    exit: 3,
    message: (f: { tensor: number }) => `tensor ${f.tensor} is stored sparse`,
    hint: () => "convert without sparsity: weights are stored dense",
  },
  "unsupported-quantization": {
    exit: 3,
    message: (f: { tensor: number; details: number }) =>
      `tensor ${f.tensor} is quantised by a scheme of kind ${f.details}; supported is one scale per tensor or channel`,
    hint: () => "convert with full int8 quantisation",
  },
  "bad-variable": {
    exit: 3,
    message: (f: { name: string; why: string }) => `variable ${quote(f.name)} ${f.why}`,
    hint: () => "each variable needs one type and one shape, and an initial value from the model's initialiser",
  },
});
