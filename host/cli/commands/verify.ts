// Proof that every engine gives the same bits: the same inputs on each, a CRC per tensor, the first difference named.

import { type Engine, type SimEngine, verify } from "../../engine/engine.ts";
import type { Command } from "../command.ts";
import { type EngineChoice, engineChoices, openEngine } from "../engines.ts";
import { error } from "../errors.ts";
import { readBytes } from "../files.ts";
import { listOf, loadModel, within } from "../model.ts";
import { randomInputs } from "../random-inputs.ts";
import { printable } from "../report.ts";
import { paint, type Terminal } from "../terminal.ts";

type Verification = ReturnType<typeof verify>;

export const command: Command = {
  usage: "verify <model>",
  positionals: { model: { type: "string", demandOption: true, describe: "a .tflite file" } },
  options: {
    input: {
      alias: "i",
      type: "string",
      requiresArg: true,
      describe: "raw input tensor; repeat; default: random ones",
    },
    runs: { type: "number", default: 3, requiresArg: true, describe: "how many random inputs, without --input" },
    seed: { type: "number", default: 1, requiresArg: true, describe: "seed of the random inputs" },
    board: {
      alias: "b",
      type: "string",
      requiresArg: true,
      describe: "also run the board's image on the simulated board, and plan engine wasm for it",
    },
    engines: {
      type: "string",
      requiresArg: true,
      describe: "which engines, comma-separated; default reference,wasm,host, and sim with a board",
    },
  },
  examples: [
    ["thumbelina verify kws.tflite", "reference = device-form WASM = host form, layer by layer"],
    ["thumbelina verify kws.tflite --board pico", "and = the machine code of the board's image, simulated"],
  ],
  async run(args, terminal) {
    const model = String(args["model"]);
    const graph = loadModel(model);
    const board = args["board"] === undefined ? undefined : String(args["board"]);
    const names = enginesOf(args["engines"], board !== undefined);
    const engines: Engine[] = [];
    for (const name of names)
      engines.push(await openEngine(name, graph, model, name === "wasm" || name === "sim" ? board : undefined));
    const given = listOf(args["input"]).map(readBytes);
    const runs = given.length ? 1 : Math.max(1, Math.min(1000, Math.floor(Number(args["runs"])) || 1));
    const all: Verification[] = [];
    for (let run = 0; run < runs; run++) {
      const inputs = given.length ? given : randomInputs(graph, Number(args["seed"]) + run);
      all.push(within(model, () => verify(graph, engines, inputs)));
    }
    const differs = all.find(({ differences }) => differences.length > 0);
    const memory = engines.flatMap((engine) => (isSim(engine) ? [engine.memoryUse()] : []))[0];
    if (terminal.json) terminal.out(JSON.stringify({ ok: !differs, model, runs, ...(differs ?? all[0]!), memory }));
    else terminal.out(verificationText(model, differs ?? all[0]!, runs, terminal));
    if (memory && !terminal.json)
      terminal.out(
        `arena ${memory.arenaBytes} bytes planned, ${memory.arenaUsed} used; ` +
          `stack at most ${memory.stackBytes} bytes computed, ${memory.stackUsed} used`,
      );
    if (!differs) return 0;
    for (const difference of differs.differences) {
      const { engine, layer, tensor, element, expected, got, count } = difference;
      const place = `tensor ${tensor} (${printable(graph.tensors[tensor]!.name)}), element ${element}`;
      terminal.note(
        `${engine} differs first in ${layer}, ${place}: expected ${expected}, got ${got}; ${count} elements differ`,
      );
    }
    return 7;
  },
};

function isSim(engine: Engine): engine is SimEngine {
  return engine.name === "sim";
}

function enginesOf(value: unknown, hasBoard: boolean): EngineChoice[] {
  if (value === undefined) return engineChoices.filter((name) => name !== "sim" || hasBoard);
  const names = String(value).split(",");
  for (const name of names)
    if (!engineChoices.some((choice) => choice === name))
      throw error("usage", { problem: `there is no engine "${name}"` });
  return names as EngineChoice[];
}

function verificationText(
  model: string,
  { engines, tensors, differences }: Verification,
  runs: number,
  terminal: Terminal,
): string {
  const width = Math.max(...tensors.map(({ layer }) => layer.length), 5);
  const head = `${"layer".padEnd(width)}  ${engines.map((name) => name.padEnd(9)).join("  ")}`;
  const rows = tensors.map(({ layer, crcs, isOutput }) => {
    const same = new Set(crcs.filter((crc) => crc !== undefined)).size <= 1;
    const cells = crcs
      .map((crc) => (crc === undefined ? "fused" : crc.toString(16).padStart(8, "0")).padEnd(9))
      .join("  ");
    const mark = same ? paint(terminal, "green", "=") : paint(terminal, "red", "≠");
    return `${layer.padEnd(width)}  ${cells}  ${mark}${isOutput ? "  output" : ""}`;
  });
  const verdict = differences.length
    ? paint(terminal, "red", "the engines differ")
    : paint(terminal, "green", `${engines.join(" = ")}, bit for bit, in ${runs} run${runs === 1 ? "" : "s"}`);
  return [paint(terminal, "bold", head), ...rows, `${model}: ${verdict}`].join("\n");
}
