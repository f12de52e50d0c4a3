// The inputs of an inference as a caller gives them, checked against the model's signature before any engine sees them.

import { byteLength, elementCount, type Graph, type Tensor, toValues } from "../graph/graph.ts";
import { error } from "./errors.ts";

/** Throws a UserError (exit 2) that says both numbers. */
export function checkInputs(graph: Graph, inputs: readonly Uint8Array[]): void {
  if (inputs.length !== graph.inputs.length)
    throw error("input-count", { given: inputs.length, expected: graph.inputs.length });
  graph.inputs.forEach((index, input) => {
    const tensor = graph.tensors[index]!;
    checkInput(tensor, inputs[input]!, input);
  });
}

function checkInput(tensor: Tensor, bytes: Uint8Array, input: number): void {
  const { name, dtype, shape } = tensor;
  const expected = byteLength(tensor);
  if (bytes.length !== expected) {
    const type = `${dtype}[${shape.join(", ")}]`;
    throw error("input-size", { input, name, given: bytes.length, expected, type });
  }
  if (dtype === "float32") {
    const values = toValues(dtype, bytes, elementCount(shape)) as Float32Array;
    const element = values.findIndex(Number.isNaN);
    if (element >= 0) throw error("input-nan", { input, name, element, of: values.length });
  }
  if (dtype === "bool") {
    const element = bytes.findIndex((byte) => byte > 1);
    if (element >= 0) throw error("input-bool", { input, name, element, value: bytes[element]! });
  }
}
