// Every engine that cases are run on: one line each. Engines over a module run guarded: a byte touched outside the plan fails; the
// simulated boards always do that, and the compiler checks its work.

import { findBoard } from "../host/board/board.ts";
import type { Engine } from "../host/engine/engine.ts";
import type { Graph } from "../host/graph/graph.ts";
import { build, engineFor, simulate } from "../host/pipeline.ts";

export type EngineName = "reference" | "wasm" | "host" | "sim-m4" | "sim-m0plus";

const simulated = (board: string) => async (graph: Graph) =>
  simulate(await build(graph, findBoard(board), { check: true }));

export const engines: Readonly<Record<EngineName, (graph: Graph) => Engine | Promise<Engine>>> = {
  reference: (graph) => engineFor("reference", graph),
  wasm: (graph) => engineFor("wasm", graph, { guard: true }),
  host: (graph) => engineFor("host", graph, { guard: true }),
  "sim-m4": simulated("cortex-m4"),
  "sim-m0plus": simulated("cortex-m0plus"),
};

const chosen = (names: readonly EngineName[]) =>
  names.filter((name) => !process.env.THUMBELINA_ENGINES || process.env.THUMBELINA_ENGINES.split(",").includes(name));

/** THUMBELINA_ENGINES=reference,sim-m4: only these. */
export const engineNames = chosen(["reference", "wasm", "host"]);

/** They compile for seconds: cases of the quick suite take a few of them, the slow suites all. */
export const simulatedNames = chosen(["sim-m4", "sim-m0plus"]);

/** `--engine sim --board cortex-m0plus`, as scripts take it; the words that are left. */
export function engineOf(words: string[]): EngineName {
  const option = (name: string) => {
    const at = words.indexOf(name);
    return at >= 0 ? words.splice(at, 2)[1] : undefined;
  };
  const [engine = "reference", board = "cortex-m4"] = [option("--engine"), option("--board")];
  const name = engine === "sim" ? board.replace("cortex", "sim") : engine;
  if (!(name in engines)) throw new Error(`--engine is one of ${Object.keys(engines).join(", ")}`);
  return name as EngineName;
}
