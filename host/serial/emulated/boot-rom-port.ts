// Opens a Port to the boot ROM of a simulated board: the emulated device of its protocol, with the chip's flash behind, on a line whose time
// is the given clock's. In: board, flash, clock; out: how to open it. Adding one: a row.

import { type Board, mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";
import { sectorsOf } from "../flash-parts.ts";
import type { Clock, Port } from "../port.ts";
import type { ChipFlash } from "./chip-flash.ts";
import type { EmulatedDevice } from "./emulated-device.ts";
import { EspRomDevice } from "./esp-rom-device.ts";
import { MemoryPort } from "./memory-port.ts";
import { Stm32UsartDevice } from "./stm32-usart-device.ts";

type Make = (board: Board, flash: Uint8Array) => EmulatedDevice;

const devices: Partial<Record<Board["boot"]["protocol"], Make>> = {
  an3155: (board, bytes) => {
    const { flash } = mainMemories(board);
    const sectors = sectorsOf(flash).map((sector) => sector.bytes);
    return new Stm32UsartDevice({ productId: board.chip.bootId ?? 0, flashBase: flash.base, sectors }, bytes);
  },
  "esp-rom": (board, bytes) => new EspRomDevice({ magic: board.chip.bootId ?? 0 }, bytes),
};

export function bootRomPort({ board, flash, clock }: { board: Board; flash: ChipFlash; clock: Clock }) {
  return async (): Promise<Port> => {
    const make = devices[board.boot.protocol];
    if (!make) throw error("address", { address: `sim:${board.name}`, problem: "no boot loader of it is simulated" });
    return new MemoryPort(make(board, flash.bytes), { clock, info: { path: `sim:${board.name}` } });
  };
}
