// NUCLEO-F446RE (UM1724): STM32F446RE at 180 MHz, console USART2 through the ST-LINK (6.8), image copied to its drive.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32f446re.ts";

export default {
  name: "nucleo-f446re",
  title: "ST NUCLEO-F446RE",
  chip,
  clockHz: 180_000_000,
  console: { uart: "usart2", baud: 115200 },
  image: { start: 0x08000000 },
  // Four digits: the platform code in the drive's MBED.HTM (mbed-os targets.json).
  boot: { protocol: "drive", drive: { labels: ["NODE_F446RE", "NOD_F446RE"], ids: ["0777"] } },
  reserved: [],
  aliases: ["nucleo_f446re"],
} as const satisfies Board;
