// Which board is meant, where the user does not say: by the simulated board's name, the folder or drive, or the USB ids of what is
// plugged in. In: the port's words; out: the one board that it can be, or a usage error that says among which. A guess is told.

import { statSync } from "node:fs";
import { basename } from "node:path";
import { type Board, knownBoards } from "../board/board.ts";
import { nodeDrives, nodeUsb, type PortInfo, parseSimulatedAddress, usbIdOf } from "../serial/serial.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { seenPorts } from "./port-options.ts";
import { boardFor } from "./program.ts";
import type { Terminal } from "./terminal.ts";

interface Trace {
  readonly boards: readonly string[];
  /** What was seen, and where. */
  readonly what: string;
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
  if (only === undefined || others.length > 0) {
    const seen = traces.map(({ what, boards: names }) => `${what}: ${names.join(" or ")}`);
    throw error("usage", {
      problem: `say which board: --board B${seen.length === 0 ? "" : ` (seen: ${seen.join("; ")})`}`,
    });
  }
  terminal.note(`board: ${only} (${telling[0]?.what ?? traces[0]!.what})`);
  return boardFor(only);
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

const portTrace = (port: PortInfo): Trace => idTrace(port, port.path);

function idTrace(device: Pick<PortInfo, "vendorId" | "productId">, where: string): Trace {
  const row = usbIdOf(device);
  return { boards: row?.boards ?? [], what: `${row?.what ?? "unknown"}, ${where}` };
}

const driveTrace = (label: string, path: string): Trace => ({ boards: boardsOfDrive(label), what: `drive ${path}` });

/** Boards whose boot loader or probe shows a drive of this label. */
export function boardsOfDrive(label: string): readonly string[] {
  return knownBoards.filter(({ boot }) => boot.drive?.labels.includes(label.toUpperCase())).map(({ name }) => name);
}
