// STM32L4R5ZI (RM0432). 2.2 memory map; 3.3.1 flash: 2 MB, dual bank, 4 KB pages; 3.3.3 wait states: 5 above 100 MHz in
// range 1 boost; 3.3.4 ART: 32 instruction lines and 8 data lines of 4 × 64 bits, prefetch; write unit 8 bytes with ECC.
// SRAM1 192 KB, SRAM2 64 KB, SRAM3 384 KB are contiguous at 0x2000_0000; SRAM2 also at 0x1000_0000.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "stm32l4r5zi",
  title: "STM32L4R5ZI",
  core: "cortex-m4",
  memories: [
    {
      name: "flash",
      kind: "flash",
      base: 0x08000000,
      bytes: 0x200000,
      aliases: [0],
      sectors: [{ bytes: 4096, count: 512 }],
      writeBytes: 8,
      timing: {
        kind: "wait-states",
        waits: 5,
        lineBytes: 8,
        prefetch: true,
        instructionLines: 128,
        dataLines: 32,
        source:
          "RM0432 3.3.3 (5 wait states at 120 MHz, range 1 boost), 3.3.4 (1 KB and 256 bytes, counted here in 64-bit words)",
      },
    },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0xa0000 },
  ],
  uarts: [
    { name: "lpuart1", model: "stm32-lpuart", base: 0x40008000, irq: 70 },
    { name: "usart1", model: "stm32-v2", base: 0x40013800, irq: 37 },
    { name: "usart2", model: "stm32-v2", base: 0x40004400, irq: 38 },
    { name: "usart3", model: "stm32-v2", base: 0x40004800, irq: 39 },
  ],
  peripherals: [
    { base: 0x1fff0000, bytes: 0x10000 }, // system memory, OTP, unique id
    { base: 0x40000000, bytes: 0x10000 }, // APB1
    { base: 0x40010000, bytes: 0x8000 }, // APB2
    { base: 0x40020000, bytes: 0x24000 }, // AHB1
    { base: 0x48000000, bytes: 0x8070000 }, // AHB2
  ],
  fixed: [
    { address: 0x40021000, value: 0x03030503, why: "RCC_CR: MSI, HSI, HSE and PLL ready (RM0432 6.4.1)" },
    { address: 0x40021008, value: 0x0000000c, why: "RCC_CFGR: SWS says PLL (RM0432 6.4.3)" },
    { address: 0x40007014, value: 0x00000100, why: "PWR_SR2: VOSF 0, REGLPF 0 (RM0432 5.4.6)" },
  ],
  interrupts: 95,
  priorityBits: 4,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  bootId: 0x470, // AN2606, table of product ids
} as const satisfies Chip;
