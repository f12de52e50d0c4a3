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
  devices: [
    // PS (nRF51822 v3.1) 8.1: the crystal starts in 0.8 ms; 8.6: erase 21 ms, write 46 µs
    {
      name: "clock",
      model: "nrf-clock-power",
      base: 0x40000000,
      interrupts: [0],
      options: { coreHz: 16e6, hfxoSeconds: 0.8e-3 },
    },
    { name: "timer0", model: "nrf-timer", base: 0x40008000, interrupts: [8] },
    { name: "rtc0", model: "nrf-rtc", base: 0x4000b000, interrupts: [11] },
    { name: "wdt", model: "nrf-wdt", base: 0x40010000, interrupts: [16] },
    {
      name: "nvmc",
      model: "nrf-nvmc",
      base: 0x4001e000,
      options: { eraseSeconds: 0.021, eraseAllSeconds: 0.021, writeSeconds: 46e-6 },
    },
    { name: "gpio", model: "nrf-gpio", base: 0x50000000 },
  ],
  interrupts: 32,
  priorityBits: 2,
  mpuRegions: 0,
  sysTick: false,
  vtor: false,
} as const satisfies Chip;
