// WeAct Black Pill (STM32F411CEU6) at 100 MHz, console USART1 on PA9/PA10, which is also the system boot loader's (AN2606).

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32f411ce.ts";

export default {
  name: "blackpill-f411",
  title: "WeAct Black Pill F411",
  chip,
  clockHz: 100_000_000,
  console: { uart: "usart1", baud: 115200 },
  image: { start: 0x08000000 },
  boot: { protocol: "an3155" },
  reserved: [],
  aliases: ["blackpill_f411ce"],
} as const satisfies Board;
