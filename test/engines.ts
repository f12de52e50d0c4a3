// Every engine that cases are run on: one line each. Engines over a module run guarded: a byte touched outside the plan fails.

import type { Engine } from "../host/engine/engine.ts";
import type { Graph } from "../host/graph/graph.ts";
import { engineFor } from "../host/pipeline.ts";

export type EngineName = "reference" | "wasm" | "host";

export const engines: Readonly<Record<EngineName, (graph: Graph) => Engine | Promise<Engine>>> = {
  reference: (graph) => engineFor("reference", graph),
  wasm: (graph) => engineFor("wasm", graph, { guard: true }),
  host: (graph) => engineFor("host", graph, { guard: true }),
};

/** THUMBELINA_ENGINES=reference,wasm: only these. */
export const engineNames = (Object.keys(engines) as EngineName[]).filter(
  (name) => !process.env.THUMBELINA_ENGINES || process.env.THUMBELINA_ENGINES.split(",").includes(name),
);
