// Raspberry Pi Pico (Pico Datasheet): RP2040, 2 MB of QSPI flash, UART0 on GP0/GP1. Flash begins with the 256-byte boot stage
// that the ROM copies to RAM and runs (RP2040 Datasheet 2.8.1.3), so vectors are at 0x1000_0100.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/rp2040.ts";

export default {
  name: "pico",
  title: "Raspberry Pi Pico",
  chip,
  clockHz: 125_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0x10000100, bootStage: "rp2040" },
  // INFO_UF2.TXT of the boot ROM (RP2040 Datasheet 2.8.4).
  boot: { protocol: "picoboot", drive: { labels: ["RPI-RP2"], ids: ["RPI-RP2"] } },
  reserved: [{ name: "boot2", base: 0x10000000, bytes: 0x100 }],
  aliases: ["rp2040:rp2040:rpipico", "rpi_pico"],
} as const satisfies Board;
