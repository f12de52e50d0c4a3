// What the cases of the doctor are made of: boards as USB shows them, and devices that speak as boards do when something is wrong.

import { rawFrame } from "../../host/serial/cobs.ts";
import type { EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import type { Clock } from "../../host/serial/port.ts";
import type { FakeRoot, FakeUsb } from "./fake-root.ts";
import { noise } from "./flash-bench.ts";
import { bootLine, resultLine } from "./scripted-device.ts";
import { Speaker } from "./speaker.ts";

export interface DoctorCase {
  readonly name: string;
  /** Undefined: healthy. */
  readonly finds?: string;
  readonly exit: number;
  readonly args: readonly string[];
  readonly distribution?: string;
  /** `pty`: where the device's line is, if there is one. */
  build(root: FakeRoot, pty?: string): void;
  /** On the line of `-p auto`; how it is reached by the real process. */
  readonly device?: { make(clock: Clock): EmulatedDevice; readonly through: "pty" | "tcp" | "rfc2217" };
  readonly withoutBinding?: boolean;
  /** What the fix must say. */
  readonly fix?: RegExp;
  /** One of the twelve. */
  readonly ofTwelve?: boolean;
}

export const pico: FakeUsb = {
  vendor: "2e8a",
  product: "000a",
  serial: "E6612483CB",
  tty: "ttyACM0",
  driver: "cdc_acm",
};
export const modem = ["02", "02", "01"] as const;
export const plain = ["02", "02", "00"] as const;
export const bootsel: FakeUsb = {
  vendor: "2e8a",
  product: "0003",
  words: "RP2 Boot",
  serial: "E0C9125B0D9B",
  interface: ["ff", "00", "00"],
};
export const keyboard: FakeUsb = {
  vendor: "046d",
  product: "c31c",
  words: "USB Keyboard",
  interface: ["03", "01", "01"],
  driver: "usbhid",
};
export const cp2102: FakeUsb = { vendor: "10c4", product: "ea60", serial: "0001", driver: "cp210x", tty: "ttyUSB0" };
export const ch340: FakeUsb = { vendor: "1a86", product: "7523" };
export const stLink: FakeUsb = {
  vendor: "0483",
  product: "374b",
  serial: "066CFF",
  tty: "ttyACM0",
  driver: "cdc_acm",
  interface: plain,
};

export const mine = { memberOf: true, owner: true } as const;
export const results = (i: number) => `${resultLine(i)}\n`;
export const speaker = (piece: (index: number) => Uint8Array | string | undefined, more = {}) => ({
  make: (clock: Clock) => new Speaker({ piece, everyMilliseconds: 100, ...more }, clock),
  through: "pty" as const,
});

export const brownoutBoot = bootLine.replace('"reset":1', '"reset":6');
export const espStart = (i: number) =>
  i % 2 === 0
    ? "ets Jun  8 2016 00:22:57\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nload:0x3fff0030,len:1184\r\n"
    : "entry 0x400805e4\r\n\r\nBrownout detector was triggered\r\n\r\n";

/** Of five lines one is hurt; of the raw frames every second fails its CRC. */
export function hurtLine(i: number): Uint8Array {
  if (i % 4 === 3) {
    const frame = rawFrame(noise(60, i + 1));
    if (i % 8 === 3) frame[20] = frame[20]! ^ 0x44 || 1;
    return frame;
  }
  const line = new TextEncoder().encode(results(i));
  if (i % 5 === 2) for (const at of [3, 40, 41]) line[at] = line[at]! ^ 0x85;
  return line;
}
