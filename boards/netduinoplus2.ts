// Netduino Plus 2 as QEMU 7.2 has it: STM32F405, console USART1. QEMU models no clock tree, so the clock is an assumption, and no
// start-up may wait for it.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/stm32f405rg.ts";

export default {
  name: "netduinoplus2",
  title: "Netduino Plus 2 (QEMU)",
  chip,
  clockHz: 168_000_000,
  clockAssumed: true,
  console: { uart: "usart1", baud: 115200 },
  // QEMU: RCC reads 0, so there are no bus prescalers (divider 1); TIM2 does not compare: SysTick at the machine's own clock is the time base.
  hal: {
    clock: { driver: "cmsdk_clock", config: { ports: 0x40020000 } },
    console: {
      driver: "stm32_usart1",
      interrupts: { isr: 37 },
      config: { base: 0x40011000, transmit: 9, receive: 10, function: 7, divider: 1 },
    },
    timer: { driver: "systick_timer", interrupts: { isr: -1 } },
    cycles: { driver: "uncounted" },
    watchdog: { driver: "stm32_watchdog" },
    power: { driver: "stm32f4_power" },
  },
  image: { start: 0x08000000 },
  boot: { protocol: "none", qemu: "netduinoplus2" },
  reserved: [],
} as const satisfies Board;
