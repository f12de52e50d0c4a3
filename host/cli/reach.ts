// From `--port` to the ways that lead to a board's boot loader (Reach): a simulated board, a folder that is its drive, or what is
// plugged into this machine. In: the port's words and the board; out: a Reach, and how to let go of it.

import { statSync } from "node:fs";
import { type Board, mainMemories } from "../board/board.ts";
import {
  asksAt1200,
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
import { touchSimulated } from "../simulated-port.ts";
import { portWays, type ReachOptions } from "./app-port.ts";
import { givenPort } from "./port-options.ts";
import { boardFor } from "./program.ts";
import { ofNamedPort } from "./same-board.ts";
import type { Terminal } from "./terminal.ts";

export interface OpenReach {
  readonly reach: Reach;
  close(): void;
}

export async function openReach(options: ReachOptions): Promise<OpenReach> {
  const { args, terminal } = options;
  const address = givenPort(args, terminal);
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
  const remark = (text: string) => void remarks.add(text);
  const mine = ofNamedPort({ ...options, remark });
  const reach: Reach = {
    clock: wallClock,
    drives: () => mine(listDrives(system), ({ serialNumber }) => ({ serialNumber })),
    unmounted: async () => listUnmounted(system),
    usb: async () => {
      const { devices, problem } = await (await nodeUsb()).listUsbDevices();
      if (problem !== undefined) remark(problem);
      return mine(devices, ({ vendorId, productId, serialNumber }) => ({ vendorId, productId, serialNumber }));
    },
    remarks: () => [...remarks],
    ...portWays({ ...options, remark }),
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
  const loader = simulatedReach(address, { board, flash, clock: new VirtualClock() });
  const runs = address.words.size === 0 && asksAt1200(board.name) && startsAProgram(board, state.bytes);
  return { reach: runs ? behindProgram(loader, () => askProgram(board, state.bytes, terminal)) : loader, close };
}

/** The board runs what is in its flash: its boot loader is there when the program has been asked for it. */
function behindProgram(loader: Reach, ask: () => void): Reach {
  let there = false;
  const { drives, usb } = loader;
  return {
    ...loader,
    ...(drives ? { drives: async () => (there ? drives() : []) } : {}),
    ...(usb ? { usb: async () => (there ? usb() : []) } : {}),
    touch: async () => {
      ask();
      there = true;
      return true;
    },
  };
}

function askProgram(board: Board, bytes: Uint8Array, terminal: Terminal): void {
  if (!touchSimulated(board, bytes))
    terminal.note("note: the program did not obey 1200 baud; the simulated board's button was pressed for you");
}

/** A stack in RAM and an entry in flash. */
function startsAProgram(board: Board, bytes: Uint8Array): boolean {
  const { flash, ram } = mainMemories(board);
  const view = new DataView(bytes.buffer, bytes.byteOffset + board.image.start - flash.base, 8);
  const [stack, entry] = [view.getUint32(0, true), view.getUint32(4, true)];
  const inRam = stack > ram.base && stack <= ram.base + ram.bytes;
  return inRam && entry >= board.image.start && entry < flash.base + flash.bytes;
}
