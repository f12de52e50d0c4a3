// What is said about a simulated run: a banner before, a summary after, the exit code, and a JSON form of all.
//
//   0    ended by itself (SYS_EXIT with status 0), at --for, --until, --break or a BKPT, or fell asleep for ever
//   3    faulted (locked up, or stuck in or stopped by a fault handler), or SYS_EXIT with another status
//   130  Ctrl-C

import type { UserError } from "../base/errors.ts";
import { describeAddress, SymbolIndex } from "../image/image.ts";
import { type FaultReport, formatFault, type Machine, simError } from "../sim/sim.ts";
import { type AppFacts, appText } from "./app-summary.ts";
import { durationText } from "./duration.ts";
import { errorJson, errorText, printable } from "./report.ts";
import { type Console, type Ended, isFaultException } from "./simulation.ts";
import { paint, type Terminal } from "./terminal.ts";

export function bannerText(machine: Machine, file: string, cycles: number, memoryTiming: boolean): string {
  const { board, core, image } = machine;
  const bytes = image?.segments.reduce((sum, { data }) => sum + data.length, 0) ?? 0;
  const timed = board.chip.memories.some(({ timing }) => timing);
  const memory = timed ? (memoryTiming ? ", with its wait states" : ", without wait states") : "";
  const bound = cycles === Number.POSITIVE_INFINITY ? "" : `, for at most ${durationText(cycles / board.clockHz)}`;
  return `${board.name}: ${core.name} at ${board.clockHz / 1e6} MHz${memory}; ${file}, ${bytes} bytes${bound}`;
}

/** The error that a run's end means, if it means one. */
function errorOf(machine: Machine, { end }: Ended): UserError | undefined {
  const fault = machine.faults.at(0);
  const failed =
    end.kind === "lockup" ||
    end.kind === "stuck-in-fault" ||
    ((end.kind === "time" || end.kind === "bkpt") && isFaultException(machine.cpu.ipsr));
  if (failed) {
    const cause = faultsToShow(machine)[0] ?? fault;
    return simError("program-fault", {
      words: cause?.words ?? "fault",
      where: cause?.where ?? describePc(machine),
      ...(cause?.address === undefined ? {} : { address: cause.address }),
    });
  }
  if (end.kind === "exit" && end.status !== 0) return simError("program-status", { status: end.status });
  return undefined;
}

/** The first of the faults that led here, and the last when it is another: handlers that work come before. */
function faultsToShow(machine: Machine): FaultReport[] {
  const { faults } = machine;
  const last = faults.at(-1);
  if (!last) return [];
  const before = faults.at(-2);
  return last.taken === "lockup" && before ? [before, last] : [last];
}

function describePc(machine: Machine): string {
  const index = machine.image && new SymbolIndex(machine.image);
  return index ? printable(describeAddress(index, machine.pc)) : `0x${machine.pc.toString(16)}`;
}

function endText(machine: Machine, { end }: Ended): string {
  const where = describePc(machine);
  switch (end.kind) {
    case "exit":
      return `the program ended (SYS_EXIT, status ${end.status})`;
    case "time":
      return `the time is over (--for); the program is in ${where}`;
    case "interrupted":
      return `interrupted in ${where}`;
    case "killed":
      return `killed by gdb in ${where}`;
    case "breakpoint":
      return `breakpoint at ${where}`;
    case "bkpt":
      return `BKPT #${end.immediate} in ${where}`;
    case "watchpoint":
      return `watchpoint: ${end.access} of ${end.width} bytes at 0x${end.address.toString(16)} in ${where}`;
    case "asleep":
      return `asleep in ${where} (WFI or WFE), and nothing is left that could wake the core`;
    case "lockup":
      return "the core locked up: a fault inside HardFault or NMI";
    case "boot-loader":
      return "the program restarted into the boot loader";
    case "power-cut":
      return `the power was cut in ${where}`;
    case "stuck-in-fault":
      return `stuck in the handler ${where}`;
  }
}

const placesWithRegisters = new Set(["breakpoint", "bkpt", "watchpoint", "asleep", "time", "interrupted"]);

/** Prints the summary; returns the exit code. */
export function summarise(
  machine: Machine,
  ended: Ended,
  console: Console,
  terminal: Terminal,
  app?: AppFacts,
): 0 | 3 | 130 {
  const error = errorOf(machine, ended);
  const exit = error ? 3 : ended.end.kind === "interrupted" ? 130 : 0;
  const shown = error ? faultsToShow(machine) : [];
  if (terminal.json) {
    const facts = { ...runFacts(machine, ended, console), ...(app ? { app } : {}) };
    terminal.out(JSON.stringify({ ...facts, ok: exit === 0, exit, ...errorFacts(error) }));
    return exit;
  }
  for (const fault of shown) terminal.note(`\n${printableLines(formatFault(fault))}`);
  const { wallSeconds, instructions } = ended;
  const { board, core } = machine;
  const mips = instructions / Math.max(wallSeconds, 1e-6) / 1e6;
  terminal.note(`${paint(terminal, "bold", "stopped")}: ${endText(machine, ended)}`);
  if (app) terminal.note(appText(app));
  else if (!error && placesWithRegisters.has(ended.end.kind)) terminal.note(registerText(machine));
  terminal.note(
    `${machine.cycles} cycles, ${machine.instructions} instructions, ${durationText(machine.cycles / board.clockHz)} ` +
      `simulated at ${board.clockHz / 1e6} MHz; ${durationText(wallSeconds)} here, ${mips.toFixed(1)} MIPS`,
  );
  if (core.approximate !== undefined) terminal.note(`cycles are an approximation: ${core.approximate}`);
  if (!error && machine.faults.length > 0)
    terminal.note(`faults that the program took and handled: ${machine.faults.length} (--json lists the last 16)`);
  for (const [uart, bytes] of console.others)
    terminal.note(`${bytes} bytes on ${uart}, which is not the console, not shown`);
  if (error) terminal.note(errorText(error, terminal));
  return exit;
}

function errorFacts(error: UserError | undefined) {
  return error ? { errors: (errorJson(error) as { errors: unknown }).errors } : {};
}

const printableLines = (text: string) => text.split("\n").map(printable).join("\n");

function registerText(machine: Machine): string {
  const names = ["sp", "lr", "pc"];
  const cells = Array.from({ length: 16 }, (_, i) => {
    const value = machine.getRegister(i).toString(16).padStart(8, "0");
    return `${(names[i - 13] ?? `r${i}`).padStart(4)} ${value}`;
  });
  const xpsr = (machine.cpu.xpsr >>> 0).toString(16).padStart(8, "0");
  const rows = [0, 4, 8, 12].map((at) => cells.slice(at, at + 4).join(""));
  return `${rows.join("\n")}  xpsr ${xpsr}`;
}

function runFacts(machine: Machine, { end, wallSeconds, instructions }: Ended, console: Console) {
  const { board, core } = machine;
  return {
    board: board.name,
    core: core.name,
    clockHz: board.clockHz,
    ...(core.approximate === undefined ? {} : { approximateCycles: core.approximate }),
    stop: end,
    where: describePc(machine),
    cycles: machine.cycles,
    instructions: machine.instructions,
    simulatedSeconds: machine.cycles / board.clockHz,
    wallSeconds,
    mips: instructions / Math.max(wallSeconds, 1e-6) / 1e6,
    registers: Array.from({ length: 16 }, (_, i) => machine.getRegister(i)),
    xpsr: machine.cpu.xpsr >>> 0,
    console: console.text,
    consoleTruncated: console.truncated,
    faults: machine.faults,
  };
}
