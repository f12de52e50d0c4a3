// BBC micro:bit v1: nRF51822 at 16 MHz, console UART through the DAPLink, image copied to its drive. QEMU has this machine.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/nrf51822.ts";

export default {
  name: "microbit",
  title: "BBC micro:bit v1",
  chip,
  clockHz: 16_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0 },
  boot: { protocol: "drive" },
  reserved: [],
  aliases: ["bbc_microbit"],
} as const satisfies Board;
