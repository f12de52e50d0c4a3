// What a user can meet on the way to a board. Messages about flashing name the state in which the board is left: flash.ts adds it as a
// note, from the stage that was reached.

import { defineErrors } from "../base/errors.ts";

const hex = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

const bytesText = (values: readonly number[]) => values.map((value) => value.toString(16).padStart(2, "0")).join(" ");

export const error = defineErrors("serial", {
  lost: {
    exit: 6,
    message: (f: { path: string; reason?: string }) =>
      `${f.path} went away${f.reason === undefined ? "" : `: ${f.reason}`}`,
    hint: () => "was it unplugged, or has the board reset? plug it in and run the same command again",
  },
  "no-protocol": {
    exit: 4,
    message: (f: { board: string }) => `${f.board} has no boot loader: there is nothing to flash`,
  },
  "no-boot-loader": {
    exit: 4,
    message: (f: { board: string; looked: readonly string[]; how?: string }) =>
      `no boot loader of ${f.board} was found (looked for ${f.looked.join(", ") || "nothing: no way to it here"})`,
    hint: (f) => f.how,
  },
  "several-boot-loaders": {
    exit: 4,
    message: (f: { board: string; found: readonly string[] }) =>
      `${f.found.length} boot loaders for ${f.board}: ${f.found.join(", ")}`,
    hint: () => "say which: -p with the drive's path, or id:SERIAL; or unplug the others",
  },
  "not-mounted": {
    exit: 4,
    message: (f: { label: string; device: string }) =>
      `the drive ${f.label} is plugged in (${f.device}) but not mounted`,
    hint: (f) => `mount it, then run the same command again: udisksctl mount -b ${f.device}`,
  },
  "usb-access": {
    exit: 5,
    message: (f: { device: string; reason: string }) => `cannot open the USB device ${f.device}: ${f.reason}`,
    hint: () => "`thumbelina doctor` says what is missing (on Linux a udev rule, on Windows the WinUSB driver)",
  },
  "wrong-chip": {
    exit: 11,
    message: (f: { board: string; wanted: string; found: string }) =>
      `this is not a ${f.board}: it says ${f.found}, expected ${f.wanted}`,
    hint: () => "choose the right --board; --force flashes all the same",
  },
  "wrong-board": {
    exit: 11,
    message: (f: { image: string; board: string }) => `the image was built for ${f.image}, not for ${f.board}`,
    hint: () => "build it for this board; --force flashes all the same",
  },
  "outside-flash": {
    exit: 11,
    message: (f: { board: string; address: number; bytes: number; where: string }) =>
      `the image has ${f.bytes} bytes at ${hex(f.address)}: ${f.where} of ${f.board}`,
    hint: () => "was the image built for another board?",
  },
  "drive-full": {
    exit: 6,
    message: (f: { drive: string; bytes: number }) => `the drive ${f.drive} has no room for ${f.bytes} bytes`,
    hint: () => "boot loaders' drives are made anew at each plug: unplug the board, plug it in and try again",
  },
  "drive-read-only": {
    exit: 5,
    message: (f: { drive: string }) => `the drive ${f.drive} cannot be written`,
    hint: () => "it is mounted read-only, or by another user: unmount it, unplug the board and plug it in again",
  },
  "drive-stays": {
    exit: 6,
    message: (f: { drive: string; seconds: number }) =>
      `the drive ${f.drive} took the file, but the board did not restart within ${f.seconds} s`,
    hint: () => "the boot loader did not accept the image; is it for another chip?",
  },
  "probe-refused": {
    exit: 6,
    message: (f: { drive: string; text: string }) => `the debug probe ${f.drive} reports: ${f.text}`,
  },
  refused: {
    exit: 6,
    message: (f: { what: string; status: string }) => `the boot loader refused to ${f.what}: ${f.status}`,
  },
  "no-answer": {
    exit: 6,
    message: (f: { what: string; seconds: number }) => `no answer within ${f.seconds} s: ${f.what}`,
    hint: () => "unplug the board, plug it in again and run the same command",
  },
  nonsense: {
    exit: 6,
    message: (f: { what: string }) => `the boot loader answers what no boot loader should: ${f.what}`,
    hint: () => "a loose cable, or another device than it claims to be",
  },
  verify: {
    exit: 7,
    message: (f: { address: number; expected: readonly number[]; found: readonly number[] }) =>
      `flash at ${hex(f.address)} holds ${bytesText(f.found)}, the image has ${bytesText(f.expected)}`,
    hint: () => "flash again; if it stays, the flash is worn out, protected or of another size",
  },
  "verify-digest": {
    exit: 7,
    message: (f: { address: number; bytes: number; wanted: string; found: string }) =>
      `the checksum of ${f.bytes} bytes of flash at ${hex(f.address)} is ${f.found}, the image's is ${f.wanted}`,
    hint: () => "flash again; if it stays, the flash is worn out, protected or of another size",
  },
  stopped: { exit: 6, message: (_: { stage: string }) => "flashing was stopped" },
});
