// Arm MPS2 with FPGA image AN386: a Cortex-M4 at 25 MHz; a machine of QEMU.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/mps2-an386.ts";

export default {
  name: "mps2-an386",
  title: "Arm MPS2 AN386 (Cortex-M4)",
  chip,
  clockHz: 25_000_000,
  console: { uart: "uart0", baud: 115200 },
  hal: {
    clock: { driver: "cmsdk_clock" },
    console: { driver: "cmsdk_uart", interrupts: { isr: 0, isr_transmit: 1 }, config: { base: 0x40004000 } },
    timer: {
      driver: "cmsdk_timer",
      interrupts: { isr: 9, isr_wrap: 8 },
      config: { base: 0x40000000, alarm: 0x40001000, ticks: 25 },
    },
    cycles: { driver: "dwt" },
    watchdog: { driver: "cmsdk_watchdog", config: { base: 0x40008000 } },
    power: { driver: "cmsdk_power", config: { info: 0x4001f010, software: 1, watchdog: 2, lockup: 4, clear: 7 } },
  },
  image: { start: 0 },
  boot: { protocol: "none", qemu: "mps2-an386" },
  reserved: [],
} as const satisfies Board;
