// BBC micro:bit v1: nRF51822 at 16 MHz, console UART through the DAPLink, image copied to its drive. QEMU has this machine.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/nrf51822.ts";

export default {
  name: "microbit",
  title: "BBC micro:bit v1",
  chip,
  clockHz: 16_000_000,
  console: { uart: "uart0", baud: 115200, pins: { transmit: 24, receive: 25 } },
  hal: {
    clock: { driver: "nrf_clock" },
    console: {
      driver: "nrf_uart",
      interrupts: { isr: 2 },
      config: { base: 0x40002000, transmit: 24, receive: 25 },
    },
    timer: { driver: "nrf_timer", interrupts: { isr: 8 }, config: { base: 0x40008000, irq: 8 } },
    cycles: { driver: "uncounted" },
    watchdog: { driver: "nrf_watchdog", config: { irq: 16 } },
    power: { driver: "nrf_power", config: { loader: 0 } },
    flash: { driver: "nrf_flash", config: { page: 1024, end: 0x40000 } },
  },
  image: { start: 0 },
  // Board numbers of v1 boards: the first four digits of DAPLink's unique id.
  boot: { protocol: "drive", drive: { labels: ["MICROBIT"], ids: ["9900", "9901"] }, qemu: "microbit" },
  reserved: [],
  aliases: ["bbc_microbit"],
} as const satisfies Board;
