// Every engine that cases are run on: one line each.

import type { Engine } from "../host/engine/engine-types.ts";
import { referenceEngine } from "../host/engine/reference.ts";
import type { Graph } from "../host/graph/graph.ts";

export type EngineName = "reference";

export const engines: Readonly<Record<EngineName, (graph: Graph) => Engine | Promise<Engine>>> = {
  reference: referenceEngine,
};

/** THUMBELINA_ENGINES=reference,wasm: only these. */
export const engineNames = (Object.keys(engines) as EngineName[]).filter(
  (name) => !process.env.THUMBELINA_ENGINES || process.env.THUMBELINA_ENGINES.split(",").includes(name),
);
