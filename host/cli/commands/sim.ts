// Runs an image on a simulated board: its console to stdout, words to stderr, a summary at the end.

import type { Machine } from "../../sim/sim.ts";
import { feedOptions } from "../app-file.ts";
import { watchApp } from "../app-summary.ts";
import type { Arguments, Command, Exit } from "../command.ts";
import { serveConsole } from "../console-server.ts";
import { cyclesOf } from "../duration.ts";
import { error } from "../errors.ts";
import { serveGdb } from "../gdb-server.ts";
import { openProgram, stopsOf } from "../program.ts";
import { bannerText, summarise } from "../run-summary.ts";
import { Console, runMachine } from "../simulation.ts";
import type { Terminal } from "../terminal.ts";
import { traceLines } from "../trace-lines.ts";

export const command: Command = {
  usage: "sim <image>",
  compiles: true,
  positionals: {
    image: {
      type: "string",
      demandOption: true,
      describe: "an app.json; or ELF, UF2, Intel HEX, raw binary; or a model, built for the board",
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
      describe:
        "longest run in simulated time: 10s, 50ms, 20us, 1000000cycles; default 10s, with --gdb and --listen no bound",
    },
    ...feedOptions,
    until: { type: "string", requiresArg: true, describe: "stop before this function; repeat" },
    break: { type: "string", requiresArg: true, describe: "stop before the instruction at this address; repeat" },
    trace: { type: "boolean", describe: "print every instruction on stderr" },
    gdb: { type: "number", requiresArg: true, describe: "wait for gdb on this port of 127.0.0.1 (0: any free one)" },
    listen: {
      type: "string",
      requiresArg: true,
      describe:
        "run at the board's own pace, its console at tcp://127.0.0.1:PORT (0: any free one) for `stream -p tcp://…`",
    },
    "memory-timing": {
      type: "boolean",
      default: true,
      describe: "charge the chip's wait states and caches; --no-memory-timing: zero wait states",
    },
    base: {
      type: "string",
      requiresArg: true,
      describe: "address of a raw binary's first byte; default: the board's image start",
    },
  },
  examples: [
    [
      "thumbelina sim models/motion/app.json --board pico --feed accelerometer=walk.csv --for 60s",
      "an app and its sensor",
    ],
    [
      "thumbelina sim app.json --board pico --listen tcp://127.0.0.1:4444",
      "a live board: stream -p tcp://127.0.0.1:4444",
    ],
    ["thumbelina sim firmware.elf --board nucleo-f446re --for 50ms", "50 ms of the program's own time"],
    ["thumbelina sim kws.tflite --board pico", "builds the model and runs one inference on zeros"],
    ["thumbelina sim firmware.elf --board pico --until main --json", "where and when main is reached"],
    [
      "thumbelina sim firmware.elf --board pico --gdb 3333",
      "then: gdb-multiarch firmware.elf -ex 'target remote :3333'",
    ],
    ["exit code 0", "the program ended (SYS_EXIT, status 0), or was stopped by an option, a BKPT or endless sleep"],
    ["exit code 3", "the program faulted (locked up or stayed in its fault handler), or ended with another status"],
    ["exit code 11, 130", "the image is for another core or memory map; Ctrl-C (the summary is printed)"],
  ],
  async run(args, terminal) {
    const file = String(args["image"]);
    const { machine, image, app } = await openProgram(file, args, terminal);
    const until = stopsOf(args, image, file);
    if (args["gdb"] !== undefined) return runGdb(machine, file, args, terminal);
    const listens = args["listen"] !== undefined;
    const cycles =
      listens && args["for"] === undefined
        ? Number.POSITIVE_INFINITY
        : cyclesOf(String(args["for"] ?? "10s"), machine.board.clockHz);
    terminal.note(bannerText(machine, file, cycles, args["memory-timing"] !== false));
    const flush = args["trace"] ? traceLines(machine, image, terminal) : () => {};
    const console = new Console(machine, terminal);
    const watched = app && watchApp(app, console);
    const ended = listens
      ? await serveConsole(machine, { address: String(args["listen"]), cycles }, console, terminal)
      : await runMachine(machine, { cycles, until }, console);
    flush();
    return summarise(machine, ended, console, terminal, watched?.());
  },
};

async function runGdb(machine: Machine, file: string, args: Arguments, terminal: Terminal): Promise<Exit> {
  const port = Number(args["gdb"]);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw error("usage", { problem: `--gdb ${args["gdb"]}: a port from 0 to 65535 is expected` });
  const bound =
    args["for"] === undefined ? Number.POSITIVE_INFINITY : cyclesOf(String(args["for"]), machine.board.clockHz);
  terminal.note(bannerText(machine, file, bound, args["memory-timing"] !== false));
  const console = new Console(machine, terminal);
  const ended = await serveGdb(machine, { port, cycles: bound, file }, console, terminal);
  return summarise(machine, ended, console, terminal);
}
