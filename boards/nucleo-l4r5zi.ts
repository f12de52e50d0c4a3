// NUCLEO-L4R5ZI (UM2179): STM32L4R5ZI at 120 MHz, console LPUART1 (PG7, PG8) through the ST-LINK (6.9), image
// copied to its drive.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32l4r5.ts";

export default {
  name: "nucleo-l4r5zi",
  title: "ST NUCLEO-L4R5ZI",
  chip,
  clockHz: 120_000_000,
  console: { uart: "lpuart1", baud: 115200, pins: { transmit: 103, receive: 104 } },
  hal: {
    // HSI16 / 2 · 30 / 2 = 120 MHz, range 1 boost, 5 wait states. DMA1, DMAMUX; ports A to C, E and G; TIM5, LPUART1, I2C1; SAI1.
    clock: {
      driver: "stm32l4_clock",
      config: {
        ...{ m: 2, n: 30, r: 2, waits: 5, ports: 0x48000000 },
        ...{ ahb1: 5, ahb2: 0x57, apb1: (1 << 3) | (1 << 21), apb1more: 1, apb2: 1 << 21 },
      },
    },
    console: {
      driver: "stm32_usart2",
      interrupts: { isr: 70 },
      config: { base: 0x40008000, transmit: 103, receive: 104, function: 8, lowPower: 1 },
    },
    timer: { driver: "stm32_timer", interrupts: { isr: 50 }, config: { base: 0x40000c00, irq: 50, divider: 1 } },
    cycles: { driver: "dwt" },
    watchdog: { driver: "stm32_watchdog" },
    power: { driver: "stm32l4_power" },
    flash: { driver: "stm32l4_flash", config: { end: 0x08200000 } },
    // D15 and D14: PB8, PB9
    i2c: { driver: "stm32_i2c2", config: { base: 0x40005400, clock: 24, data: 25, function: 4 } },
    // the Zio connector's SAI_A (UM2179, its pin tables): PE5 SCK, PE4 FS, PE6 SD; the microphone's L/R pin low: left
    audio: {
      driver: "stm32l4_sai",
      interrupts: { isr: 11, isr_overrun: 74 },
      config: { clock: 69, select: 68, data: 70, function: 13, right: 0 },
    },
  },
  microphone: "i2s",
  image: { start: 0x08000000 },
  boot: { protocol: "drive", drive: { labels: ["NODE_L4R5ZI", "NOD_L4R5ZI"], ids: ["0776", "0781"] } },
  reserved: [],
  aliases: ["nucleo_l4r5zi"],
} as const satisfies Board;
