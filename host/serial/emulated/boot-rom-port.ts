// Opens a Port to the boot ROM of a simulated board: the emulated device of its protocol, with the chip's flash behind, on a line whose time
// is the given clock's. In: board, flash, clock; out: how to open it. Adding one: a row.

import { type Board, mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";
import { sectorsOf } from "../flash-parts.ts";
import type { Clock, Port } from "../port.ts";
import type { ChipFlash } from "./chip-flash.ts";
import type { EmulatedDevice } from "./emulated-device.ts";
import { EspRomDevice } from "./esp-rom-device.ts";
import { FaultyDevice, type LineFault } from "./faulty-device.ts";
import { MemoryPort } from "./memory-port.ts";
import { NrfDfuDevice } from "./nrf-dfu-device.ts";
import { nano33, SamBaDevice, samd21Zero } from "./sam-ba-device.ts";
import { Stm32UsartDevice } from "./stm32-usart-device.ts";

type Make = (board: Board, flash: Uint8Array) => EmulatedDevice;

const devices: Partial<Record<Board["boot"]["protocol"], Make>> = {
  an3155: (board, bytes) => {
    const { flash } = mainMemories(board);
    const sectors = sectorsOf(flash).map((sector) => sector.bytes);
    return new Stm32UsartDevice({ productId: board.chip.bootId ?? 0, flashBase: flash.base, sectors }, bytes);
  },
  "esp-rom": (board, bytes) => new EspRomDevice({ magic: board.chip.bootId ?? 0 }, bytes),
  "nrf-dfu": (board, bytes) => {
    const loader = board.reserved.find(({ name }) => name === "bootloader");
    const { flash } = mainMemories(board);
    const applicationEnd = loader?.base ?? flash.base + flash.bytes;
    const settings = flash.base + flash.bytes - 4096;
    const softDevice = board.boot.softDevices?.[0] ?? 0xfffe;
    return new NrfDfuDevice({ applicationStart: board.image.start, applicationEnd, settings, softDevice }, bytes);
  },
  // Two monitors are modelled; where applications begin tells them apart.
  "sam-ba": (board, bytes) =>
    new SamBaDevice(board.image.start === nano33.applicationStart ? nano33 : samd21Zero, bytes),
};

export interface BootRomPort {
  readonly board: Board;
  readonly flash: ChipFlash;
  readonly clock: Clock;
  /** What happens on the line. */
  readonly fault?: LineFault | undefined;
}

export function bootRomPort({ board, flash, clock, fault }: BootRomPort) {
  return async (): Promise<Port> => {
    const make = devices[board.boot.protocol];
    if (!make) throw error("address", { address: `sim:${board.name}`, problem: "no boot loader of it is simulated" });
    const device = make(board, flash.bytes);
    const behind = fault ? new FaultyDevice(device, [fault]) : device;
    return new MemoryPort(behind, { clock, info: { path: `sim:${board.name}` } });
  };
}
