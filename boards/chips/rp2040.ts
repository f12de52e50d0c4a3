// RP2040 (Raspberry Pi, RP2040 Datasheet). 2.2 address map; 2.6.2 SRAM; 2.6.3 XIP cache: 16 KB, two-way, 8-byte lines; 4.2 UART
// (PL011); 2.4.2 core: M0+ with VTOR, MPU of 8 regions, 26 interrupts of 32. One core is modelled.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "rp2040",
  title: "RP2040",
  core: "cortex-m0plus",
  memories: [
    { name: "rom", kind: "rom", base: 0, bytes: 0x4000 },
    {
      name: "flash",
      kind: "flash",
      base: 0x10000000,
      bytes: 0x200000, // the board's W25Q16JV: 2 MB
      sectors: [{ bytes: 4096, count: 512 }],
      writeBytes: 256,
      timing: {
        kind: "xip-cache",
        cacheBytes: 16384,
        ways: 2,
        lineBytes: 8,
        // Our boot stage reads with command 03h, one data line: 8 command + 24 address clocks, 8 clocks a byte, divider 4.
        clockDivider: 4,
        setupClocks: 32,
        clocksPerByte: 8,
        source: "RP2040 Datasheet 2.6.3 (cache), 4.10 (SSI); serial clocks of command 03h",
      },
    },
    // 2.6.2: four striped 64 KB banks, then two of 4 KB.
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x42000 },
  ],
  uarts: [
    { name: "uart0", model: "pl011", base: 0x40034000, irq: 20 },
    { name: "uart1", model: "pl011", base: 0x40038000, irq: 21 },
  ],
  peripherals: [
    { base: 0x14000000, bytes: 0x4000 }, // XIP control
    { base: 0x18000000, bytes: 0x1000 }, // SSI
    { base: 0x40000000, bytes: 0x70000 }, // APB, with its set, clear and xor aliases
    { base: 0x50000000, bytes: 0x400000 }, // AHB: DMA, USB, PIO
    { base: 0xd0000000, bytes: 0x1000 }, // SIO
  ],
  // 2.3.2: interrupts. In the order in which a reset reaches them: first what clocks the rest.
  devices: [
    { name: "rosc", model: "rp2040-rosc", base: 0x40060000 },
    { name: "clocks", model: "rp2040-clocks", base: 0x40008000, interrupts: [17] },
    { name: "xosc", model: "rp2040-xosc", base: 0x40024000, options: { hz: 12_000_000 } },
    { name: "pll_sys", model: "rp2040-pll", base: 0x40028000 },
    { name: "pll_usb", model: "rp2040-pll", base: 0x4002c000 },
    { name: "resets", model: "rp2040-resets", base: 0x4000c000 },
    { name: "psm", model: "rp2040-psm", base: 0x40010000 },
    { name: "chip_reset", model: "rp2040-chip-reset", base: 0x40064000 },
    { name: "sysinfo", model: "rp2040-sysinfo", base: 0x40000000 },
    { name: "watchdog", model: "rp2040-watchdog", base: 0x40058000 },
    { name: "timer", model: "rp2040-timer", base: 0x40054000, interrupts: [0, 1, 2, 3] },
    { name: "io_bank0", model: "rp2040-io", base: 0x40014000, interrupts: [13] },
    { name: "pads_bank0", model: "rp2040-pads", base: 0x4001c000 },
    { name: "sio", model: "rp2040-sio", base: 0xd0000000 },
    { name: "adc", model: "rp2040-adc", base: 0x4004c000, interrupts: [22] },
    { name: "dma", model: "rp2040-dma", base: 0x50000000, interrupts: [11, 12] },
    { name: "i2c0", model: "rp2040-i2c", base: 0x40044000, interrupts: [23] },
    { name: "i2c1", model: "rp2040-i2c", base: 0x40048000, interrupts: [24] },
    { name: "usb", model: "rp2040-usb", base: 0x50100000, interrupts: [5] },
    { name: "ssi", model: "rp2040-ssi", base: 0x18000000 },
    { name: "xip", model: "rp2040-xip", base: 0x14000000 },
    { name: "rom", model: "rp2040-rom", base: 0 },
  ],
  interrupts: 32,
  priorityBits: 2,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  uf2Family: 0xe48bff56,
} as const satisfies Chip;
