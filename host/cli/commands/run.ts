// One inference from files to files, or a batch of them in one process.

import { join } from "node:path";
import type { Graph } from "../../graph/graph.ts";
import { runBatch } from "../batch.ts";
import type { Arguments, Command, Exit } from "../command.ts";
import { dumpOptions, dumpStage } from "../dump.ts";
import { type EngineChoice, engineChoices, openEngine } from "../engines.ts";
import { error } from "../errors.ts";
import { makeFolder, readBytes, writeWhole } from "../files.ts";
import { listOf, loadModel, within } from "../model.ts";
import { tensorFacts, tensorText } from "../tensors.ts";
import type { Terminal } from "../terminal.ts";

export const command: Command = {
  usage: "run [model]",
  positionals: { model: { type: "string", describe: "a .tflite file" } },
  options: {
    input: {
      alias: "i",
      type: "string",
      requiresArg: true,
      describe: "raw little-endian tensor; repeat, in the model's order",
    },
    output: {
      alias: "o",
      type: "string",
      requiresArg: true,
      describe: "where an output goes, raw; repeat, in the model's order",
    },
    engine: { alias: "e", choices: engineChoices, default: "host", describe: "which engine runs it" },
    board: {
      alias: "b",
      type: "string",
      requiresArg: true,
      describe: "board that is simulated (sim) or planned for (wasm); default cortex-m4",
    },
    layers: {
      type: "string",
      requiresArg: true,
      describe: "folder for every tensor of the model: N.bin and tensors.json",
    },
    batch: { type: "string", requiresArg: true, describe: "JSON lines, one inference each; `-` reads standard input" },
    ...dumpOptions,
  },
  examples: [
    ["thumbelina run kws.tflite -i clip.bin -o scores.bin", "one inference on the fastest engine here"],
    ["thumbelina run kws.tflite -i clip.bin --engine wasm --layers out", "device-form code, every tensor kept"],
    ["thumbelina run kws.tflite -i clip.bin --engine sim --board pico", "the firmware's machine code, cycles counted"],
    ["thumbelina run --batch requests.jsonl", "many inferences, answers as JSON lines"],
  ],
  run(args, terminal) {
    if (args["batch"] !== undefined) return runBatch(String(args["batch"]), args, terminal);
    if (args["model"] === undefined) throw error("usage", { problem: "run needs a MODEL, or --batch F.jsonl" });
    return runOne(String(args["model"]), args, terminal);
  },
};

async function runOne(model: string, args: Arguments, terminal: Terminal): Promise<Exit> {
  const graph = loadModel(model);
  if (args["dump"] !== undefined) return dumpStage(model, graph, args, terminal);
  const outputs = listOf(args["output"]);
  if (outputs.length && outputs.length !== graph.outputs.length)
    throw error("usage", {
      problem: `the model has ${graph.outputs.length} outputs, ${outputs.length} --output given`,
    });
  const inputs = listOf(args["input"]).map(readBytes);
  const board = args["board"] === undefined ? undefined : String(args["board"]);
  const engine = await openEngine(args["engine"] as EngineChoice, graph, model, board);
  const folder = args["layers"] === undefined ? undefined : String(args["layers"]);
  const started = performance.now();
  const result = within(model, () => engine.invoke(inputs, { tensors: folder !== undefined }));
  const milliseconds = performance.now() - started;
  if (folder !== undefined && result.tensors) writeLayers(folder, graph, result.tensors);
  for (const [i, file] of outputs.entries()) writeWhole(file, result.outputs[i]!);
  const facts = {
    ok: true,
    model,
    engine: engine.name,
    milliseconds: Number(milliseconds.toFixed(3)),
    ...(result.cycles === undefined ? {} : { cycles: result.cycles }),
    outputs: graph.outputs.map((index, i) => tensorFacts(graph, index, result.outputs[i]!)),
  };
  if (terminal.json) terminal.out(JSON.stringify(facts));
  else {
    for (const [i, index] of graph.outputs.entries())
      terminal.out(tensorText(graph, index, result.outputs[i]!, terminal));
    if (result.cycles !== undefined) terminal.note(`${result.cycles} cycles`);
  }
  return 0;
}

/** `<tensor index>.bin` for each materialised tensor of the original model, and tensors.json that describes them. */
function writeLayers(folder: string, graph: Graph, tensors: ReadonlyMap<number, Uint8Array>): void {
  makeFolder(folder);
  const index = [...tensors].sort(([a], [b]) => a - b);
  for (const [tensor, bytes] of index) writeWhole(join(folder, `${tensor}.bin`), bytes);
  const rows = index.map(([tensor, bytes]) => {
    const { name, dtype, shape, quantization } = graph.tensors[tensor]!;
    return { tensor, name, dtype, shape, quantization, file: `${tensor}.bin`, bytes: bytes.length };
  });
  writeWhole(join(folder, "tensors.json"), `${JSON.stringify({ model: graph.name, tensors: rows }, null, 1)}\n`);
}
