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
  // RM0432 2.2 addresses, 13.3 interrupts; alternate functions: STM32L4R5xx datasheet table 16; port G's pins from 2 on hang on VDDIO2.
  devices: [
    { name: "rcc", model: "stm32l4-rcc", base: 0x40021000 },
    { name: "pwr", model: "stm32l4-pwr", base: 0x40007000 },
    { name: "flash", model: "stm32l4-flash", base: 0x40022000, options: { ceilings: "20 40 60 80 100 120" } },
    { name: "iwdg", model: "stm32-iwdg", base: 0x40003000 },
    { name: "tim2", model: "stm32-timer", base: 0x40000000, interrupts: [28], options: { bits: 32 } },
    { name: "tim3", model: "stm32-timer", base: 0x40000400, interrupts: [29] },
    { name: "tim4", model: "stm32-timer", base: 0x40000800, interrupts: [30] },
    { name: "tim5", model: "stm32-timer", base: 0x40000c00, interrupts: [50], options: { bits: 32 } },
    { name: "i2c1", model: "stm32-i2c2", base: 0x40005400, interrupts: [31, 32] },
    { name: "i2c2", model: "stm32-i2c2", base: 0x40005800, interrupts: [33, 34] },
    { name: "i2c3", model: "stm32-i2c2", base: 0x40005c00, interrupts: [72, 73] },
    { name: "dma1", model: "stm32l4-dma", base: 0x40020000, interrupts: [11, 12, 13, 14, 15, 16, 17] },
    { name: "dmamux1", model: "stm32l4-dmamux", base: 0x40020800 },
    { name: "sai1", model: "stm32l4-sai", base: 0x40015400, interrupts: [74] },
    {
      name: "gpioa",
      model: "stm32-gpio",
      base: 0x48000000,
      options: {
        mode: 0xabffffff,
        pull: 0x64000000,
        functions: "2:7:usart2.tx 2:8:lpuart1.tx 3:7:usart2.rx 3:8:lpuart1.rx 9:7:usart1.tx 10:7:usart1.rx",
      },
    },
    {
      name: "gpiob",
      model: "stm32-gpio",
      base: 0x48000400,
      options: {
        port: 1,
        mode: 0xfffffebf,
        pull: 0x100,
        functions:
          "6:4:i2c1.scl 6:7:usart1.tx 7:4:i2c1.sda 7:7:usart1.rx 8:4:i2c1.scl 9:4:i2c1.sda 10:4:i2c2.scl 10:7:usart3.tx 10:8:lpuart1.rx 11:4:i2c2.sda 11:7:usart3.rx 11:8:lpuart1.tx",
      },
    },
    {
      name: "gpioc",
      model: "stm32-gpio",
      base: 0x48000800,
      options: {
        port: 2,
        mode: 0xffffffff,
        functions:
          "0:4:i2c3.scl 0:8:lpuart1.rx 1:4:i2c3.sda 1:8:lpuart1.tx 4:7:usart3.tx 5:7:usart3.rx 10:7:usart3.tx 11:7:usart3.rx",
      },
    },
    {
      name: "gpiod",
      model: "stm32-gpio",
      base: 0x48000c00,
      options: { port: 3, mode: 0xffffffff, functions: "5:7:usart2.tx 6:7:usart2.rx 8:7:usart3.tx 9:7:usart3.rx" },
    },
    {
      name: "gpioe",
      model: "stm32-gpio",
      base: 0x48001000,
      options: { port: 4, mode: 0xffffffff, functions: "4:13:sai1.fs 5:13:sai1.sck 6:13:sai1.sd" },
    },
    {
      name: "gpiof",
      model: "stm32-gpio",
      base: 0x48001400,
      options: { port: 5, mode: 0xffffffff, functions: "0:4:i2c2.sda 1:4:i2c2.scl" },
    },
    {
      name: "gpiog",
      model: "stm32-gpio",
      base: 0x48001800,
      options: {
        port: 6,
        mode: 0xffffffff,
        supply: "pwr.vddio2",
        functions:
          "7:4:i2c3.scl 7:8:lpuart1.tx 8:4:i2c3.sda 8:8:lpuart1.rx 9:7:usart1.tx 10:7:usart1.rx 13:4:i2c1.sda 14:4:i2c1.scl",
      },
    },
    { name: "gpioh", model: "stm32-gpio", base: 0x48001c00, options: { port: 7, mode: 0x0000000f } },
    { name: "gpioi", model: "stm32-gpio", base: 0x48002000, options: { port: 8, mode: 0xffffffff } },
  ],
  interrupts: 95,
  priorityBits: 4,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  bootId: 0x470, // AN2606, table of product ids
} as const satisfies Chip;
