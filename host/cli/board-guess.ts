// Which board is meant, where the user does not say: by the simulated board's name, the folder or drive, or the USB ids of what is
// plugged in. In: the port's words; out: the one board that it can be, told. Among several ports a person is asked, nobody is exit 4;
// nothing that tells is a usage error.

import { statSync } from "node:fs";
import { basename } from "node:path";
import { type Board, knownBoards } from "../board/board.ts";
import { ambiguous, nodeDrives, nodeUsb, type PortInfo, parseSimulatedAddress, usbIdOf } from "../serial/serial.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { chosenPort, seenPorts } from "./port-options.ts";
import { boardFor } from "./program.ts";
import type { Terminal } from "./terminal.ts";

interface Trace {
  readonly boards: readonly string[];
  /** What was seen, and where. */
  readonly what: string;
  /** It is a serial port. */
  readonly port?: boolean;
}

export async function guessBoard(args: Arguments, terminal: Terminal): Promise<Board> {
  const port = args["port"] ?? terminal.env["THUMBELINA_PORT"];
  const address = port === undefined || port === "" || port === "auto" ? undefined : String(port);
  const simulated = address === undefined ? undefined : parseSimulatedAddress(address);
  if (simulated) return boardFor(simulated.board);
  const traces = (await tracesOf(address, args, terminal)).filter((trace) => trace.boards.length > 0);
  const telling = traces.filter((trace) => trace.boards.length === 1);
  const found = new Set((telling.length > 0 ? telling : traces).flatMap((trace) => trace.boards));
  const [only, ...others] = found;
  if (only === undefined)
    throw error("usage", { problem: "say which board: --board B (nothing that is plugged in tells)" });
  if (others.length > 0) return boardFor(await askWhich(traces, args, terminal));
  terminal.note(`board: ${only} (${telling[0]?.what ?? traces[0]!.what})`);
  return boardFor(only);
}

/** A person at a terminal chooses among ports; nobody is asked about drives, nor where nobody is. */
async function askWhich(traces: readonly Trace[], args: Arguments, terminal: Terminal): Promise<string> {
  const { info } = traces.every(({ port }) => port) ? await chosenPort(args, terminal) : {};
  const [board, ...others] = (info && usbIdOf(info)?.boards) ?? [];
  if (board !== undefined && others.length === 0) return board;
  throw ambiguous(traces.map(({ what, boards }) => ({ path: `${what}: ${boards.join(" or ")}` })));
}

async function tracesOf(address: string | undefined, args: Arguments, terminal: Terminal): Promise<Trace[]> {
  const { listDrives, thisSystem } = await nodeDrives();
  if (address !== undefined && statSync(address, { throwIfNoEntry: false })?.isDirectory())
    return [driveTrace(basename(address), address)];
  const ports = (await seenPorts(args, terminal)).map(portTrace);
  if (address !== undefined || args["port-filter"] !== undefined) return ports;
  const root = terminal.env["THUMBELINA_ROOT"] ?? thisSystem.root;
  const drives = listDrives({ ...thisSystem, root }).map(({ label, path }) => driveTrace(label, path));
  const { devices } = await (await nodeUsb()).listUsbDevices();
  return [...ports, ...drives, ...devices.map((device) => idTrace(device, "USB"))];
}

const portTrace = (port: PortInfo): Trace => ({ ...idTrace(port, port.path), port: true });

function idTrace(device: Pick<PortInfo, "vendorId" | "productId">, where: string): Trace {
  const row = usbIdOf(device);
  return { boards: row?.boards ?? [], what: `${row?.what ?? "unknown"}, ${where}` };
}

const driveTrace = (label: string, path: string): Trace => ({ boards: boardsOfDrive(label), what: `drive ${path}` });

/** Boards whose boot loader or probe shows a drive of this label. */
export function boardsOfDrive(label: string): readonly string[] {
  return knownBoards.filter(({ boot }) => boot.drive?.labels.includes(label.toUpperCase())).map(({ name }) => name);
}
