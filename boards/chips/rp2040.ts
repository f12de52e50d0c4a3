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
  fixed: [
    { address: 0x4000c008, value: 0xffffffff, why: "RESETS.RESET_DONE: all out of reset (2.14.3)" },
    { address: 0x40024004, value: 0x80001000, why: "XOSC.STATUS: STABLE, ENABLED (2.16.7)" },
    { address: 0x40028000, value: 0x80000000, why: "PLL_SYS.CS: LOCK (2.18.4)" },
    { address: 0x4002c000, value: 0x80000000, why: "PLL_USB.CS: LOCK (2.18.4)" },
    { address: 0x40008038, value: 1, why: "CLK_REF_SELECTED (2.15.7)" },
    { address: 0x40008044, value: 1, why: "CLK_SYS_SELECTED (2.15.7)" },
  ],
  interrupts: 32,
  priorityBits: 2,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  uf2Family: 0xe48bff56,
} as const satisfies Chip;
