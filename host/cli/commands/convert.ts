// A model back to a standard .tflite file: what was imported, or what is left of it after folding, fusing and removal.

import { exportTflite } from "../../export/export.ts";
import type { Command } from "../command.ts";
import { error } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { loadModel, within } from "../model.ts";

export const command: Command = {
  usage: "convert <model>",
  positionals: { model: { type: "string", demandOption: true, describe: "a .tflite file" } },
  options: {
    output: {
      alias: "o",
      type: "string",
      demandOption: true,
      requiresArg: true,
      describe: "the .tflite file to write",
    },
  },
  examples: [["thumbelina convert kws.tflite -o kws-clean.tflite", "write back only what the graph needs"]],
  run(args, terminal) {
    const output = String(args["output"]);
    if (!output.endsWith(".tflite")) throw error("extension", { file: output, wanted: [".tflite"] });
    const model = String(args["model"]);
    const graph = loadModel(model);
    const bytes = within(model, () => exportTflite(graph));
    writeWhole(output, bytes);
    const facts = {
      file: output,
      bytes: bytes.length,
      operators: graph.operators.length,
      tensors: graph.tensors.length,
    };
    if (terminal.json) terminal.out(JSON.stringify(facts));
    else terminal.note(`${output}: ${facts.operators} operators, ${facts.tensors} tensors, ${facts.bytes} bytes`);
    return 0;
  },
};
