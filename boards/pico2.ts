// Raspberry Pi Pico 2 (Pico 2 Datasheet): RP2350 at 150 MHz, 4 MB of QSPI flash. Flash begins with the IMAGE_DEF block that the boot
// ROM looks for; models run as harness images, there is no firmware for it yet.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/rp2350.ts";

export default {
  name: "pico2",
  title: "Raspberry Pi Pico 2",
  chip,
  clockHz: 150_000_000,
  console: { uart: "uart0", baud: 115200 },
  image: { start: 0x10000200, bootStage: "rp2350" },
  // INFO_UF2.TXT of the boot ROM (RP2350 Datasheet 5.5).
  boot: { protocol: "picoboot", drive: { labels: ["RP2350"], ids: ["RP2350"] } },
  reserved: [{ name: "image_def", base: 0x10000000, bytes: 0x200 }],
  aliases: ["rp2040:rp2040:rpipico2", "rpi_pico2"],
} as const satisfies Board;
