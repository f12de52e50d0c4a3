// What is in a model, before anything runs: its tensors at the edges, operators, and the memory map that will be used.

import { type Graph, operators } from "../../graph/graph.ts";
import { build, planModel } from "../../pipeline.ts";
import { describePlan, drawPlan } from "../../plan/plan.ts";
import type { Command } from "../command.ts";
import { error } from "../errors.ts";
import { loadModel, within, withinAsync } from "../model.ts";
import { boardFor } from "../program.ts";
import { printable } from "../report.ts";
import { sizeFacts, sizeText } from "../sizes.ts";
import { paint, type Terminal } from "../terminal.ts";

export const command: Command = {
  usage: "inspect [model]",
  compiles: true,
  positionals: { model: { type: "string", describe: "a .tflite file" } },
  options: {
    board: { alias: "b", type: "string", requiresArg: true, describe: "exact flash, RAM and stack of an image for it" },
    ops: { type: "boolean", describe: "list the operators that are supported, and end" },
  },
  examples: [
    ["thumbelina inspect kws.tflite", "layers, arena, flash, the tensor lifetimes"],
    ["thumbelina inspect --ops", "every operator that has a kernel"],
  ],
  async run(args, terminal) {
    if (args["ops"]) return listOperators(terminal);
    if (args["model"] === undefined) throw error("usage", { problem: "inspect needs a MODEL, or --ops" });
    const model = String(args["model"]);
    const graph = loadModel(model);
    const board = args["board"] === undefined ? undefined : boardFor(String(args["board"]));
    const built = board && (await withinAsync(model, () => build(graph, board)));
    const description = describePlan(built?.plan ?? within(model, () => planModel(graph)));
    if (terminal.json) {
      const { missing, ...figures } = description;
      const edges = {
        inputs: graph.inputs.map((i) => edge(graph, i)),
        outputs: graph.outputs.map((i) => edge(graph, i)),
      };
      terminal.out(
        JSON.stringify({
          ...{ ok: true, file: model, ...edges, ...figures, missing: Object.fromEntries(missing) },
          ...(built ? { image: { board: built.board.name, ...sizeFacts(built) } } : {}),
        }),
      );
      return 0;
    }
    terminal.out(paint(terminal, "bold", printable(model)));
    terminal.out(edgesText(graph));
    terminal.out("");
    terminal.out(drawPlan(description).trimEnd());
    if (built) terminal.out(`\nimage: ${sizeText(built)}\ndeepest stack: ${built.linked.stackPath.join(" → ")}`);
    return 0;
  },
};

function listOperators(terminal: Terminal): 0 {
  const rows = operators
    .flatMap(({ kind, tflite }) => tflite.map(({ builtin, name }) => ({ kind, builtin, name })))
    .sort((a, b) => a.name.localeCompare(b.name));
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, operators: rows }));
  else
    for (const { kind, builtin, name } of rows)
      terminal.out(`${name.padEnd(30)} ${String(builtin).padStart(3)}  ${kind}`);
  return 0;
}

function edge(graph: Graph, index: number) {
  const { name, dtype, shape, quantization } = graph.tensors[index]!;
  return { tensor: index, name, dtype, shape, quantization };
}

function edgesText(graph: Graph): string {
  const line = (role: string) => (index: number) => {
    const { name, dtype, shape, quantization } = graph.tensors[index]!;
    const [scale] = quantization?.scales ?? [];
    const units =
      scale === undefined ? "" : `, real = ${scale.toPrecision(6)} · (q − ${quantization?.zeroPoints[0] ?? 0})`;
    return `${role.padEnd(8)} ${dtype} [${shape.join(",")}]${units}   ${printable(name)}`;
  };
  return [...graph.inputs.map(line("input")), ...graph.outputs.map(line("output"))].join("\n");
}
