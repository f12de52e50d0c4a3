// The options of every verb that takes a port, and what they mean. In: parsed arguments, THUMBELINA_PORT, what is plugged in; out: an
// open Port, or exit 4 (none, or several and nobody to ask), 5 (permission).
//
//   THUMBELINA_PORT   what -p would be            THUMBELINA_ROOT   a folder in place of / for /dev, /sys and /proc (tests of doctor)

import { createInterface } from "node:readline/promises";
import type { Options } from "yargs";
import { UserError } from "../base/errors.ts";
import { feedNames } from "../board-surroundings.ts";
import {
  ambiguous,
  choosePort,
  describePort,
  type LineSettings,
  listPorts,
  nodeOpeners,
  openPort,
  type Port,
  type PortInfo,
  type PortOpener,
  type PortWish,
  parsePortFilter,
  parseResetSequence,
  passes,
  type ResetStep,
  resetsAfter,
  resetsBefore,
} from "../serial/serial.ts";
import { type Feed, fromFirstUse, readFeed } from "../sim/sim.ts";
import { simulatedOpeners } from "../simulated-port.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { readBytes } from "./files.ts";
import { listOf, within } from "./model.ts";
import { boardFor } from "./program.ts";
import type { Terminal } from "./terminal.ts";

export const portOptions = {
  port: {
    alias: "p",
    type: "string",
    requiresArg: true,
    describe:
      "auto, a path, COM3, id:SERIAL, tcp://host:port, rfc2217://host:port, sim:BOARD; default: THUMBELINA_PORT, else auto",
  },
  "port-filter": {
    type: "string",
    requiresArg: true,
    describe: "among several ports: vid=0x2e8a,pid=0x000a,name=…,serial=…; repeat for alternatives",
  },
  baud: {
    alias: "baud-rate",
    type: "number",
    requiresArg: true,
    describe: "line speed; default: the board's, else 115200",
  },
  feed: {
    type: "string",
    requiresArg: true,
    describe: "simulated boards: what a sensor sees, accelerometer=walk.csv (CSV, JSONL or WAV); repeat",
  },
} as const satisfies Readonly<Record<string, Options>>;

/** esptool's older spelling: no_reset. */
const dashes = (word: unknown) => String(word).replaceAll("_", "-");

export const resetOptions = {
  before: {
    type: "string",
    choices: resetsBefore,
    coerce: dashes,
    requiresArg: true,
    describe: "reset into the boot loader by modem lines; no-reset: it is there already",
  },
  after: {
    type: "string",
    choices: resetsAfter,
    coerce: dashes,
    requiresArg: true,
    describe:
      "start the application: by modem lines where there are any, by command; no-reset: stay in the boot loader",
  },
  "reset-sequence": {
    type: "string",
    requiresArg: true,
    describe: "own reset in esptool's language: D0|R1|W0.1|D1|R0|W0.05|D0",
  },
} as const satisfies Readonly<Record<string, Options>>;

export async function openersFor(terminal: Terminal, args: Arguments = {}): Promise<readonly PortOpener[]> {
  const root = terminal.env["THUMBELINA_ROOT"];
  const here = await nodeOpeners(root === undefined ? {} : { root });
  const simulated = { folder: terminal.cwd, boardNamed: boardFor, feeds: simulatedFeeds(args, terminal) };
  return [...simulatedOpeners(simulated), ...here];
}

function simulatedFeeds(args: Arguments, terminal: Terminal): Readonly<Record<string, Feed>> {
  const feeds: Record<string, Feed> = {};
  for (const text of listOf(args["feed"])) {
    const [, name = "", file = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (!feedNames.includes(name) && !/^analog\d$/.test(name))
      throw error("usage", { problem: `--feed ${text}: NAME=FILE is expected, NAME one of ${feedNames.join(", ")}` });
    const recording = within(file, () => readFeed(readBytes(file)));
    for (const note of recording.notes) terminal.note(`${file}: ${note}`);
    feeds[name] = fromFirstUse(recording);
  }
  return feeds;
}

export interface ChosenPort {
  readonly address: string;
  readonly info?: PortInfo;
  readonly openers: readonly PortOpener[];
}

export async function chosenPort(args: Arguments, terminal: Terminal): Promise<ChosenPort> {
  const openers = await openersFor(terminal, args);
  const choice = choosePort(wishOf(args, terminal), await listPorts(openers));
  if (choice.kind === "one") {
    const { kind: _, ...one } = choice;
    return { ...one, openers };
  }
  const info = await ask(choice.among, terminal);
  return { address: info.path, info, openers };
}

/** All that can be seen, of those that pass --port-filter. */
export async function listedPorts(args: Arguments, terminal: Terminal): Promise<readonly PortInfo[]> {
  const filters = listOf(args["port-filter"]).map(parsePortFilter);
  const seen = await listPorts(await openersFor(terminal));
  return seen.filter((port) => filters.length === 0 || filters.some((filter) => passes(port, filter)));
}

/** Ports that may be meant; none is no error. */
export async function seenPorts(args: Arguments, terminal: Terminal): Promise<readonly PortInfo[]> {
  const wish = wishOf(args, terminal);
  const seen = await listPorts(await openersFor(terminal));
  try {
    const choice = choosePort(wish, seen);
    return choice.kind === "several" ? choice.among : choice.info ? [choice.info] : [];
  } catch (cause) {
    if (cause instanceof UserError && cause.code === "serial/no-port") return [];
    throw cause;
  }
}

function wishOf(args: Arguments, terminal: Terminal): PortWish {
  const filters = listOf(args["port-filter"]).map(parsePortFilter);
  const address = givenPort(args, terminal);
  const board = args["board"] === undefined ? undefined : boardFor(String(args["board"])).name;
  return { address, filters, board };
}

/** As `-p` says; else, where no filter says more, THUMBELINA_PORT. Undefined: auto. */
export function givenPort(args: Arguments, terminal: Terminal): string | undefined {
  const filtered = listOf(args["port-filter"]).length > 0;
  const given = args["port"] ?? (filtered ? undefined : terminal.env["THUMBELINA_PORT"]);
  return given === undefined || given === "" || given === "auto" ? undefined : String(given);
}

/** What cannot be read of the options about ports is told before anything is built or opened. */
export function checkPortWords(args: Arguments): void {
  for (const filter of listOf(args["port-filter"])) parsePortFilter(filter);
  customReset(args);
  baudOf(args);
}

export function baudOf(args: Arguments): number | undefined {
  if (args["baud"] === undefined) return undefined;
  const baud = Number(args["baud"]);
  if (!(Number.isInteger(baud) && baud > 0))
    throw error("usage", { problem: "--baud takes one whole number, like 115200" });
  return baud;
}

/** Only a person at a terminal is asked. */
async function ask(among: readonly PortInfo[], terminal: Terminal): Promise<PortInfo> {
  if (!terminal.isTty || process.stdin.isTTY !== true || terminal.json) throw ambiguous(among);
  among.forEach((port, index) => {
    terminal.note(`  ${index + 1}  ${describePort(port)}`);
  });
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = Number(await lines.question(`which port? 1 to ${among.length}: `));
    const port = among[answer - 1];
    if (!port) throw ambiguous(among);
    return port;
  } finally {
    lines.close();
  }
}

/** Default: the board's console, where a board is named. */
export function lineSettings(args: Arguments): LineSettings {
  const baud = baudOf(args);
  if (baud !== undefined) return { baud };
  const board = args["board"] === undefined ? undefined : boardFor(String(args["board"]));
  return { baud: board?.console?.baud ?? 115200 };
}

export async function openChosen(chosen: ChosenPort, settings: LineSettings): Promise<Port> {
  return openPort(chosen.address, settings, chosen.openers);
}

export function customReset(args: Arguments): readonly ResetStep[] | undefined {
  const text = args["reset-sequence"];
  return text === undefined ? undefined : parseResetSequence(String(text));
}
