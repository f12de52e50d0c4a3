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
} from "../serial/serial.ts";
import { boardFor } from "./program.ts";
import type { Terminal } from "./terminal.ts";

export interface OpenReach {
  readonly reach: Reach;
  close(): void;
}

const realClock = {
  now: () => performance.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};

export async function openReach(port: string | undefined, terminal: Terminal): Promise<OpenReach> {
  const simulated = port === undefined ? undefined : parseSimulatedAddress(port);
  if (simulated) return openSimulated(simulated, terminal);
  const { driveOf, listDrives, listUnmounted } = await nodeDrives();
  const here = { clock: realClock, close: () => {} };
  if (port !== undefined && isFolder(port)) {
    const drive = driveOf(port);
    return { reach: { clock: realClock, drives: async () => [drive] }, close: here.close };
  }
  const remarks: string[] = [];
  const reach: Reach = {
    clock: realClock,
    drives: async () => listDrives(),
    unmounted: async () => listUnmounted(),
    usb: async () => {
      const { listUsbDevices } = await nodeUsb();
      const { devices, problem } = await listUsbDevices();
      if (problem !== undefined && !remarks.includes(problem)) remarks.push(problem);
      return devices;
    },
    remarks: () => remarks,
  };
  return { reach, close: here.close };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Its time is its own: nothing waits in real time. */
async function openSimulated(address: SimulatedAddress, terminal: Terminal): Promise<OpenReach> {
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
