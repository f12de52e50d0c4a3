// NUCLEO-L4R5ZI (UM2179): STM32L4R5ZI at 120 MHz, console LPUART1 through the ST-LINK (6.9), image copied to its drive.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32l4r5.ts";

export default {
  name: "nucleo-l4r5zi",
  title: "ST NUCLEO-L4R5ZI",
  chip,
  clockHz: 120_000_000,
  console: { uart: "lpuart1", baud: 115200 },
  image: { start: 0x08000000 },
  boot: { protocol: "drive", drive: { labels: ["NODE_L4R5ZI", "NOD_L4R5ZI"], ids: ["0776", "0781"] } },
  reserved: [],
  aliases: ["nucleo_l4r5zi"],
} as const satisfies Board;
