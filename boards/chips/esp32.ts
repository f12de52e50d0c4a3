// ESP32 (Espressif ESP32 Technical Reference Manual v5): two Xtensa LX6 cores, for which there is no compiler here, so its boards are
// flashed only. Flash is a SPI chip whose addresses begin at 0 for the boot ROM; RAM is 1.3.2's SRAM2.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "esp32",
  title: "ESP32",
  core: "xtensa-lx6",
  memories: [
    {
      name: "flash",
      kind: "flash",
      base: 0,
      bytes: 0x400000, // ESP32-WROOM-32: 4 MB
      sectors: [{ bytes: 4096, count: 1024 }],
      writeBytes: 4,
    },
    { name: "ram", kind: "ram", base: 0x3ffae000, bytes: 0x32000 },
  ],
  uarts: [],
  peripherals: [{ base: 0x3ff00000, bytes: 0x80000 }],
  interrupts: 32,
  priorityBits: 3,
  mpuRegions: 0,
  sysTick: false,
  vtor: true,
  bootId: 0x00f01d83, // the word at 0x40001000 (esptool, targets/esp32.py)
} as const satisfies Chip;
