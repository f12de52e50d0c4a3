// Where cycles go: of a model, by layer and source line (profile-model.ts); of an image, by function, instruction and call path.

import { decoderFor, disassemble, isWide, thumbRows } from "../../isa/isa.ts";
import { chromeTrace, profile, reportText, speedscopeFile } from "../../profile/profile.ts";
import type { Machine } from "../../sim/sim.ts";
import { budgetOptions } from "../budgets.ts";
import type { Arguments, Command, Exit } from "../command.ts";
import { dumpOptions } from "../dump.ts";
import { cyclesOf } from "../duration.ts";
import { readBytes, writeWhole } from "../files.ts";
import { profileModel } from "../profile-model.ts";
import { kindOfFile, openMachine, stopsOf } from "../program.ts";
import { bannerText, summarise } from "../run-summary.ts";
import { Console, runMachine } from "../simulation.ts";
import type { Terminal } from "../terminal.ts";

export const command: Command = {
  usage: "profile <file>",
  compiles: true,
  positionals: {
    file: {
      type: "string",
      demandOption: true,
      describe: "a model (.tflite), or an ELF, UF2, Intel HEX or raw binary",
    },
  },
  options: {
    board: {
      alias: "b",
      type: "string",
      requiresArg: true,
      demandOption: true,
      describe: "board to run on, or a board's JSON file",
    },
    for: {
      type: "string",
      requiresArg: true,
      default: "1s",
      describe: "longest run in simulated time: 10s, 50ms, 20us, 1000000cycles",
    },
    until: { type: "string", requiresArg: true, describe: "stop before this function; repeat" },
    break: { type: "string", requiresArg: true, describe: "stop before the instruction at this address; repeat" },
    top: { type: "number", requiresArg: true, default: 20, describe: "rows of each table" },
    speedscope: { type: "string", requiresArg: true, describe: "write the call paths as a file for speedscope.app" },
    "chrome-trace": {
      type: "string",
      requiresArg: true,
      describe: "write the call paths as trace events, for chrome://tracing and Perfetto",
    },
    "memory-timing": {
      type: "boolean",
      default: true,
      describe: "charge the chip's wait states and caches; --no-memory-timing: zero wait states",
    },
    base: { type: "string", requiresArg: true, describe: "address of a raw binary's first byte" },
    html: {
      type: "string",
      requiresArg: true,
      describe: "model: write a page of layers, flame chart, memory and lines",
    },
    input: { alias: "i", type: "string", requiresArg: true, describe: "model: raw tensor; repeat. Default: random" },
    seed: { type: "number", requiresArg: true, default: 1, describe: "model: of the random inputs" },
    ...budgetOptions,
    ...dumpOptions,
  },
  examples: [
    ["thumbelina profile kws.tflite --board pico --html kws.html", "layers, source lines, memory: a page of its own"],
    ["thumbelina profile kws.tflite --board pico --max-cycles total=40M --max-ram 40k", "exit 8 when it needs more"],
    ["thumbelina profile firmware.elf --board nucleo-f446re --for 50ms", "the first 50 ms"],
    ["thumbelina profile firmware.elf --board pico --speedscope p.json", "a flame graph, exact to the cycle"],
  ],
  run(args, terminal) {
    const file = String(args["file"]);
    return kindOfFile(readBytes(file)) === "model"
      ? profileModel(file, args, terminal)
      : profileImage(file, args, terminal);
  },
};

async function profileImage(file: string, args: Arguments, terminal: Terminal): Promise<Exit> {
  const { machine, image } = openMachine(file, args);
  const until = stopsOf(args, image, file);
  const cycles = cyclesOf(String(args["for"]), machine.board.clockHz);
  terminal.note(bannerText(machine, file, cycles, args["memory-timing"] !== false));
  // The tables are this verb's data on stdout; what the program prints is only counted.
  const quiet: Terminal = { ...terminal, json: true, out: () => {} };
  const console = new Console(machine, quiet);
  const recording = profile(machine);
  const ended = await runMachine(machine, { cycles, until }, console);
  recording.stop();
  const report = recording.report();
  if (args["speedscope"] !== undefined) writeWhole(String(args["speedscope"]), speedscopeFile(report));
  if (args["chrome-trace"] !== undefined) writeWhole(String(args["chrome-trace"]), chromeTrace(report));
  const exit = summarise(machine, ended, console, terminal.json ? quiet : terminal);
  if (terminal.json) terminal.out(JSON.stringify({ ok: exit === 0, exit, stop: ended.end, ...report }));
  else terminal.out(reportText(report, { top: topOf(args["top"]), textAt: instructionText(machine) }));
  return exit;
}

const topOf = (value: unknown): number => Math.max(1, Math.min(1000, Math.floor(Number(value)) || 20));

function instructionText(machine: Machine) {
  const decoder = decoderFor(thumbRows, machine.core);
  const halfword = (address: number) => {
    const [low = 0, high = 0] = machine.peek(address, 2);
    return low | (high << 8);
  };
  return (address: number): string => {
    const first = halfword(address);
    const decoded = decoder.decode(first, isWide(first) ? halfword(address + 2) : 0, false);
    return decoded ? disassemble(decoded, { address, condition: 14 }).replace("\t", " ") : "";
  };
}
