// Netduino Plus 2 as QEMU 7.2 has it: STM32F405, console USART1. QEMU models no clock tree, so the clock is an assumption, and no
// start-up may wait for it.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32f405rg.ts";

export default {
  name: "netduinoplus2",
  title: "Netduino Plus 2 (QEMU)",
  chip,
  clockHz: 168_000_000,
  clockAssumed: true,
  console: { uart: "usart1", baud: 115200 },
  image: { start: 0x08000000 },
  boot: { protocol: "an3155" },
  reserved: [],
} as const satisfies Board;
