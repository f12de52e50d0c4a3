// Arm MPS2 with FPGA image AN505: a Cortex-M33 at 20 MHz that starts Secure; a machine of QEMU.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/mps2-an505.ts";

export default {
  name: "mps2-an505",
  title: "Arm MPS2 AN505 (Cortex-M33)",
  chip,
  clockHz: 20_000_000,
  console: { uart: "uart0", baud: 115200 },
  hal: {
    clock: { driver: "cmsdk_clock" },
    console: { driver: "cmsdk_uart", interrupts: { isr: 32, isr_transmit: 33 }, config: { base: 0x50200000 } },
    timer: {
      driver: "cmsdk_timer",
      interrupts: { isr: 4, isr_wrap: 3 },
      config: { base: 0x50000000, alarm: 0x50001000, ticks: 20 },
    },
    cycles: { driver: "dwt" },
    watchdog: { driver: "cmsdk_watchdog", config: { base: 0x50081000 } },
    power: { driver: "cmsdk_power", config: { info: 0x50021100, software: 16, watchdog: 4, lockup: 64, clear: 0 } },
  },
  image: { start: 0x10000000 },
  boot: { protocol: "none", qemu: "mps2-an505" },
  reserved: [],
} as const satisfies Board;
