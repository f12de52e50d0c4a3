// Engines by the name that the command line uses, on a board where they take one.

import type { Engine } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { engineFor } from "../pipeline.ts";
import { error } from "./errors.ts";
import { withinAsync } from "./model.ts";
import { boardFor } from "./program.ts";

export const engineChoices = ["reference", "wasm", "host", "sim"] as const;
export type EngineChoice = (typeof engineChoices)[number];

const withBoards: readonly EngineChoice[] = ["wasm", "sim"];

export function isEngineChoice(name: unknown): name is EngineChoice {
  return (engineChoices as readonly unknown[]).includes(name);
}

/** `board`: the simulated board (sim), or the one whose memory map is planned for (wasm). */
export async function openEngine(choice: EngineChoice, graph: Graph, file: string, board?: string): Promise<Engine> {
  if (board === undefined) return withinAsync(file, () => engineFor(choice, graph));
  if (!withBoards.includes(choice)) throw error("usage", { problem: `engine ${choice} takes no board (${board})` });
  const found = boardFor(board);
  return withinAsync(file, () => engineFor(choice, graph, { board: found }));
}
