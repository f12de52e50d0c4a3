// WeAct Black Pill (STM32F411CEU6) at 100 MHz, console USART1 on PA9/PA10, which is also the system boot loader's (AN2606).

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32f411ce.ts";

export default {
  name: "blackpill-f411",
  title: "WeAct Black Pill F411",
  chip,
  clockHz: 100_000_000,
  console: { uart: "usart1", baud: 115200, pins: { transmit: 9, receive: 10 } },
  hal: {
    // 25 MHz crystal / 25 · 200 / 2 = 100 MHz; APB1 50 MHz (/2), APB2 100 MHz, 3 wait states. Ports A to C,
    // DMA1, DMA2; TIM3, TIM5, SPI2, I2C1; USART1, ADC1.
    clock: {
      driver: "stm32f4_clock",
      config: {
        ...{ bypass: 0, m: 25, n: 200, p: 2, prescalers: 4 << 10, waits: 3, overdrive: 0 },
        ...{ ahb1: 7 | (3 << 21), apb1: (1 << 1) | (1 << 3) | (1 << 14) | (1 << 21), apb2: (1 << 4) | (1 << 8) },
        ports: 0x40020000,
      },
    },
    console: {
      driver: "stm32_usart1",
      interrupts: { isr: 37 },
      config: { base: 0x40011000, transmit: 9, receive: 10, function: 7, divider: 1 },
    },
    timer: { driver: "stm32_timer", interrupts: { isr: 50 }, config: { base: 0x40000c00, irq: 50, divider: 1 } },
    cycles: { driver: "dwt" },
    watchdog: { driver: "stm32_watchdog" },
    power: { driver: "stm32f4_power" },
    // PB6, PB7
    i2c: {
      driver: "stm32_i2c1",
      config: { base: 0x40005400, hz: 400_000, clock: 22, data: 23, function: 4, divider: 2 },
    },
    flash: { driver: "stm32f4_flash", config: { end: 0x08080000 } },
    // PA0, ADC1_IN0
    audio: { driver: "stm32f4_audio", interrupts: { isr: 56, isr_overrun: 18 }, config: { input: 0 } },
  },
  microphone: "analog",
  microphones: {
    // PB13 CK, PB12 WS, PB15 SD; the microphone's L/R pin low: left
    i2s: {
      driver: "stm32f4_i2s",
      interrupts: { isr: 14, isr_overrun: 36 },
      config: { clock: 29, select: 28, data: 31, function: 5, right: 0 },
    },
  },
  image: { start: 0x08000000 },
  boot: { protocol: "an3155" },
  reserved: [],
  aliases: ["blackpill_f411ce"],
} as const satisfies Board;
