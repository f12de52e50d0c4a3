// nRF52840 (nRF52840 Product Specification v1.7). 4.2 memory: 1 MB flash in 4 KB pages, 256 KB RAM; 4.3 NVMC: words, 2 KB
// instruction cache; 6.34 UARTE. 5.1: two wait states of flash at 64 MHz without the cache.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "nrf52840",
  title: "nRF52840",
  core: "cortex-m4",
  memories: [
    {
      name: "flash",
      kind: "flash",
      base: 0,
      bytes: 0x100000,
      sectors: [{ bytes: 4096, count: 256 }],
      writeBytes: 4,
      timing: {
        kind: "wait-states",
        waits: 2,
        lineBytes: 16,
        prefetch: false,
        instructionLines: 128,
        dataLines: 0,
        source:
          "nRF52840 PS v1.7 4.3 (2 KB instruction cache); assumed: 2 waits at every miss, 128 lines of 16 bytes, fully associative",
      },
    },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x40000 },
  ],
  uarts: [
    { name: "uarte0", model: "nrf-uarte", base: 0x40002000, irq: 2 },
    { name: "uarte1", model: "nrf-uarte", base: 0x40028000, irq: 40 },
  ],
  peripherals: [
    { base: 0x10000000, bytes: 0x2000 }, // FICR, UICR
    { base: 0x40000000, bytes: 0x30000 }, // APB
    { base: 0x4006e000, bytes: 0x1000 }, // switches that errata 171 and 187 name
    { base: 0x50000000, bytes: 0x1000 }, // GPIO
  ],
  fixed: [
    { address: 0x10000060, value: 0x5eb1d0a2, why: "FICR.DEVICEID[0]: no two chips have one" },
    { address: 0x10000064, value: 0x1e7a0c4f, why: "FICR.DEVICEID[1]" },
  ],
  devices: [
    { name: "clock", model: "nrf-clock-power", base: 0x40000000, interrupts: [0], options: { usb: "usbd" } },
    { name: "timer0", model: "nrf-timer", base: 0x40008000, interrupts: [8] },
    { name: "timer1", model: "nrf-timer", base: 0x40009000, interrupts: [9] },
    { name: "timer2", model: "nrf-timer", base: 0x4000a000, interrupts: [10] },
    { name: "timer3", model: "nrf-timer", base: 0x4001a000, interrupts: [26], options: { channels: 6 } },
    { name: "timer4", model: "nrf-timer", base: 0x4001b000, interrupts: [27], options: { channels: 6 } },
    { name: "rtc0", model: "nrf-rtc", base: 0x4000b000, interrupts: [11] },
    { name: "rtc1", model: "nrf-rtc", base: 0x40011000, interrupts: [17] },
    { name: "wdt", model: "nrf-wdt", base: 0x40010000, interrupts: [16] },
    { name: "twim0", model: "nrf-twim", base: 0x40003000, interrupts: [3] },
    { name: "twim1", model: "nrf-twim", base: 0x40004000, interrupts: [4] },
    { name: "pdm", model: "nrf-pdm", base: 0x4001d000, interrupts: [29] },
    { name: "saadc", model: "nrf-saadc", base: 0x40007000, interrupts: [7] },
    { name: "ppi", model: "nrf-ppi", base: 0x4001f000, options: { "0x40007104": "saadc.end" } },
    { name: "usbd", model: "nrf-usbd", base: 0x40027000, interrupts: [39] },
    { name: "nvmc", model: "nrf-nvmc", base: 0x4001e000 },
    { name: "gpio", model: "nrf-gpio", base: 0x50000000, options: { ports: 2, i2c: "twim0 twim1" } },
  ],
  interrupts: 48,
  priorityBits: 3,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  uf2Family: 0xada52840,
} as const satisfies Chip;
