// Bare Cortex-M4 with FPU: what the cycle tables of the core's manual describe, no memory between.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/bare-cortex-m4.ts";

export default {
  name: "cortex-m4",
  title: "Bare Cortex-M4 with FPU, zero wait states",
  chip,
  clockHz: 100_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0 },
  boot: { protocol: "none" },
  reserved: [],
} as const satisfies Board;
