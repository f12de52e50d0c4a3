// The table of flash protocols by a board's `boot.protocol`, in the order in which they are tried: what needs no driver first.

import type { Board } from "../../board/board.ts";
import type { FlashProtocol } from "../flash-types.ts";
import { dfuse } from "./dfuse.ts";
import { espRom } from "./esp-rom.ts";
import { nrfDfu } from "./nrf-dfu.ts";
import { picoboot } from "./picoboot.ts";
import { probeDrive } from "./probe-drive.ts";
import { samBa } from "./sam-ba.ts";
import { stm32Usart } from "./stm32-usart.ts";
import { uf2Drive } from "./uf2-drive.ts";

export const flashProtocols: Readonly<Record<Board["boot"]["protocol"], readonly FlashProtocol[]>> = {
  none: [],
  picoboot: [uf2Drive, picoboot],
  "sam-ba": [samBa],
  "nrf-dfu": [uf2Drive, nrfDfu],
  an3155: [dfuse, stm32Usart],
  "esp-rom": [espRom],
  drive: [probeDrive],
};
