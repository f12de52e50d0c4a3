// Bare Cortex-M4 with FPU (DDI 0439D) as the ELF contract has it: 2 MB of flash at 0, 512 KB of RAM at 0x2000_0000, zero wait states, and a CMSDK
// UART where the mps2 boards have it, so that a program can print.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "bare-cortex-m4",
  title: "Bare Cortex-M4 with FPU",
  core: "cortex-m4",
  memories: [
    { name: "flash", kind: "flash", base: 0, bytes: 0x200000, sectors: [{ bytes: 4096, count: 512 }], writeBytes: 4 },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x80000 },
  ],
  uarts: [{ name: "uart0", model: "cmsdk", base: 0x40004000, irq: 0, transmitIrq: 1 }],
  peripherals: [{ base: 0x40000000, bytes: 0x20000 }],
  interrupts: 240,
  priorityBits: 8,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
} as const satisfies Chip;
