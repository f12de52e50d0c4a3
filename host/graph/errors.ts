// What can be wrong with a graph, whatever file it came from. Rows used by check.ts and by the operators in ops/.

import { defineErrors } from "../base/errors.ts";
import type { Shape } from "./graph.ts";

/** Names come from files: control characters escaped, and cut. */
const quote = (name: string) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

export const error = defineErrors("graph", {
  "bad-index": {
    exit: 3,
    message: (f: { role: string; index: number; count: number }) =>
      `${f.role} names tensor ${f.index}, the model has ${f.count} tensors`,
    hint: () => "the file is damaged: convert the model again",
  },
  "not-produced": {
    exit: 3,
    message: (f: { tensor: number; name: string }) =>
      `tensor ${f.tensor} (${quote(f.name)}) is read before anything has computed it`,
    hint: () => "operators must stand in execution order, without cycles",
  },
  "two-producers": {
    exit: 3,
    message: (f: { tensor: number; name: string; first: string }) =>
      `tensor ${f.tensor} (${quote(f.name)}) is written here, but ${f.first} gives its value already`,
    hint: () => "every tensor has one producer",
  },
  "no-outputs": {
    exit: 3,
    message: () => "the model has no outputs",
    hint: () => "convert the model again, naming its outputs",
  },
  arity: {
    exit: 3,
    message: (f: { kind: string; what: "inputs" | "outputs"; found: number; wanted: string }) =>
      `${f.kind} has ${f.found} ${f.what}, needs ${f.wanted}`,
  },
  "type-mismatch": {
    exit: 3,
    message: (f: { kind: string; what: string; found: string; wanted: string }) =>
      `${f.kind}: ${f.what} is ${f.found}, must be ${f.wanted}`,
    hint: () => "convert the model with full int8 quantisation (int8 inputs, weights and outputs, int32 biases)",
  },
  "bad-shape": {
    exit: 3,
    message: (f: { tensor: number; shape: Shape }) => `tensor ${f.tensor} has shape [${f.shape.join(", ")}]`,
    hint: () => "dimensions must be known and not negative: export the model with a fixed input shape (batch 1)",
  },
  "too-large": {
    exit: 3,
    message: (f: { what: string; bytes: number; limit: number }) =>
      `${f.what} needs ${f.bytes} bytes, the limit is ${f.limit}`,
    hint: () => "thumbelina is for microcontrollers: use a smaller model",
  },
  "shape-mismatch": {
    exit: 3,
    message: (f: { kind: string; output: number; found: Shape; wanted: Shape }) =>
      `${f.kind}: output ${f.output} has shape [${f.found.join(", ")}], its inputs make it [${f.wanted.join(", ")}]`,
    hint: () => "the file is damaged, or its input shape was changed without converting it again",
  },
  "data-size": {
    exit: 3,
    message: (f: { tensor: number; found: number; wanted: number }) =>
      `tensor ${f.tensor} has ${f.found} bytes of data, its shape and type need ${f.wanted}`,
    hint: () => "the file is damaged: convert the model again",
  },
  "bad-scale": {
    exit: 3,
    message: (f: { tensor: number; scale: number; index: number }) =>
      `tensor ${f.tensor} has scale ${f.scale}${f.index ? ` at index ${f.index}` : ""}; scales are finite and above 0`,
    hint: () => "quantise the model again with a representative data set",
  },
  "bad-zero-point": {
    exit: 3,
    message: (f: { tensor: number; zeroPoint: number; dtype: string; low: number; high: number }) =>
      `tensor ${f.tensor} has zero point ${f.zeroPoint}, ${f.dtype} holds ${f.low} to ${f.high}`,
    hint: () => "quantise the model again",
  },
  "scale-count": {
    exit: 3,
    message: (f: {
      tensor: number;
      scales: number;
      zeroPoints: number;
      axis: number;
      dimension: number | undefined;
    }) =>
      f.dimension === undefined
        ? `tensor ${f.tensor} is quantised along dimension ${f.axis}, which it does not have`
        : `tensor ${f.tensor} has ${f.scales} scales and ${f.zeroPoints} zero points for ${f.dimension} channels of dimension ${f.axis}`,
    hint: () => "one scale per tensor, or one per index of the quantised dimension",
  },
  "unsupported-type": {
    exit: 3,
    message: (f: { kind: string; what: string; dtype: string }) =>
      `${f.kind} cannot compute with ${f.what} of type ${f.dtype}`,
    hint: () => "convert the model with full int8 quantisation",
  },
  attribute: {
    exit: 3,
    message: (f: { kind: string; attribute: string; found: unknown; wanted: string }) =>
      `${f.kind}: ${f.attribute} is ${String(f.found)}, must be ${f.wanted}`,
  },
});
