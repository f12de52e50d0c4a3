// The four boot loaders of serial ports as cases: device, protocol, board, a small image, and what a NACK is. Tests run over all of them.

import type { BootLoader, EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import { EspRomDevice } from "../../host/serial/emulated/esp-rom-device.ts";
import { NrfDfuDevice } from "../../host/serial/emulated/nrf-dfu-device.ts";
import { nano33, SamBaDevice, samd21Zero } from "../../host/serial/emulated/sam-ba-device.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import type { FlashProtocol } from "../../host/serial/flash-types.ts";
import { espRom } from "../../host/serial/protocols/esp-rom.ts";
import { nrfDfu } from "../../host/serial/protocols/nrf-dfu.ts";
import { samBa } from "../../host/serial/protocols/sam-ba.ts";
import { stm32Usart } from "../../host/serial/protocols/stm32-usart.ts";
import { noise, runFlash } from "./flash-bench.ts";

export interface RomBench {
  readonly name: string;
  readonly protocol: FlashProtocol;
  readonly board: string;
  readonly address: number;
  readonly flashBase: number;
  readonly flashBytes: number;
  /** Slowness 0: erasing takes no time. */
  device(flash: Uint8Array, slowness?: number): EmulatedDevice;
  /** What a user does before the next run: into the boot loader again. */
  enter(device: EmulatedDevice): void;
  /** Bits of a byte on the line. */
  readonly bits: number;
  /** The least time that the protocol allows for writing and proving this image, in milliseconds. */
  floor(data: Uint8Array, line: FloorLine): number;
  /** What refuses. */
  readonly nack: readonly number[];
}

export interface FloorLine {
  /** The bridge's latency timer, in milliseconds. */
  readonly turnaround: number;
  /** What the chip itself needs for erasing, writing and hashing. */
  readonly worked: number;
}

const baud = 115200;
const lineTime = (bytes: number, bits: number) => (1000 * bits * bytes) / baud;

/** Until the last byte of an answer is here: the bridge sends 62 bytes, or what it has when its timer runs out. */
function answerTime(bytes: number, bits: number, turnaround: number): number {
  const beforeLast = Math.floor((bytes - 1) / 62) * 62;
  const rest = bytes - beforeLast;
  if (rest === 62) return lineTime(bytes, bits);
  return Math.max(lineTime(bytes, bits), lineTime(beforeLast + 1, bits) + turnaround);
}

/** Questions and answers in turn, in bytes. */
const talk = (pairs: readonly (readonly [number, number])[], bits: number, turnaround: number): number =>
  pairs.reduce((sum, [out, back]) => sum + lineTime(out, bits) + answerTime(back, bits, turnaround), 0);

/** SLIP doubles two of the 256 bytes. */
const slipBytes = (data: Uint8Array): number =>
  data.reduce((sum, byte) => sum + (byte === 0xc0 || byte === 0xdb ? 2 : 1), 0);

/** A block of 4 KB goes into RAM, then into flash, and its CRC is asked for. */
const samBaFloor: RomBench["floor"] = (data, { turnaround, worked }) => {
  const pairs = [
    [19 + 4096 + 19, 3],
    [19, 3],
    [19, 12],
  ] as const;
  return (data.length / 4096) * talk(pairs, 10, turnaround) + worked;
};

export const f411Sectors = [16384, 16384, 16384, 16384, 65536, 131072, 131072, 131072];

export const romBenches: readonly RomBench[] = [
  {
    name: "stm32-usart",
    protocol: stm32Usart,
    board: "blackpill-f411",
    address: 0x08000000,
    flashBase: 0x08000000,
    flashBytes: 512 * 1024,
    device: (flash, slowness) =>
      new Stm32UsartDevice({ productId: 0x431, flashBase: 0x08000000, sectors: f411Sectors }, flash, {}, slowness),
    enter: (device) => device.reset(), // BOOT0 is still high
    bits: 11,
    // write: command, address, 256 bytes; read back: command, address, length
    floor: (data, { turnaround, worked }) =>
      (data.length / 256) *
        talk(
          [
            [2, 1],
            [5, 1],
            [258, 1],
            [2, 1],
            [5, 1],
            [2, 257],
          ],
          11,
          turnaround,
        ) +
      worked,
    nack: [0x1f],
  },
  {
    name: "esp-rom",
    protocol: espRom,
    board: "esp32-devkitc",
    address: 0x10000,
    flashBase: 0,
    flashBytes: 4 << 20,
    device: (flash, slowness) => new EspRomDevice({ magic: 0x00f01d83 }, flash, {}, slowness),
    enter: () => {}, // by the modem lines
    bits: 10,
    // blocks of 1 KB with 24 bytes of frame and header; answers of 10 or more bytes
    floor: (data, { turnaround, worked }) =>
      lineTime(slipBytes(data), 10) + (data.length / 1024) * talk([[24, 10]], 10, turnaround) + worked,
    nack: [0xc0, 1, 0x11, 4, 0, 0, 0, 0, 0, 1, 6, 0, 0, 0xc0],
  },
  {
    name: "nrf-dfu",
    protocol: nrfDfu,
    board: "feather-nrf52840",
    address: 0x26000,
    flashBase: 0,
    flashBytes: 1 << 20,
    device: (flash, slowness) =>
      new NrfDfuDevice(
        { applicationStart: 0x26000, applicationEnd: 0xf4000, settings: 0xff000, softDevice: 0xb6 },
        flash,
        {},
        slowness,
      ),
    enter: (device) => (device as NrfDfuDevice).doubleReset(),
    bits: 10,
    // packets of 512 bytes with 12 of frame, header and CRC; acknowledgements of 6
    floor: (data, { turnaround, worked }) =>
      lineTime(slipBytes(data), 10) + (data.length / 512) * talk([[12, 6]], 10, turnaround) + worked,
    nack: [],
  },
  {
    name: "sam-ba samd21",
    protocol: samBa,
    board: "arduino-zero",
    address: 0x2000,
    flashBase: 0,
    flashBytes: 0x40000,
    device: (flash, slowness) => new SamBaDevice(samd21Zero, flash, {}, slowness),
    enter: (device) => (device as SamBaDevice).doubleReset(),
    bits: 10,
    floor: samBaFloor,
    nack: [0x0a, 0x0d],
  },
  {
    name: "sam-ba nano33ble",
    protocol: samBa,
    board: "nano33ble",
    address: 0x10000,
    flashBase: 0,
    flashBytes: 1 << 20,
    device: (flash, slowness) => new SamBaDevice(nano33, flash, {}, slowness),
    enter: (device) => (device as SamBaDevice).doubleReset(),
    bits: 10,
    floor: samBaFloor,
    nack: [0x0a, 0x0d],
  },
];

/** 256 KB (or what the flash holds) on a line of that turnaround, and the least time that the protocol allows for it. */
export async function throughput(bench: RomBench, turnaround: number) {
  const data = image(Math.min(256 * 1024, bench.flashBytes - 0x4000), 5);
  const flash = usedFlash(bench, 16);
  const device = bench.device(flash);
  const { milliseconds } = await runFlash(bench.protocol, device, bench.board, [{ address: bench.address, data }], {
    line: { turnaroundMilliseconds: turnaround },
  });
  const floor = bench.floor(data, { turnaround, worked: (device as BootLoader).worked });
  return { bytes: data.length, milliseconds, floor, right: holdsImage(flash, bench, data) };
}

/** An image whose first word is a stack pointer in RAM. */
export function image(bytes: number, seed = 1): Uint8Array {
  const data = noise(bytes, seed);
  data.set([0, 0x80, 0, 0x20]);
  return data;
}

/** The chip's flash with something else in it. */
export function usedFlash({ flashBytes, flashBase, address }: RomBench, bytes: number): Uint8Array {
  const flash = new Uint8Array(flashBytes).fill(0xff);
  flash.set(image(bytes, 7), address - flashBase);
  return flash;
}

export function holdsImage(flash: Uint8Array, { address, flashBase }: RomBench, data: Uint8Array): boolean {
  const at = address - flashBase;
  return data.every((byte, i) => flash[at + i] === byte);
}
