// Engines by the name that the command line uses, and boards by theirs.

import { UserError } from "../base/errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { engineFor } from "../pipeline.ts";
import { error } from "./errors.ts";

export const engineChoices = ["reference", "wasm", "host"] as const;
export type EngineChoice = (typeof engineChoices)[number];

export function isEngineChoice(name: unknown): name is EngineChoice {
  return (engineChoices as readonly unknown[]).includes(name);
}

export async function openEngine(choice: EngineChoice, graph: Graph, file: string, board?: string): Promise<Engine> {
  if (board !== undefined) throw error("usage", { problem: `engine ${choice} does not take a board yet (${board})` });
  try {
    return await engineFor(choice, graph);
  } catch (cause) {
    if (cause instanceof UserError) throw cause.within({ file });
    throw cause;
  }
}
