// Flashing: an Image and the ways to a board's boot loader in; what was written, and how it was verified, out.
//
//   image ── partsOf ──► parts ─┐
//   board.boot.protocol ── rows ┼─► find the boot loader (asking the application for it first, if need be) ──► row.flash ──► result
//   reach: port, drives, usb ───┘
//
// Invariant: an error says in which state the board is left (`notes`), by the stage that was reached.

import { UserError } from "../base/errors.ts";
import type { Board } from "../board/board.ts";
import type { Image } from "../image/image.ts";
import { error } from "./errors.ts";
import { partsOf } from "./flash-parts.ts";
import type { Drive, FlashListener, FlashOptions, FlashProtocol, FlashResult } from "./flash-types.ts";
import type { Clock, Port } from "./port.ts";
import { flashProtocols } from "./protocols/protocols.ts";
import type { UsbDevice } from "./usb-device.ts";

/** The ways from here to boards; those that a place lacks are absent. */
export interface Reach {
  /** Opens the serial port that the user chose. */
  readonly port?: () => Promise<Port>;
  readonly drives?: () => Promise<readonly Drive[]>;
  readonly usb?: () => Promise<readonly UsbDevice[]>;
  /** Plugged in, but not mounted. */
  readonly unmounted?: () => Promise<readonly { readonly label: string; readonly device: string }[]>;
  /** Asks the running application for the boot loader (1200 baud); false: no such port. */
  readonly touch?: () => Promise<boolean>;
  /** Why a way is missing, for who finds nothing. */
  readonly remarks?: () => readonly string[];
  readonly clock: Clock;
}

export type FlashRequest = Omit<FlashOptions, "parts" | "clock">;

export interface Flashed extends FlashResult {
  readonly protocol: FlashProtocol["name"];
  /** The drive, device or port. */
  readonly through: string;
}

export function protocolsFor(board: Board): readonly FlashProtocol[] {
  return flashProtocols[board.boot.protocol];
}

export async function flash(image: Image, reach: Reach, request: FlashRequest): Promise<Flashed> {
  const { board, force } = request;
  const rows = protocolsFor(board);
  if (rows.length === 0) throw error("no-protocol", { board: board.name });
  const parts = partsOf(image, board, force);
  const watched = watchStages(request.listener);
  const options: FlashOptions = { ...request, parts, clock: reach.clock, listener: watched.listener };
  watched.listener.stage("connecting");
  const found = await find(rows, reach, options);
  try {
    return { ...(await found.flash(options)), protocol: found.row.name, through: found.through };
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw withState(cause, watched.stage(), found.row);
  }
}

interface Found {
  readonly row: FlashProtocol;
  readonly through: string;
  flash(options: FlashOptions): Promise<FlashResult>;
}

/** How long a board may take from the request to its boot loader's drive or device (SDK's tools wait as long). */
const appearMilliseconds = 10_000;
/** Where the boot loader can be reached over the port as well, a drive that nobody mounts is not waited for. */
const appearBesidePortMilliseconds = 3000;
const pollMilliseconds = 250;

/** Drives and devices that are there now; else the application is asked for its boot loader; the port comes last, for it is always there. */
async function find(rows: readonly FlashProtocol[], reach: Reach, options: FlashOptions): Promise<Found> {
  const { board, listener, abort } = options;
  const shown = rows.filter(({ carrier }) => carrier !== "port");
  const first = await look(shown, reach, board);
  if (first) return first;
  const overPort = rows.filter(({ carrier }) => carrier === "port" && reach.port);
  if (reach.touch && (await reach.touch())) {
    listener.note("asked the application for its boot loader (1200 baud)");
    const wait = overPort.length > 0 ? appearBesidePortMilliseconds : appearMilliseconds;
    const end = reach.clock.now() + wait;
    while (shown.length > 0 && reach.clock.now() < end && !abort?.aborted) {
      await reach.clock.sleep(pollMilliseconds);
      const found = await look(shown, reach, board);
      if (found) return found;
    }
  }
  return (await look(overPort, reach, board)) ?? nothingFound(rows, reach, board);
}

async function nothingFound(rows: readonly FlashProtocol[], reach: Reach, board: Board): Promise<never> {
  const labels = board.boot.drive?.labels ?? [];
  const hidden = ((await reach.unmounted?.()) ?? []).find(({ label }) => labels.includes(label.toUpperCase()));
  if (hidden && rows.some(({ carrier }) => carrier === "drive")) throw error("not-mounted", hidden);
  const looked = rows.filter(({ carrier }) => ways(reach).has(carrier)).map(({ looksFor }) => looksFor);
  throw error("no-boot-loader", { board: board.name, looked, how: rows[0]?.enter }, undefined, reach.remarks?.() ?? []);
}

const ways = (reach: Reach): Set<FlashProtocol["carrier"]> =>
  new Set([
    ...(reach.port ? (["port"] as const) : []),
    ...(reach.usb ? (["usb"] as const) : []),
    ...(reach.drives ? (["drive"] as const) : []),
  ]);

/** The first row that has something to talk to; of one kind there may be only one. */
async function look(rows: readonly FlashProtocol[], reach: Reach, board: Board): Promise<Found | undefined> {
  for (const row of rows) {
    const found = await candidates(row, reach);
    if (found.length > 1)
      throw error("several-boot-loaders", { board: board.name, found: found.map(({ through }) => through) });
    if (found[0]) return found[0];
  }
  return undefined;
}

async function candidates(row: FlashProtocol, reach: Reach): Promise<Found[]> {
  switch (row.carrier) {
    case "drive": {
      const found: Found[] = [];
      for (const drive of (await reach.drives?.()) ?? [])
        if (await row.claims(drive))
          found.push({ row, through: drive.path, flash: (options) => row.flash(drive, options) });
      return found;
    }
    case "usb":
      return ((await reach.usb?.()) ?? [])
        .filter((device) => row.claims(device))
        .map((device) => ({ row, through: usbName(device), flash: (options) => row.flash(device, options) }));
    case "port": {
      if (!reach.port) return [];
      const port = await reach.port();
      return [{ row, through: port.info.path, flash: (options) => flashPort(row, port, options) }];
    }
  }
}

async function flashPort(row: FlashProtocol & { carrier: "port" }, port: Port, options: FlashOptions) {
  try {
    return await row.flash(port, options);
  } finally {
    await port.close();
  }
}

const hex4 = (value: number) => value.toString(16).padStart(4, "0");

function usbName({ vendorId, productId, serialNumber }: UsbDevice): string {
  return `usb ${hex4(vendorId)}:${hex4(productId)}${serialNumber ? ` (${serialNumber})` : ""}`;
}

function watchStages(listener: FlashListener): { readonly listener: FlashListener; stage(): string } {
  let last = "";
  return {
    stage: () => last,
    listener: {
      stage: (name, total) => {
        if (name === last && total === undefined) return;
        last = name;
        listener.stage(name, total);
      },
      advance: (bytes) => listener.advance(bytes),
      note: (text) => listener.note(text),
      ...(listener.trace ? { trace: (direction, bytes) => listener.trace?.(direction, bytes) } : {}),
    },
  };
}

/** What an error at a stage means for the board. */
export function stateAfter(stage: string, row: Pick<FlashProtocol, "enter">): string {
  switch (stage) {
    case "erasing":
    case "writing":
      return `the flash may hold a part of the image only; to mend it, ${row.enter}, and run the same command again`;
    case "verifying":
      return `the image was written but not proven; to be sure, ${row.enter}, and run the same command again`;
    case "resetting":
      return "the image is in the flash; reset the board, or unplug it and plug it in, to start it";
    default:
      return "the board's flash was not touched";
  }
}

function withState(cause: UserError, stage: string, row: FlashProtocol): UserError {
  const notes = [...cause.notes, stateAfter(stage, row)];
  return new UserError(cause.code, cause.exit, cause.message, cause.facts, cause.at, cause.hint, notes, cause.also);
}
