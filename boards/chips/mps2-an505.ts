// Arm MPS2 FPGA image AN505 (Cortex-M33 in SSE-200; Arm DAI 0505, and as QEMU 7.2 has it), seen from Secure state: code SSRAM at
// 0x1000_0000, SSRAM 2 and 3 at 0x3800_0000, internal SRAM at 0x3000_0000, PSRAM at 0x8000_0000. No wait states are modelled.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "mps2-an505",
  title: "Arm MPS2 AN505",
  core: "cortex-m33",
  memories: [
    { name: "code", kind: "ram", base: 0x10000000, bytes: 0x400000, aliases: [0] },
    { name: "ram", kind: "ram", base: 0x38000000, bytes: 0x400000, aliases: [0x28000000] },
    { name: "sram", kind: "ram", base: 0x30000000, bytes: 0x20000, aliases: [0x20000000] },
    { name: "psram", kind: "ram", base: 0x80000000, bytes: 0x1000000 },
  ],
  uarts: [
    { name: "uart0", model: "cmsdk", base: 0x50200000, irq: 32, transmitIrq: 33 },
    { name: "uart1", model: "cmsdk", base: 0x50201000, irq: 34, transmitIrq: 35 },
  ],
  peripherals: [
    { base: 0x40000000, bytes: 0x400000 },
    { base: 0x50000000, bytes: 0x400000 },
  ],
  // SSE-200 (DDI 0521): APB timers at 0x5000_0000 in Secure state, secure watchdog 0x5008_1000 (NMI), system control 0x5002_1000
  devices: [
    { name: "timer0", model: "cmsdk-timer", base: 0x50000000, interrupts: [3] },
    { name: "timer1", model: "cmsdk-timer", base: 0x50001000, interrupts: [4] },
    { name: "watchdog", model: "cmsdk-watchdog", base: 0x50081000 },
    {
      name: "system",
      model: "cmsdk-reset-info",
      base: 0x50021000,
      options: { at: 0x100, clear: "zeros", "power-on": 1, watchdog: 4, software: 16, lockup: 64 },
    },
  ],
  interrupts: 124,
  priorityBits: 3,
  mpuRegions: 16, // as QEMU has it
  sysTick: true,
  vtor: true,
  security: true,
} as const satisfies Chip;
