// nRF51822 (nRF51 Series Reference Manual v3.0). 5 memory: 256 KB flash in 1 KB pages, 16 KB RAM; 29 UART; no SysTick, no VTOR, no
// MPU of the Arm kind. 16 MHz: flash without wait states.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "nrf51822",
  title: "nRF51822",
  core: "cortex-m0",
  memories: [
    { name: "flash", kind: "flash", base: 0, bytes: 0x40000, sectors: [{ bytes: 1024, count: 256 }], writeBytes: 4 },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x4000 },
  ],
  uarts: [{ name: "uart0", model: "nrf-uart", base: 0x40002000, irq: 2 }],
  peripherals: [
    { base: 0x10000000, bytes: 0x2000 }, // FICR, UICR
    { base: 0x40000000, bytes: 0x20000 }, // APB
    { base: 0x50000000, bytes: 0x1000 }, // GPIO
  ],
  fixed: [
    { address: 0x40000100, value: 1, why: "CLOCK.EVENTS_HFCLKSTARTED (RM 12)" },
    { address: 0x4001e400, value: 1, why: "NVMC.READY (RM 6)" },
  ],
  interrupts: 32,
  priorityBits: 2,
  mpuRegions: 0,
  sysTick: false,
  vtor: false,
} as const satisfies Chip;
