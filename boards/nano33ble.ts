// Arduino Nano 33 BLE (ABX00030): nRF52840 at 64 MHz; SAM-BA boot loader in the first 64 KB, application at 0x1_0000. Its plug is the
// chip's own USB; UARTE0 is on the pins TX/RX.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/nrf52840.ts";

export default {
  name: "nano33ble",
  title: "Arduino Nano 33 BLE",
  chip,
  clockHz: 64_000_000,
  console: { uart: "uarte0", baud: 115200 },
  image: { start: 0x10000 },
  boot: { protocol: "sam-ba" },
  reserved: [{ name: "bootloader", base: 0, bytes: 0x10000 }],
  aliases: ["arduino:mbed_nano:nano33ble", "arduino_nano_33_ble"],
} as const satisfies Board;
