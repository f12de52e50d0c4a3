// Arduino Nano 33 BLE (ABX00030): nRF52840 at 64 MHz; SAM-BA boot loader in the first 64 KB, application at 0x1_0000. Its plug is the
// chip's own USB; UARTE0 is on the pins TX/RX.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/nrf52840.ts";

export default {
  name: "nano33ble",
  title: "Arduino Nano 33 BLE",
  chip,
  clockHz: 64_000_000,
  console: { uart: "uarte0", baud: 115200, pins: { transmit: 35, receive: 42 } },
  consoles: { usb: { uart: "usbd", baud: 115200, driver: { driver: "usb_cdc" } } },
  // ArduinoCore-mbed, boards.txt
  usb: { vendorId: 0x2341, productId: 0x805a, manufacturer: "Arduino", serial: true },
  hal: {
    clock: { driver: "nrf_clock" },
    console: {
      driver: "nrf_uarte",
      interrupts: { isr: 2 },
      config: { base: 0x40002000, transmit: 35, receive: 42 },
    },
    usb: { driver: "nrf_usbd", interrupts: { isr: 39, isr_power: 0 }, config: { irq: 39 } },
    timer: { driver: "nrf_timer", interrupts: { isr: 8 }, config: { base: 0x40008000, irq: 8 } },
    cycles: { driver: "dwt" },
    watchdog: { driver: "nrf_watchdog", config: { irq: 16 } },
    power: { driver: "nrf_power", config: { loader: 0xb0 } },
    i2c: { driver: "nrf_twim", config: { base: 0x40003000, scl: 15, sda: 14, power: 22, pullups: 32 } },
    // the microphone of the Sense (ABX00031)
    audio: { driver: "nrf_pdm", interrupts: { isr: 29 }, config: { clock: 26, data: 25, power: 17 } },
    flash: { driver: "nrf_flash", config: { page: 4096, end: 0x100000 } },
  },
  microphone: "pdm",
  image: { start: 0x10000 },
  // Its addresses count from the application, its buffer from 0 (bossac -d of Arduino's fork: writeBuffer(0x34, 0x0, 0x1000)).
  boot: { protocol: "sam-ba", samBa: { origin: 0x10000, buffer: 0 } },
  reserved: [{ name: "bootloader", base: 0, bytes: 0x10000 }],
  aliases: ["arduino:mbed_nano:nano33ble", "arduino_nano_33_ble"],
} as const satisfies Board;
