// Arm MPS2 with FPGA image AN385: a Cortex-M3 at 25 MHz; a machine of QEMU.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/mps2-an385.ts";

export default {
  name: "mps2-an385",
  title: "Arm MPS2 AN385 (Cortex-M3)",
  chip,
  clockHz: 25_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0 },
  boot: { protocol: "none" },
  reserved: [],
} as const satisfies Board;
