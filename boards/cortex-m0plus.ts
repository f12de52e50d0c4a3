// Bare Cortex-M0+: what the cycle tables of the core's manual describe, no memory between.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/bare-cortex-m0plus.ts";

export default {
  name: "cortex-m0plus",
  title: "Bare Cortex-M0+, zero wait states",
  chip,
  clockHz: 100_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0 },
  boot: { protocol: "none" },
  reserved: [],
} as const satisfies Board;
