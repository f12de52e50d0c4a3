// `--dump STAGE`: what is between two arrows of pipeline.ts, as text.

import type { Graph } from "../graph/graph.ts";
import { compileModel, planModel } from "../pipeline.ts";
import { wasmText } from "../wasm/wasm.ts";

export const stages = ["graph", "plan", "wasm"] as const;

export async function dumpStage(stage: string, graph: Graph): Promise<string> {
  if (stage === "graph") return plainText(graph);
  if (stage === "plan") return plainText(planModel(graph));
  const { module } = await compileModel(graph);
  return wasmText(module.bytes);
}

/** Plain data as indented JSON; byte arrays by length and first bytes, so that weights do not drown the rest. */
function plainText(data: unknown): string {
  return JSON.stringify(data, (_, value) => (value instanceof Uint8Array ? bytesText(value) : value), 1);
}

function bytesText(bytes: Uint8Array): string {
  const first = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.length} bytes: ${first}${bytes.length > 16 ? " …" : ""}`;
}
