// A simulated board in its boot loader, as the ways that lead to it: `sim:BOARD` has a drive or a serial port, as the board's plug has,
// `sim-usb:BOARD` the USB protocol of its ROM (and the drive where there is none). In: the address and the chip's flash; out: a Reach.
//
//   sim-usb:BOARD[@NAME][,WORD[=VALUE]]…     words make it hostile: fault=KIND:TRANSFER[:SEED] on USB, fault=KIND:BYTE[:from] on a line, full=BYTES,
//                                            read-only, vanish=BYTES, stays, fail=TEXT, late-error, away, id=TEXT, protected, absent, unmounted;
//                                            drive, port: that way

import type { Board } from "../../board/board.ts";
import { error } from "../errors.ts";
import type { Reach } from "../flash.ts";
import type { Drive } from "../flash-types.ts";
import type { Clock } from "../port.ts";
import { flashProtocols } from "../protocols/protocols.ts";
import type { UsbDevice } from "../usb-device.ts";
import { type DriveFaults, ProbeDrive, Uf2BootDrive } from "./boot-drives.ts";
import { bootRomPort } from "./boot-rom-port.ts";
import type { ChipFlash } from "./chip-flash.ts";
import { DfuseDevice } from "./dfuse-device.ts";
import { faultKinds, type LineFault } from "./faulty-device.ts";
import { PicobootDevice } from "./picoboot-device.ts";
import { FaultyUsb, type UsbFault, usbFaultKinds } from "./usb-faults.ts";

export interface SimulatedAddress {
  readonly scheme: "sim" | "sim-usb";
  readonly board: string;
  /** Tells boards of one kind apart. */
  readonly name?: string;
  readonly words: ReadonlyMap<string, string>;
}

const known = [
  ...["fault", "full", "read-only", "vanish", "stays", "fail", "late-error", "away", "id", "protected", "absent"],
  ...["unmounted", "drive", "port"],
];

/** Undefined: another scheme. */
export function parseSimulatedAddress(address: string): SimulatedAddress | undefined {
  const [, scheme, rest = ""] = /^(sim|sim-usb):(.*)$/s.exec(address) ?? [];
  if (scheme === undefined) return undefined;
  const [place = "", ...options] = rest.split(",");
  const [, board, name] = /^([a-z0-9-]+)(?:@([A-Za-z0-9_-]{1,40}))?$/.exec(place) ?? [];
  if (board === undefined) throw error("address", { address, problem: "a board's name is expected" });
  const words = new Map(
    options.map((option): [string, string] => [option.split("=")[0]!, option.split("=").slice(1).join("=")]),
  );
  for (const word of words.keys())
    if (!known.includes(word)) throw error("address", { address, problem: `"${word}" is none of ${known.join(", ")}` });
  return { scheme: scheme as "sim" | "sim-usb", board, name, words };
}

export interface SimulatedBoardOptions {
  readonly board: Board;
  readonly flash: ChipFlash;
  readonly clock: Clock;
}

export function simulatedReach(address: SimulatedAddress, options: SimulatedBoardOptions): Reach {
  const { clock, board } = options;
  const { words } = address;
  if (words.has("absent")) return { clock, drives: async () => [], usb: async () => [] };
  const unmounted = async () => [{ label: board.boot.drive?.labels[0] ?? "BOOT", device: "/dev/sdz1" }];
  if (words.has("unmounted")) return { clock, drives: async () => [], unmounted };
  const usb = address.scheme === "sim-usb" && !words.has("drive") ? usbDevice(address, options) : undefined;
  if (usb) return { clock, usb: async () => [usb] };
  const drive = words.has("port") ? undefined : bootDrive(address, options);
  if (drive) return { clock, drives: async () => [drive] };
  return { clock, port: bootRomPort({ ...options, fault: lineFaultOf(words.get("fault")) }) };
}

function lineFaultOf(text: string | undefined): LineFault | undefined {
  if (text === undefined) return undefined;
  const [name, at, direction] = text.split(":");
  const kind = faultKinds.find((candidate) => candidate === name);
  if (!kind || !/^\d+$/.test(at ?? "") || (direction !== undefined && direction !== "from"))
    throw error("address", { address: `fault=${text}`, problem: `${faultKinds.join(", ")}, a colon, a byte's number` });
  return { kind, at: Number(at), direction: direction ? "from-device" : "to-device", value: kind === "late" ? 700 : 4 };
}

function usbDevice({ words }: SimulatedAddress, { board, flash, clock }: SimulatedBoardOptions): UsbDevice | undefined {
  const fault = faultOf(words.get("fault"));
  const cable = (device: UsbDevice) => (fault ? new FaultyUsb(device, fault) : device);
  switch (board.boot.protocol) {
    case "picoboot":
      return cable(new PicobootDevice(flash, { productId: words.get("id") === "rp2350" ? 15 : 3 }));
    case "an3155":
      return cable(new DfuseDevice(flash, { board, clock, readProtected: words.has("protected") }));
    default:
      return undefined;
  }
}

function faultOf(text: string | undefined): UsbFault | undefined {
  if (text === undefined) return undefined;
  const [name, at, seed] = text.split(":");
  const kind = usbFaultKinds.find((candidate) => candidate === name);
  if (!kind || !/^\d+$/.test(at ?? ""))
    throw error("address", { address: `fault=${text}`, problem: `${usbFaultKinds.join(", ")}, a colon, a number` });
  return { kind, at: Number(at), seed: Number(seed ?? 1) };
}

function bootDrive({ words }: SimulatedAddress, options: SimulatedBoardOptions): Drive | undefined {
  const count = (word: string) => (words.has(word) ? Number(words.get(word)) : undefined);
  const faults: DriveFaults = {
    ...{ full: count("full"), vanishAt: count("vanish"), fail: words.get("fail") },
    ...{ readOnly: words.has("read-only"), stays: words.has("stays"), lateError: words.has("late-error") },
    staysAway: words.has("away"),
  };
  const settings = { board: options.board, clock: options.clock, faults, id: words.get("id") };
  const [row] = flashProtocols[options.board.boot.protocol].filter(({ carrier }) => carrier === "drive");
  if (row && words.has("fault"))
    throw error("address", {
      address: `fault=${words.get("fault")}`,
      problem: "a drive's faults are full=BYTES, vanish=BYTES, fail=TEXT, read-only, stays, late-error, away",
    });
  if (row?.name === "uf2") return new Uf2BootDrive(options.flash, settings);
  if (row?.name === "drive") return new ProbeDrive(options.flash, settings);
  return undefined;
}
