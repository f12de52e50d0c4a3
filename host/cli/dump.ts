// `--dump STAGE`: what is between two arrows of pipeline.ts, as text. Without a board, wasm and plan are for any device with DSP
// instructions, and what needs a core is for `cortex-m4`.

import { type Board, coreOf, findBoard } from "../board/board.ts";
import { passNames, ssaText } from "../codegen/codegen.ts";
import type { Graph } from "../graph/graph.ts";
import type { Image } from "../image/image.ts";
import { cores } from "../isa/isa.ts";
import { build, compileForBoard, compileModel, planForBoard, planModel } from "../pipeline.ts";
import { wasmText } from "../wasm/wasm.ts";
import { blockText } from "./block-text.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { listImage } from "./listing.ts";
import { withinAsync } from "./model.ts";
import { boardFor } from "./program.ts";
import type { Terminal } from "./terminal.ts";

const stages = ["graph", "plan", "wasm", "ssa", "asm", "image"] as const;

/** For every verb that dumps. */
export const dumpOptions = {
  dump: { choices: stages, describe: "print a stage as text instead" },
  after: { type: "string", requiresArg: true, describe: "--dump ssa: after this pass" },
} as const;

export async function dumpStage(model: string, graph: Graph, args: Arguments, terminal: Terminal): Promise<0> {
  const board = args["board"] === undefined ? undefined : boardFor(String(args["board"]));
  const after = args["after"] === undefined ? undefined : String(args["after"]);
  if (after !== undefined && !passNames.includes(after))
    throw error("usage", { problem: `there is no pass "${after}"; there are: ${passNames.join(", ")}` });
  const stage = args["dump"] as (typeof stages)[number];
  terminal.out(await withinAsync(model, () => stageText(stage, graph, board, after)));
  return 0;
}

async function stageText(
  stage: (typeof stages)[number],
  graph: Graph,
  board: Board | undefined,
  after: string | undefined,
): Promise<string> {
  const target = board ?? findBoard("cortex-m4");
  switch (stage) {
    case "graph":
      return plainText(graph);
    case "plan":
      return plainText(board ? planForBoard(graph, board) : planModel(graph));
    case "wasm":
      return wasmText((await (board ? compileForBoard(graph, board) : compileModel(graph))).module.bytes);
    case "ssa":
      return ssaText((await compileForBoard(graph, target)).module.bytes, cores[coreOf(target.chip)], after);
    case "asm": {
      const { image } = (await build(graph, target)).linked;
      return [...listImage(image, target)].map((block) => blockText(block, { color: false })).join("\n");
    }
    case "image":
      return imageText((await build(graph, target)).linked.image);
  }
}

function imageText({ segments, sections, symbols, layers, regions, target, entry }: Image): string {
  const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
  const row = (address: number, bytes: number, text: string) =>
    `  ${hex(address)} ${String(bytes).padStart(8)}  ${text}`;
  const byAddress = <T extends { readonly address: number }>(rows: readonly T[]) =>
    rows.toSorted((a, b) => a.address - b.address);
  return [
    `for ${target.board} (${target.core}), entry ${hex(entry ?? 0)}`,
    "segments: load address, bytes",
    ...segments.map((one) => row(one.loadAddress, one.data.length, one.flags.write ? "data" : "code and constants")),
    "sections",
    ...sections.map((one) => row(one.address, one.bytes, one.name)),
    "layers",
    ...layers.map((one) => row(one.address, one.bytes, `${one.name} (operator ${one.origin})`)),
    "regions",
    ...byAddress(regions).map((one) => row(one.address, one.bytes, `${one.region} ${one.name}`)),
    "symbols",
    ...byAddress(symbols)
      .filter(({ kind }) => kind !== "mapping")
      .map((one) => row(one.address, one.bytes, `${one.kind} ${one.name}`)),
  ].join("\n");
}

/** Plain data as indented JSON; byte arrays by length and first bytes, so that weights do not drown the rest. */
function plainText(data: unknown): string {
  return JSON.stringify(data, (_, value) => (value instanceof Uint8Array ? bytesText(value) : value), 1);
}

function bytesText(bytes: Uint8Array): string {
  const first = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.length} bytes: ${first}${bytes.length > 16 ? " …" : ""}`;
}
