// Arm MPS2 FPGA image AN385 (Cortex-M3; Arm DAI 0385, and as QEMU 7.2 has it): 4 MB code SSRAM at 0, 4 MB data SSRAM, 16 MB PSRAM,
// CMSDK peripherals. Code memory is RAM. No wait states are modelled.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "mps2-an385",
  title: "Arm MPS2 AN385",
  core: "cortex-m3",
  memories: [
    { name: "code", kind: "ram", base: 0, bytes: 0x400000 },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x400000 },
    { name: "psram", kind: "ram", base: 0x21000000, bytes: 0x1000000 },
  ],
  uarts: [
    { name: "uart0", model: "cmsdk", base: 0x40004000, irq: 0, transmitIrq: 1 },
    { name: "uart1", model: "cmsdk", base: 0x40005000, irq: 2, transmitIrq: 3 },
    { name: "uart2", model: "cmsdk", base: 0x40006000, irq: 4, transmitIrq: 5 },
  ],
  peripherals: [{ base: 0x40000000, bytes: 0x30000 }],
  // DAI 0385: APB timers at 0x4000_0000, watchdog 0x4000_8000 (NMI), system controller 0x4001_F000
  devices: [
    { name: "timer0", model: "cmsdk-timer", base: 0x40000000, interrupts: [8] },
    { name: "timer1", model: "cmsdk-timer", base: 0x40001000, interrupts: [9] },
    { name: "watchdog", model: "cmsdk-watchdog", base: 0x40008000 },
    {
      name: "system",
      model: "cmsdk-reset-info",
      base: 0x4001f000,
      options: { at: 0x10, software: 1, watchdog: 2, lockup: 4 },
    },
  ],
  interrupts: 32,
  priorityBits: 3,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
} as const satisfies Chip;
