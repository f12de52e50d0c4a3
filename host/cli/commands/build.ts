// A model to a flashable image for a board, or to a WebAssembly module that stands alone. The format is the output's ending.

import { extname } from "node:path";
import { UserError } from "../../base/errors.ts";
import type { Graph } from "../../graph/graph.ts";
import { type ImageFormat, writeImage } from "../../image/image.ts";
import { type Built, build, buildPortable } from "../../pipeline.ts";
import { budgetOptions, budgetsOf, checkBuilt } from "../budgets.ts";
import type { Arguments, Command, Exit } from "../command.ts";
import { dumpOptions, dumpStage } from "../dump.ts";
import { error } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { loadModel, within, withinAsync } from "../model.ts";
import { boardFor } from "../program.ts";
import { sizeFacts, sizeText } from "../sizes.ts";
import type { Terminal } from "../terminal.ts";

const formats = ["elf", "uf2", "hex", "bin"] as const satisfies readonly ImageFormat[];

export const command: Command = {
  usage: "build <model>",
  positionals: { model: { type: "string", demandOption: true, describe: "a .tflite file" } },
  options: {
    board: { alias: "b", type: "string", requiresArg: true, describe: "board, or a board's JSON file" },
    output: { alias: "o", type: "string", requiresArg: true, describe: "image: .elf .uf2 .hex .bin; module: .wasm" },
    harness: {
      type: "boolean",
      describe: "an image for judges and simulators: one inference on the input buffers as the loader left them",
    },
    target: { choices: ["board", "wasm"], default: "board", describe: "wasm: one portable module, no board" },
    ...budgetOptions,
    ...dumpOptions,
  },
  examples: [
    ["thumbelina build kws.tflite --board pico -o kws.uf2", "an image that runs one inference after reset"],
    [
      "thumbelina build kws.tflite --board mps2-an386 --harness -o kws.elf",
      "the same for a debugger: symbols, thumbelina_done",
    ],
    [
      "thumbelina build kws.tflite --target wasm -o kws.wasm",
      "memory, invoke, reset, input_0, output_0; for WAMR, wasm3",
    ],
    ["note", "images of a MODEL have no console yet: with and without --harness they run one inference and stop"],
  ],
  async run(args, terminal) {
    const model = String(args["model"]);
    const graph = loadModel(model);
    if (args["dump"] !== undefined) return dumpStage(model, graph, args, terminal);
    if (args["output"] === undefined) throw error("usage", { problem: "build needs --output F" });
    if (args["target"] === "wasm") return buildModule(model, graph, String(args["output"]), terminal);
    return buildImage(model, graph, args, terminal);
  },
};

async function buildModule(model: string, graph: Graph, output: string, terminal: Terminal): Promise<Exit> {
  if (extname(output) !== ".wasm") throw error("extension", { file: output, wanted: [".wasm"] });
  const { bytes, memoryPages, plan } = await withinAsync(model, () => buildPortable(graph));
  writeWhole(output, bytes);
  const memoryBytes = memoryPages * 65536;
  const { arenaBytes, stateBytes, constBytes } = plan;
  const facts = { ok: true, file: output, bytes: bytes.length, memoryBytes, arenaBytes, stateBytes, constBytes };
  if (terminal.json) terminal.out(JSON.stringify(facts));
  else
    terminal.note(
      `${output}: ${bytes.length} bytes, memory ${memoryBytes} bytes (arena ${arenaBytes}, constants ${constBytes})`,
    );
  return 0;
}

async function buildImage(model: string, graph: Graph, args: Arguments, terminal: Terminal): Promise<Exit> {
  const output = String(args["output"]);
  const format = formats.find((ending) => extname(output) === `.${ending}`);
  if (!format) throw error("extension", { file: output, wanted: formats.map((ending) => `.${ending}`) });
  if (args["board"] === undefined) throw error("usage", { problem: "build needs --board B, or --target wasm" });
  const board = boardFor(String(args["board"]));
  const budgets = budgetsOf(args);
  const built = await withinAsync(model, () => build(graph, board));
  within(model, () => checkBuilt(built, budgets));
  writeWhole(output, writeFormat(built, format, output));
  const facts = { ok: true, file: output, board: board.name, harness: args["harness"] === true, ...sizeFacts(built) };
  if (terminal.json) terminal.out(JSON.stringify(facts));
  else terminal.note(`${output}: ${sizeText(built)}`);
  return 0;
}

function writeFormat({ linked }: Built, format: ImageFormat, file: string): Uint8Array {
  try {
    return writeImage(linked.image, format);
  } catch (cause) {
    if (cause instanceof UserError) throw cause.within({ file });
    throw cause;
  }
}
