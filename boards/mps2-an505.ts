// Arm MPS2 with FPGA image AN505: a Cortex-M33 at 20 MHz that starts Secure; a machine of QEMU.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/mps2-an505.ts";

export default {
  name: "mps2-an505",
  title: "Arm MPS2 AN505 (Cortex-M33)",
  chip,
  clockHz: 20_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0x10000000 },
  boot: { protocol: "none" },
  reserved: [],
} as const satisfies Board;
