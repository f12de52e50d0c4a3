// ESP32-DevKitC V4 (Espressif), ESP32-WROOM-32: USB-to-UART bridge with DTR on IO0 and RTS on EN. An image (.bin of Espressif's tools:
// boot loader at 0x1000, partition table at 0x8000, application at 0x1_0000) is written as it is.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/esp32.ts";

export default {
  name: "esp32-devkitc",
  title: "Espressif ESP32-DevKitC",
  chip,
  clockHz: 240_000_000,
  image: { start: 0x10000 },
  boot: { protocol: "esp-rom" },
  reserved: [],
  flashOnly: true,
  aliases: ["esp32:esp32:esp32", "esp32_devkitc_wroom", "esp32dev"],
} as const satisfies Board;
