// The table of flash protocols by a board's `boot.protocol`, in the order in which they are tried: what needs no driver first.

import type { Board } from "../../board/board.ts";
import type { FlashProtocol } from "../flash-types.ts";
import { stm32Usart } from "./stm32-usart.ts";

export const flashProtocols: Readonly<Record<Board["boot"]["protocol"], readonly FlashProtocol[]>> = {
  none: [],
  picoboot: [],
  "sam-ba": [],
  "nrf-dfu": [],
  an3155: [stm32Usart],
  "esp-rom": [],
  drive: [],
};
