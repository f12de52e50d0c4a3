// Untrusted bytes in, a checked Graph out. Only the arrangement is here; each step is a file of this room:
//
//   bytes ─ tflite-file ─▶ FileModel ─ tflite-graph ─▶ Graph with handles ─ variables ─▶ Graph ─ checkGraph ─▶ Graph
//
// A broken file (offsets, lengths) ends at once; everything after that is collected and reported together. Names of
// operators do not occur: rows of graph/ops say how each is written.

import { Problems } from "../base/errors.ts";
import { checkGraph, type Graph } from "../graph/graph.ts";
import { error } from "./errors.ts";
import { readFileModel } from "./tflite-file.ts";
import { readGraph } from "./tflite-graph.ts";
import { resolveVariables } from "./variables.ts";

export interface ImportOptions {
  /** Name of the graph; the subgraph's own when absent. */
  readonly name?: string;
}

/** Throws a UserError with all problems. The graph's constants are views of `bytes`, which must not change afterwards. */
export function importModel(bytes: Uint8Array, options: ImportOptions = {}): Graph {
  // A Node Buffer is a Uint8Array too, but compares and prints otherwise: views of it are plain arrays.
  const model = readFileModel(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (model.subgraphs.length === 0) throw error("no-subgraph", undefined);
  const problems = new Problems();
  const read = readGraph(model, 0, problems);
  const graph = resolveVariables(model, read, problems);
  checkGraph(graph, problems, {
    defined: read.undefinedOutputs,
    placeOf: (tensor) => ({ subgraph: 0, tensor, byte: model.subgraphs[0]!.tensors[tensor]?.position }),
  });
  problems.done();
  return { ...graph, name: options.name ?? graph.name };
}
