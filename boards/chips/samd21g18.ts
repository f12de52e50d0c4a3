// ATSAMD21G18A (Microchip SAM D21 data sheet DS40001882). 10.2: 256 KB of flash at 0 in rows of 256 bytes (four pages of 64), 32 KB of
// RAM at 0x2000_0000. 13.13.9: device id. SERCOM USARTs and native USB are not modelled: its boards are flashed only.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "samd21g18",
  title: "ATSAMD21G18A",
  core: "cortex-m0plus",
  memories: [
    {
      name: "flash",
      kind: "flash",
      base: 0,
      bytes: 0x40000,
      sectors: [{ bytes: 256, count: 1024 }],
      writeBytes: 64,
    },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x8000 },
  ],
  uarts: [],
  peripherals: [
    { base: 0x40000000, bytes: 0x2000 }, // AHB-APB bridge A
    { base: 0x41000000, bytes: 0x10000 }, // bridge B: DSU, NVMCTRL, PORT, DMAC, USB
    { base: 0x42000000, bytes: 0x6000 }, // bridge C: SERCOM, TC, ADC …
  ],
  interrupts: 28,
  priorityBits: 2,
  mpuRegions: 0,
  sysTick: true,
  vtor: true,
  uf2Family: 0x68ed2b88,
  bootId: 0x10010005, // DSU DID
  bootIdMask: 0xffff00ff, // without die and revision
} as const satisfies Chip;
