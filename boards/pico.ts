// Raspberry Pi Pico (Pico Datasheet): RP2040, 2 MB of QSPI flash, UART0 on GP0/GP1. Flash begins with the 256-byte boot stage
// that the ROM copies to RAM and runs (RP2040 Datasheet 2.8.1.3), so vectors are at 0x1000_0100.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/rp2040.ts";

export default {
  name: "pico",
  title: "Raspberry Pi Pico",
  chip,
  clockHz: 125_000_000,
  console: { uart: "uart0", baud: 115200, pins: { transmit: 0, receive: 1 } },
  consoles: { usb: { uart: "usb", baud: 115200, driver: { driver: "usb_cdc" } } },
  // the pico-sdk's own ids of a serial port; the number of a board is its flash chip's, which is not read
  usb: { vendorId: 0x2e8a, productId: 0x000a, manufacturer: "Raspberry Pi" },
  hal: {
    // 12 MHz · 125 / (6 · 2) = 125 MHz (RP2040 Datasheet 2.18.2.1)
    clock: {
      driver: "rp2040_clock",
      config: { crystalHz: 12_000_000, feedback: 125, firstDivider: 6, secondDivider: 2 },
    },
    console: {
      driver: "rp2040_uart",
      interrupts: { isr: 20 },
      config: { base: 0x40034000, transmit: 0, receive: 1 },
    },
    usb: { driver: "rp2040_usb", interrupts: { isr: 5 } },
    timer: { driver: "rp2040_timer", interrupts: { isr: 0 } },
    cycles: { driver: "systick", interrupts: { isr: -1 } },
    watchdog: { driver: "rp2040_watchdog" },
    power: { driver: "rp2040_power" },
    i2c: { driver: "rp2040_i2c", config: { base: 0x40044000, hz: 400_000, data: 4, clock: 5 } },
    // GP26, ADC0
    audio: { driver: "rp2040_audio", interrupts: { isr: 11 }, config: { input: 0 } },
    flash: { driver: "rp2040_flash", config: { end: 0x10200000 } },
  },
  microphone: "analog",
  image: { start: 0x10000100, bootStage: "rp2040" },
  // INFO_UF2.TXT of the boot ROM (RP2040 Datasheet 2.8.4).
  boot: { protocol: "picoboot", drive: { labels: ["RPI-RP2"], ids: ["RPI-RP2"] } },
  reserved: [{ name: "boot2", base: 0x10000000, bytes: 0x100 }],
  aliases: ["rp2040:rp2040:rpipico", "rpi_pico"],
} as const satisfies Board;
