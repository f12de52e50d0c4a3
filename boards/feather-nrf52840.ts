// Adafruit Feather nRF52840 Express: SoftDevice S140 6.1.1 below 0x2_6000, application there, Adafruit boot loader at 0xF_4000, its
// settings in the last page.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/nrf52840.ts";

export default {
  name: "feather-nrf52840",
  title: "Adafruit Feather nRF52840",
  chip,
  clockHz: 64_000_000,
  console: { uart: "uarte0", baud: 115200 },
  image: { start: 0x26000 },
  boot: { protocol: "nrf-dfu" },
  reserved: [
    { name: "softdevice", base: 0, bytes: 0x26000 },
    { name: "bootloader", base: 0xf4000, bytes: 0xa000 },
    { name: "settings", base: 0xff000, bytes: 0x1000 },
  ],
  aliases: ["adafruit:nrf52:feather52840", "adafruit_feather_nrf52840"],
} as const satisfies Board;
