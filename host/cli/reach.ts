// From `--port` to the ways that lead to a board's boot loader (Reach): a simulated board, a folder that is its drive, or what is
// plugged into this machine. In: the port's words and the board; out: a Reach, and how to let go of it.

import { statSync } from "node:fs";
import { mainMemories } from "../board/board.ts";
import {
  ChipFlash,
  nodeDrives,
  nodeSimState,
  nodeUsb,
  parseSimulatedAddress,
  type Reach,
  type SimulatedAddress,
  simulatedReach,
  VirtualClock,
  wallClock,
  wrongPort,
} from "../serial/serial.ts";
import { portWays, type ReachOptions } from "./app-port.ts";
import { boardFor } from "./program.ts";

export interface OpenReach {
  readonly reach: Reach;
  close(): void;
}

export async function openReach(options: ReachOptions): Promise<OpenReach> {
  const { args, terminal } = options;
  const port = args["port"] ?? terminal.env["THUMBELINA_PORT"];
  const address = port === undefined || port === "" || port === "auto" ? undefined : String(port);
  const simulated = address === undefined ? undefined : parseSimulatedAddress(address);
  if (simulated) return openSimulated(simulated, options);
  const { driveOf, listDrives, listUnmounted, thisSystem } = await nodeDrives();
  const system = { ...thisSystem, root: terminal.env["THUMBELINA_ROOT"] ?? thisSystem.root };
  const close = () => {};
  if (address !== undefined && isFolder(address)) {
    const drive = driveOf(address, system);
    return { reach: { clock: wallClock, drives: async () => [drive] }, close };
  }
  const remarks = new Set<string>();
  const reach: Reach = {
    clock: wallClock,
    drives: async () => listDrives(system),
    unmounted: async () => listUnmounted(system),
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

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Its time is its own: nothing waits in real time. */
async function openSimulated(address: SimulatedAddress, options: ReachOptions): Promise<OpenReach> {
  const { args, terminal } = options;
  const board = boardFor(address.board);
  if (board.name !== options.board.name && args["force"] !== true)
    throw wrongPort(`${address.scheme}:${address.board}`, options.board.name, `a simulated ${board.name}`);
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
