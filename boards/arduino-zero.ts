// Arduino Zero (ABX00003) through its native USB plug: SAMD21 at 48 MHz; Arduino's SAM-BA boot loader in the first 8 KB, application at 0x2000.

import type { Board } from "../host/board/board.ts";
import chip from "./chips/samd21g18.ts";

export default {
  name: "arduino-zero",
  title: "Arduino Zero",
  chip,
  clockHz: 48_000_000,
  image: { start: 0x2000 },
  boot: { protocol: "sam-ba", samBa: { origin: 0, buffer: 0x20004000 } },
  reserved: [{ name: "bootloader", base: 0, bytes: 0x2000 }],
  flashOnly: true,
  aliases: ["arduino:samd:arduino_zero_native", "arduino_zero", "zeroUSB"],
} as const satisfies Board;
