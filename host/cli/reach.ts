// From `--port` to the ways that lead to a board's boot loader (Reach): a simulated board, a folder that is its drive, or what is
// plugged into this machine. In: the port's words and the board; out: a Reach, and how to let go of it.

import { statSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import { type Board, mainMemories } from "../board/board.ts";
import {
  ChipFlash,
  listPorts,
  nodeDrives,
  nodeSimState,
  nodeUsb,
  openPort,
  type Port,
  parseSimulatedAddress,
  type Reach,
  type ResetBefore,
  resetSteps,
  runSteps,
  type SimulatedAddress,
  simulatedReach,
  touch1200,
  touchesToLoader,
  usbIdOf,
  VirtualClock,
  wallClock,
} from "../serial/serial.ts";
import type { Arguments } from "./command.ts";
import { type ChosenPort, chosenPort, customReset } from "./port-options.ts";
import { boardFor } from "./program.ts";
import type { Terminal } from "./terminal.ts";

export interface OpenReach {
  readonly reach: Reach;
  close(): void;
}

export interface ReachOptions {
  readonly board: Board;
  readonly args: Arguments;
  readonly terminal: Terminal;
  /** The stage that flashing is at: `--before` counts until it resets, `--after` then. */
  readonly stage: () => string | undefined;
}

export async function openReach(options: ReachOptions): Promise<OpenReach> {
  const { args, terminal } = options;
  const port = args["port"] ?? terminal.env["THUMBELINA_PORT"];
  const address = port === undefined || port === "" || port === "auto" ? undefined : String(port);
  const simulated = address === undefined ? undefined : parseSimulatedAddress(address);
  if (simulated) return openSimulated(simulated, options);
  const { driveOf, listDrives, listUnmounted } = await nodeDrives();
  const close = () => {};
  if (address !== undefined && isFolder(address)) {
    const drive = driveOf(address);
    return { reach: { clock: wallClock, drives: async () => [drive] }, close };
  }
  const remarks = new Set<string>();
  const reach: Reach = {
    clock: wallClock,
    drives: async () => listDrives(),
    unmounted: async () => listUnmounted(),
    usb: async () => {
      const { devices, problem } = await (await nodeUsb()).listUsbDevices();
      if (problem !== undefined) remarks.add(problem);
      return devices;
    },
    remarks: () => [...remarks],
    ...portWays(options),
  };
  return { reach, close };
}

/** How long a native USB port may be gone between the application and its boot loader. */
const reappearMilliseconds = 5000;
const pollMilliseconds = 200;

/** The serial port: of a boot loader, or of an application that is asked for one. */
function portWays({ args, terminal, board, stage }: ReachOptions): Pick<Reach, "port" | "touch"> {
  let touched = false;
  const open = async (): Promise<Port> => {
    const chosen = await chosenPort({ ...args, board: args["board"] ?? board.name }, terminal);
    const loader = touched ? await loaderPort(chosen, board) : undefined;
    const port = await openPort(loader ?? chosen.address, { baud: 115200 }, chosen.openers);
    return withResets(port, args, stage);
  };
  const touch = async (): Promise<boolean> => {
    try {
      const { address, info, openers } = await chosenPort({ ...args, board: args["board"] ?? board.name }, terminal);
      const row = info && usbIdOf(info);
      if (row?.role !== "application" || !touchesToLoader(row)) return false;
      await touch1200((settings) => openPort(address, settings, openers), wallClock);
      touched = true;
      return true;
    } catch (cause) {
      // No port to ask at: the boot loader may be there all the same, or the search says what is missing.
      if (cause instanceof UserError && cause.exit === 4) return false;
      throw cause;
    }
  };
  return { port: open, touch };
}

/** The port that came up as this board's boot loader; undefined: none said so, the old address will do. */
async function loaderPort({ openers }: ChosenPort, board: Board): Promise<string | undefined> {
  for (const end = wallClock.now() + reappearMilliseconds; wallClock.now() < end; ) {
    const loaders = (await listPorts(openers)).filter((port) => {
      const row = usbIdOf(port);
      return row?.role === "loader" && row.boards.includes(board.name);
    });
    if (loaders[0]) return loaders[0].path;
    await wallClock.sleep(pollMilliseconds);
  }
  return undefined;
}

/** A reset that the user does not want does not happen: the protocol is told that the line has no modem signals. */
async function withResets(port: Port, args: Arguments, stage: () => string | undefined): Promise<Port> {
  const how = (option: string, otherwise: ResetBefore) => (args[option] as ResetBefore | undefined) ?? otherwise;
  const custom = customReset(args);
  if (custom || args["before"] === "usb-reset") {
    const steps = resetSteps(port.info, { purpose: "boot", how: how("before", "default-reset"), custom });
    await runSteps(port, steps, wallClock);
  }
  const allowed = () => {
    if (stage() === "resetting") return args["after"] === undefined || args["after"] === "hard-reset";
    return !custom && how("before", "default-reset") === "default-reset";
  };
  return {
    info: port.info,
    readable: port.readable,
    write: (bytes) => port.write(bytes),
    configure: (settings) => port.configure(settings),
    setSignals: async (signals) => allowed() && (await port.setSignals(signals)),
    onState: (listener) => port.onState(listener),
    close: () => port.close(),
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Its time is its own: nothing waits in real time. */
async function openSimulated(address: SimulatedAddress, { terminal }: ReachOptions): Promise<OpenReach> {
  const board = boardFor(address.board);
  const { openSimState } = await nodeSimState();
  const state = openSimState(terminal.cwd, board, address.name);
  const flash = new ChipFlash(mainMemories(board).flash, state.bytes);
  flash.onChange = (offset, bytes) => {
    state.bytes.set(flash.bytes.subarray(offset, offset + bytes), offset);
    state.keep(offset, bytes);
  };
  const close = () => {
    state.bytes.set(flash.bytes);
    state.close();
  };
  return { reach: simulatedReach(address, { board, flash, clock: new VirtualClock() }), close };
}
