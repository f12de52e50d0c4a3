// A model to a flashable image for a board, or to a WebAssembly module that stands alone. The format is the output's ending.

import { extname } from "node:path";
import { UserError } from "../../base/errors.ts";
import { type Board, type ConsoleName, consoleNames } from "../../board/board.ts";
import type { Graph } from "../../graph/graph.ts";
import { type ImageFormat, writeImage } from "../../image/image.ts";
import type { Linked } from "../../link/link.ts";
import { build, buildPortable } from "../../pipeline.ts";
import { buildAppFile } from "../app-file.ts";
import { budgetOptions, budgetsOf, checkBuilt, checkSizes } from "../budgets.ts";
import type { Arguments, Command, Exit } from "../command.ts";
import { dumpOptions, dumpStage } from "../dump.ts";
import { error } from "../errors.ts";
import { readBytes, writeWhole } from "../files.ts";
import { loadModel, within, withinAsync } from "../model.ts";
import { boardFor, kindOfFile } from "../program.ts";
import { sizeFacts, sizeText } from "../sizes.ts";
import type { Terminal } from "../terminal.ts";

const formats = ["elf", "uf2", "hex", "bin"] as const satisfies readonly ImageFormat[];

export const command: Command = {
  usage: "build <model>",
  compiles: true,
  positionals: { model: { type: "string", demandOption: true, describe: "an app.json or a .tflite file" } },
  options: {
    board: { alias: "b", type: "string", requiresArg: true, describe: "board, or a board's JSON file" },
    output: { alias: "o", type: "string", requiresArg: true, describe: "image: .elf .uf2 .hex .bin; module: .wasm" },
    harness: {
      type: "boolean",
      describe: "an image for judges and simulators: one inference on the input buffers as the loader left them",
    },
    console: {
      type: "string",
      choices: consoleNames,
      requiresArg: true,
      describe: "what an app speaks on; default: what it says itself, else the board's UART",
    },
    target: { choices: ["board", "wasm"], default: "board", describe: "wasm: one portable module, no board" },
    ...budgetOptions,
    ...dumpOptions,
  },
  examples: [
    ["thumbelina build models/motion/app.json --board pico -o motion.uf2", "an app: sensor, model, decisions, console"],
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
    if (kindOfFile(readBytes(model)) === "app") return buildApp(model, args, terminal);
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

interface Wanted {
  readonly output: string;
  readonly format: ImageFormat;
  readonly board: Board;
}

function wantedOf(args: Arguments): Wanted {
  const output = String(args["output"]);
  const format = formats.find((ending) => extname(output) === `.${ending}`);
  if (!format) throw error("extension", { file: output, wanted: formats.map((ending) => `.${ending}`) });
  if (args["board"] === undefined) throw error("usage", { problem: "build needs --board B, or --target wasm" });
  return { output, format, board: boardFor(String(args["board"])) };
}

async function buildApp(file: string, args: Arguments, terminal: Terminal): Promise<Exit> {
  if (args["output"] === undefined) throw error("usage", { problem: "build needs --output F" });
  const { output, format, board } = wantedOf(args);
  const line = args["console"] as ConsoleName | undefined;
  const built = await buildAppFile(file, board, (app) => line ?? app.console);
  const { linked, model, replayOnly } = built;
  const plan = model!.plan;
  within(file, () => checkSizes({ plan, linked, board }, budgetsOf(args)));
  writeWhole(output, writeFormat(linked, format, output));
  const facts = { ...sizeFacts({ plan, linked }), app: built.app.name, replayOnly };
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, file: output, board: board.name, ...facts }));
  else terminal.note(`${output}: ${sizeText({ plan, linked, board })}`);
  if (board.consoles?.usb && (line ?? built.app.console ?? "uart") === "uart")
    terminal.note(
      `${board.name}: it speaks on the UART's pins; --console usb is the board's own plug, as flash builds it`,
    );
  if (replayOnly) terminal.note(`${board.name} has no bus for ${built.app.sensor.driver}: samples come by replay only`);
  return 0;
}

async function buildImage(model: string, graph: Graph, args: Arguments, terminal: Terminal): Promise<Exit> {
  const { output, format, board } = wantedOf(args);
  const budgets = budgetsOf(args);
  const built = await withinAsync(model, () => build(graph, board));
  within(model, () => checkBuilt(built, budgets));
  writeWhole(output, writeFormat(built.linked, format, output));
  const facts = { ok: true, file: output, board: board.name, harness: args["harness"] === true, ...sizeFacts(built) };
  if (terminal.json) terminal.out(JSON.stringify(facts));
  else terminal.note(`${output}: ${sizeText(built)}`);
  return 0;
}

function writeFormat(linked: Linked, format: ImageFormat, file: string): Uint8Array {
  try {
    return writeImage(linked.image, format);
  } catch (cause) {
    if (cause instanceof UserError) throw cause.within({ file });
    throw cause;
  }
}
