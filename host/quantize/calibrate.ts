// The least and greatest value of every float tensor: constants by their data, the others by running the samples through the
// float model's reference arithmetic.

import { elementCount, type Graph, graphNodes, runReference, type Values } from "../graph/graph.ts";
import { error } from "./errors.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Values of the model's inputs, in its order. */
export type Sample = readonly Values[];

/** By tensor index; undefined for tensors that are not float32, or that no operator computes. */
export function calibrate(graph: Graph, samples: Iterable<Sample>): (Range | undefined)[] {
  const nodes = graphNodes(graph);
  const ranges = graph.tensors.map(({ dtype, data }, index): Range | undefined =>
    dtype === "float32" && data ? widened(undefined, nodes.constant(index)!) : undefined,
  );
  let count = 0;
  for (const sample of samples) {
    checkSample(graph, sample, count);
    const values = runReference(graph, sample, undefined, nodes);
    graph.tensors.forEach(({ dtype, data, name }, index) => {
      const found = values[index];
      if (dtype !== "float32" || data || !found) return;
      const range = widened(ranges[index], found);
      if (!Number.isFinite(range.high - range.low))
        throw error("not-finite", { sample: count, tensor: index, name }, { tensor: index });
      ranges[index] = range;
    });
    count++;
  }
  if (count === 0) throw error("no-samples", undefined);
  return ranges;
}

function checkSample(graph: Graph, inputs: Sample, sample: number): void {
  const { length: expected } = graph.inputs;
  if (inputs.length !== expected) throw error("sample-count", { sample, given: inputs.length, expected });
  graph.inputs.forEach((tensor, input) => {
    const [given, wanted] = [inputs[input]!.length, elementCount(graph.tensors[tensor]!.shape)];
    if (given !== wanted) throw error("sample-size", { sample, input, given, expected: wanted });
  });
}

/** NaN makes both ends NaN. */
function widened(range: Range | undefined, values: Values): Range {
  let { low, high } = range ?? { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  for (const value of values as Float32Array) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}
