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
  busy: {
    exit: 6,
    message: (f: { path: string; holder?: string }) =>
      `${f.path} is in use${f.holder === undefined ? "" : ` by ${f.holder}`}`,
    hint: () => "close the program that has it (a serial monitor, another thumbelina), then try again",
  },
  address: {
    exit: 2,
    message: (f: { address: string; problem: string }) => `${f.address}: ${f.problem}`,
    hint: () => "simulated boards: sim:BOARD, sim-usb:BOARD, with @NAME for more than one of a kind",
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
  "wrong-port": {
    exit: 11,
    message: (f: { board: string; port: string; what: string }) => `${f.port} is no ${f.board}: it is ${f.what}`,
    hint: () => "choose another port with -p, or the right --board; --force tries all the same",
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
  "port-address": {
    exit: 2,
    message: (f: { address: string; problem: string }) => `${f.address}: ${f.problem}`,
    hint: () =>
      "a port is auto, a path (/dev/ttyACM0, COM3), id:SERIAL, tcp://host:port, rfc2217://host:port or sim:BOARD",
  },
  "port-filter": {
    exit: 2,
    message: (f: { filter: string }) => `--port-filter ${f.filter}: vid=…, pid=…, name=… or serial=… is expected`,
    hint: () =>
      "ids are hexadecimal or decimal as in 0x2e8a; name and serial match a part; repeat or separate by commas",
  },
  "reset-sequence": {
    exit: 2,
    message: (f: { sequence: string; step: string }) =>
      `--reset-sequence ${f.sequence}: cannot read the step "${f.step}"`,
    hint: () => "steps are D0 D1 (DTR), R0 R1 (RTS), U0,1 (both), W0.1 (wait, seconds), separated by |",
  },
  "no-port": {
    exit: 4,
    message: (f: { wanted: string; seen: readonly string[] }) =>
      `no port ${f.wanted}; ${f.seen.length === 0 ? "none was seen" : `there are: ${f.seen.join(", ")}`}`,
    hint: () => "`thumbelina devices` lists what is plugged in, `thumbelina doctor` says why something is missing",
  },
  "several-ports": {
    exit: 4,
    message: (f: { found: readonly string[] }) => `${f.found.length} ports could be meant: ${f.found.join(", ")}`,
    hint: () => "say which: -p PATH, -p id:SERIAL, --port-filter vid=…, or THUMBELINA_PORT",
  },
  "no-binding": {
    exit: 4,
    message: (f: { reason: string }) =>
      `serial ports cannot be opened: the package serialport does not load (${f.reason})`,
    hint: () => "`npm install serialport@13` brings it; tcp:// and sim: ports work without it",
  },
  "port-permission": {
    exit: 5,
    message: (f: { path: string }) => `permission denied: ${f.path}`,
    hint: () => "`thumbelina doctor` says which group or rule is missing",
  },
  "port-busy": {
    exit: 6,
    message: (f: { path: string }) => `${f.path} is in use by another program`,
    hint: () => "close the other monitor or IDE; `thumbelina doctor` says who holds it",
  },
  "port-failed": {
    exit: 6,
    message: (f: { path: string; reason: string }) => `cannot open ${f.path}: ${f.reason}`,
    hint: (f) =>
      /^(tcp|rfc2217):/.test(f.path)
        ? "start what listens there first: QEMU, ser2net, `thumbelina sim --listen`"
        : undefined,
  },
  "not-flashed": {
    exit: 4,
    message: (f: { path: string; board: string }) => `the flash of ${f.path} is empty: there is nothing to run`,
    hint: (f) => `flash it first: thumbelina flash app.json --board ${f.board} -p ${f.path}`,
  },
  "smp-silent": {
    exit: 6,
    message: (f: { command: string; seconds: number }) =>
      `the device does not answer ${f.command} (waited ${f.seconds} s)`,
    hint: () => "is it the right port, and does the firmware speak SMP? a boot loader does not",
  },
  "smp-refused": {
    exit: 6,
    message: (f: { command: string; code: number; meaning: string }) =>
      `the device refuses ${f.command}: ${f.meaning} (rc ${f.code})`,
  },
  "smp-nonsense": {
    exit: 6,
    message: (f: { command: string; problem: string }) =>
      `the device's answer to ${f.command} is not understood: ${f.problem}`,
  },
  "raw-not-permitted": {
    exit: 10,
    message: () => "the app on the device does not permit raw samples to leave it",
    hint: () =>
      '`--record` to F.jsonl or F.csv records results; for samples, "permits": ["raw"] in app.json, then build and flash again',
  },
  stopped: { exit: 6, message: (_: { stage: string }) => "flashing was stopped" },
});
