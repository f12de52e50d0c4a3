// NUCLEO-F446RE (UM1724): STM32F446RE at 180 MHz, console USART2 (PA2, PA3) through the ST-LINK (6.8), image
// copied to its drive.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32f446re.ts";

export default {
  name: "nucleo-f446re",
  title: "ST NUCLEO-F446RE",
  chip,
  clockHz: 180_000_000,
  console: { uart: "usart2", baud: 115200, pins: { transmit: 2, receive: 3 } },
  hal: {
    // 8 MHz of the ST-LINK's MCO (6.7.1) / 4 · 180 / 2 = 180 MHz, over-drive on; APB1 45 MHz (/4), APB2 90 MHz (/2), 5 wait states.
    // Ports A to C, DMA1, DMA2; TIM3, TIM5, SPI2, USART2, I2C1; ADC1.
    clock: {
      driver: "stm32f4_clock",
      config: {
        ...{ bypass: 1, m: 4, n: 180, p: 2, prescalers: (5 << 10) | (4 << 13), waits: 5, overdrive: 1 },
        ...{ ahb1: 7 | (3 << 21), apb1: (1 << 1) | (1 << 3) | (1 << 14) | (1 << 17) | (1 << 21), apb2: 1 << 8 },
        ports: 0x40020000,
      },
    },
    console: {
      driver: "stm32_usart1",
      interrupts: { isr: 38 },
      config: { base: 0x40004400, transmit: 2, receive: 3, function: 7, divider: 4 },
    },
    timer: { driver: "stm32_timer", interrupts: { isr: 50 }, config: { base: 0x40000c00, irq: 50, divider: 2 } },
    cycles: { driver: "dwt" },
    watchdog: { driver: "stm32_watchdog" },
    power: { driver: "stm32f4_power" },
    // D15 and D14: PB8, PB9
    i2c: {
      driver: "stm32_i2c1",
      config: { base: 0x40005400, hz: 400_000, clock: 24, data: 25, function: 4, divider: 4 },
    },
    flash: { driver: "stm32f4_flash", config: { end: 0x08080000 } },
    // A0: PA0, ADC1_IN0
    audio: { driver: "stm32f4_audio", interrupts: { isr: 56, isr_overrun: 18 }, config: { input: 0 } },
  },
  microphone: "analog",
  microphones: {
    // morpho CN10: PB13 CK, PB12 WS, PB15 SD (UM1724, its pin tables); the microphone's L/R pin low: left
    i2s: {
      driver: "stm32f4_i2s",
      interrupts: { isr: 14, isr_overrun: 36 },
      config: { clock: 29, select: 28, data: 31, function: 5, right: 0 },
    },
  },
  image: { start: 0x08000000 },
  // Four digits: the platform code in the drive's MBED.HTM (mbed-os targets.json).
  boot: { protocol: "drive", drive: { labels: ["NODE_F446RE", "NOD_F446RE"], ids: ["0777"] } },
  reserved: [],
  aliases: ["nucleo_f446re"],
} as const satisfies Board;
