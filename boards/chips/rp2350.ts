// RP2350 (Raspberry Pi, RP2350 Datasheet), Arm cores, one of them modelled. 2.2 address map; 4.4 XIP cache: 16 KB, two-way, 8-byte
// lines; 3.7 Cortex-M33 with FPU, DSP and security, 8 MPU regions; 3.2 interrupts: 52. Peripherals beside UARTs are not modelled.

import type { Chip } from "../../host/board/board.ts";

export default {
  name: "rp2350",
  title: "RP2350",
  core: "cortex-m33",
  memories: [
    { name: "rom", kind: "rom", base: 0, bytes: 0x8000 },
    {
      name: "flash",
      kind: "flash",
      base: 0x10000000,
      bytes: 0x400000, // the board's W25Q32RV: 4 MB
      sectors: [{ bytes: 4096, count: 1024 }],
      writeBytes: 256,
      timing: {
        kind: "xip-cache",
        cacheBytes: 16384,
        ways: 2,
        lineBytes: 8,
        clockDivider: 3,
        setupClocks: 20,
        clocksPerByte: 2,
        source:
          "RP2350 Datasheet 4.4 (cache); assumed: the ROM finds quad reads (EBh: 8 command, 6 address, 6 mode and dummy clocks) at divider 3",
      },
    },
    { name: "ram", kind: "ram", base: 0x20000000, bytes: 0x82000 },
  ],
  uarts: [
    { name: "uart0", model: "pl011", base: 0x40070000, irq: 33 },
    { name: "uart1", model: "pl011", base: 0x40078000, irq: 34 },
  ],
  peripherals: [
    { base: 0x40000000, bytes: 0x180000 }, // APB, with its set, clear and xor aliases
    { base: 0x50000000, bytes: 0x800000 }, // AHB: DMA, USB, PIO
    { base: 0xd0000000, bytes: 0x40000 }, // SIO
  ],
  interrupts: 52,
  priorityBits: 4,
  mpuRegions: 8,
  sysTick: true,
  vtor: true,
  security: true,
  uf2Family: 0xe48bff59,
} as const satisfies Chip;
