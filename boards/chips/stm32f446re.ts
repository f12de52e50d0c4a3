// STM32F446RE (RM0390). Memory map 2.2; flash 512 KB in sectors (3.4), seen also at 0; wait states 5 above 150 MHz at 2.7 to 3.6 V;
// ART accelerator: 64 instruction and 8 data lines of 128 bits, prefetch (3.5.2); writes of 1 to 8 bytes by supply voltage.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "stm32f446re",
  title: "STM32F446RE",
  core: "cortex-m4",
  memories: [
    {
      name: "flash",
      kind: "flash",
      base: 0x08000000,
      bytes: 512 * 1024,
      aliases: [0],
      sectors: [
        { bytes: 16384, count: 4 },
        { bytes: 65536, count: 1 },
        { bytes: 131072, count: 3 },
      ],
      writeBytes: 4,
      timing: {
        kind: "wait-states",
        waits: 5,
        lineBytes: 16,
        prefetch: true,
        instructionLines: 64,
        dataLines: 8,
        source: "RM0390 3.5.1 (5 above 150 MHz at 2.7 to 3.6 V), 3.5.2",
      },
    },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 128 * 1024 },
  ],
  uarts: [
    { name: "usart1", model: "stm32-v1", base: 0x40011000, irq: 37 },
    { name: "usart2", model: "stm32-v1", base: 0x40004400, irq: 38 },
    { name: "usart3", model: "stm32-v1", base: 0x40004800, irq: 39 },
    { name: "usart6", model: "stm32-v1", base: 0x40011400, irq: 71 },
  ],
  peripherals: [
    { base: 0x1fff0000, bytes: 0x10000 }, // system memory, OTP, unique id
    { base: 0x40000000, bytes: 0x10000 }, // APB1
    { base: 0x40010000, bytes: 0x10000 }, // APB2
    { base: 0x40020000, bytes: 0x60000 }, // AHB1
    { base: 0x50000000, bytes: 0x61000 }, // AHB2
  ],
  fixed: [
    { address: 0x40023800, value: 0x03030083, why: "RCC_CR: HSI, HSE and PLL ready (RCC chapter, RCC_CR)" },
    { address: 0x40007004, value: 0x00034000, why: "PWR_CSR: VOSRDY, ODRDY, ODSWRDY (PWR chapter, PWR_CSR)" },
    { address: 0x40023808, value: 0x00000008, why: "RCC_CFGR: SWS says PLL (RCC chapter, RCC_CFGR)" },
  ],
  interrupts: 97,
  priorityBits: 4,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  uf2Family: 0x57755a57,
  bootId: 0x421, // AN2606, table of product ids
} as const satisfies Chip;
