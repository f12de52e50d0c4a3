// Adafruit Feather nRF52840 Express: SoftDevice S140 6.1.1 below 0x2_6000, application there, Adafruit boot loader at 0xF_4000, its
// settings in the last page.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/nrf52840.ts";

export default {
  name: "feather-nrf52840",
  title: "Adafruit Feather nRF52840",
  chip,
  clockHz: 64_000_000,
  console: { uart: "uarte0", baud: 115200, pins: { transmit: 25, receive: 24 } },
  consoles: { usb: { uart: "usbd", baud: 115200, driver: { driver: "usb_cdc" } } },
  // Adafruit_nRF52_Arduino, boards.txt
  usb: { vendorId: 0x239a, productId: 0x8029, manufacturer: "Adafruit", serial: true },
  hal: {
    clock: { driver: "nrf_clock" },
    console: {
      driver: "nrf_uarte",
      interrupts: { isr: 2 },
      config: { base: 0x40002000, transmit: 25, receive: 24 },
    },
    usb: { driver: "nrf_usbd", interrupts: { isr: 39, isr_power: 0 }, config: { irq: 39 } },
    timer: { driver: "nrf_timer", interrupts: { isr: 8 }, config: { base: 0x40008000, irq: 8 } },
    cycles: { driver: "dwt" },
    watchdog: { driver: "nrf_watchdog", config: { irq: 16 } },
    power: { driver: "nrf_power", config: { loader: 0x57 } },
    i2c: { driver: "nrf_twim", config: { base: 0x40003000, scl: 11, sda: 12, power: -1, pullups: -1 } },
    // A0
    audio: { driver: "nrf_saadc", interrupts: { isr: 7 }, config: { input: 2 } },
    flash: { driver: "nrf_flash", config: { page: 4096, end: 0x100000 } },
  },
  microphone: "analog",
  image: { start: 0x26000 },
  // Board-ID of the boot loader: `nRF52840-Feather-revD` (Adafruit_nRF52_Bootloader, boards/feather_nrf52840_express).
  boot: {
    protocol: "nrf-dfu",
    drive: { labels: ["FTHR840BOOT"], ids: ["nRF52840-Feather"] },
    softDevices: [0x00b6], // S140 6.1.1
  },
  reserved: [
    { name: "softdevice", base: 0, bytes: 0x26000 },
    { name: "bootloader", base: 0xf4000, bytes: 0xa000 },
    { name: "settings", base: 0xff000, bytes: 0x1000 },
  ],
  aliases: ["adafruit:nrf52:feather52840", "adafruit_feather_nrf52840"],
} as const satisfies Board;
