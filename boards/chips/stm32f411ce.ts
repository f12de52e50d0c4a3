// STM32F411CE (RM0383). Memory map 2.2; flash 512 KB in sectors (3.4), seen also at 0; wait states 3 above 90 MHz at 2.7 to 3.6 V;
// ART accelerator: 64 instruction and 8 data lines of 128 bits, prefetch (3.5.2); writes of 1 to 8 bytes by supply voltage.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "stm32f411ce",
  title: "STM32F411CE",
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
        waits: 3,
        lineBytes: 16,
        prefetch: true,
        instructionLines: 64,
        dataLines: 8,
        source: "RM0383 3.5.1 (3 above 90 MHz at 2.7 to 3.6 V), 3.5.2",
      },
    },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 128 * 1024 },
  ],
  uarts: [
    { name: "usart1", model: "stm32-v1", base: 0x40011000, irq: 37 },
    { name: "usart2", model: "stm32-v1", base: 0x40004400, irq: 38 },
    { name: "usart6", model: "stm32-v1", base: 0x40011400, irq: 71 },
  ],
  peripherals: [
    { base: 0x1fff0000, bytes: 0x10000 }, // system memory, OTP, unique id
    { base: 0x40000000, bytes: 0x10000 }, // APB1
    { base: 0x40010000, bytes: 0x10000 }, // APB2
    { base: 0x40020000, bytes: 0x60000 }, // AHB1
    { base: 0x50000000, bytes: 0x61000 }, // AHB2
  ],
  // RM0383 2.3 addresses, 10.2 interrupts; alternate functions: STM32F411xC/E datasheet table 9; 5.1.3 voltage scales; hseHz: the Black
  // Pill's crystal
  devices: [
    {
      name: "rcc",
      model: "stm32f4-rcc",
      base: 0x40023800,
      options: { hseHz: 25_000_000, hseExternal: 0, apb1MaxHz: 50_000_000, apb2MaxHz: 100_000_000 },
    },
    {
      name: "pwr",
      model: "stm32f4-pwr",
      base: 0x40007000,
      options: { vos: 2, scale1Hz: 100_000_000, scale2Hz: 84_000_000, scale3Hz: 64_000_000 },
    },
    { name: "flash", model: "stm32f4-flash", base: 0x40023c00, options: { ceilings: "30 64 90 100" } },
    { name: "iwdg", model: "stm32-iwdg", base: 0x40003000 },
    { name: "tim2", model: "stm32-timer", base: 0x40000000, interrupts: [28], options: { bits: 32 } },
    { name: "tim3", model: "stm32-timer", base: 0x40000400, interrupts: [29] },
    { name: "tim4", model: "stm32-timer", base: 0x40000800, interrupts: [30] },
    { name: "tim5", model: "stm32-timer", base: 0x40000c00, interrupts: [50], options: { bits: 32 } },
    { name: "adc1", model: "stm32f4-adc", base: 0x40012000, interrupts: [18] },
    { name: "spi2", model: "stm32f4-i2s", base: 0x40003800, interrupts: [36] },
    {
      name: "dma1",
      model: "stm32f4-dma",
      base: 0x40026000,
      interrupts: [11, 12, 13, 14, 15, 16, 17, 47],
    },
    {
      name: "dma2",
      model: "stm32f4-dma",
      base: 0x40026400,
      interrupts: [56, 57, 58, 59, 60, 68, 69, 70],
    },
    { name: "i2c1", model: "stm32-i2c1", base: 0x40005400, interrupts: [31, 32] },
    { name: "i2c2", model: "stm32-i2c1", base: 0x40005800, interrupts: [33, 34] },
    { name: "i2c3", model: "stm32-i2c1", base: 0x40005c00, interrupts: [72, 73] },
    {
      name: "gpioa",
      model: "stm32-gpio",
      base: 0x40020000,
      options: {
        mode: 0xa8000000,
        pull: 0x64000000,
        functions:
          "2:7:usart2.tx 3:7:usart2.rx 8:4:i2c3.scl 9:7:usart1.tx 10:7:usart1.rx 11:8:usart6.tx 12:8:usart6.rx 15:7:usart1.tx",
      },
    },
    {
      name: "gpiob",
      model: "stm32-gpio",
      base: 0x40020400,
      options: {
        port: 1,
        mode: 0x280,
        pull: 0x100,
        functions:
          "3:7:usart1.rx 3:9:i2c2.sda 4:9:i2c3.sda 6:4:i2c1.scl 6:7:usart1.tx 7:4:i2c1.sda 7:7:usart1.rx 8:4:i2c1.scl 8:9:i2c3.sda 9:4:i2c1.sda 9:5:spi2.ws 9:9:i2c2.sda 10:4:i2c2.scl 10:5:spi2.ck 12:5:spi2.ws 13:5:spi2.ck 15:5:spi2.sd",
      },
    },
    { name: "gpioc", model: "stm32-gpio", base: 0x40020800, options: { port: 2 } },
    { name: "gpioh", model: "stm32-gpio", base: 0x40021c00, options: { port: 7 } },
  ],
  interrupts: 86,
  priorityBits: 4,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  uf2Family: 0x57755a57,
  bootId: 0x431, // AN2606, table of product ids
} as const satisfies Chip;
