// Programs of a few instructions for the bare cortex-m4, as ELF bytes: vector table at 0, `main` at 0x40, `handler` (HardFault) at
// 0x60, which branches to itself.

import { type Image, type ImageSymbol, writeImage } from "../../host/image/image.ts";

const code = {
  /** ldr r0, [pc, #0] · ldr r1, [r0] · .word 0x70000000 */
  "wild-read": [0x4800, 0x6801, 0x0000, 0x7000],
  /** b . */
  endless: [0xe7fe],
  /** wfi · b . */
  asleep: [0xbf30, 0xe7fd],
  /** movs r0, #0x20 · ldr r1, [pc, #4] · bkpt 0xab · b . · .word 0x4c, 0x20026, 3: SYS_EXIT_EXTENDED(3) */
  "status-3": [0x2020, 0x4901, 0xbeab, 0xe7fe, 0x004c, 0x0000, 0x0026, 0x0002, 0x0003, 0x0000],
  /** movs r0, #0x18 · ldr r1, [pc, #4] · bkpt 0xab · b . · .word 0x20026: SYS_EXIT */
  ends: [0x2018, 0x4901, 0xbeab, 0xe7fe, 0x0026, 0x0002],
  /** bkpt 1 */
  breaks: [0xbe01, 0xe7fe],
} as const;

export type TinyProgram = keyof typeof code;

/** `handled`: false leaves the HardFault vector 0, so that a fault locks the core up. */
export function tinyImage(program: TinyProgram, handled = true): Image {
  const data = new Uint8Array(0x64);
  const view = new DataView(data.buffer);
  view.setUint32(0, 0x20010000, true);
  view.setUint32(4, 0x41, true);
  view.setUint32(12, handled ? 0x61 : 0, true);
  for (const [i, halfword] of code[program].entries()) view.setUint16(0x40 + 2 * i, halfword, true);
  view.setUint16(0x60, 0xe7fe, true);
  const symbol = (name: string, address: number, bytes: number): ImageSymbol => ({
    ...{ name, address, bytes },
    kind: "function",
    binding: "global",
  });
  return {
    target: { core: "cortex-m4" },
    entry: 0x40,
    segments: [{ loadAddress: 0, address: 0, data, bytes: data.length, flags: { write: false, execute: true } }],
    sections: [{ name: ".text", kind: "code", address: 0, bytes: data.length, align: 4 }],
    symbols: [symbol("main", 0x40, 0x20), symbol("handler", 0x60, 4)],
    layers: [],
    regions: [],
  };
}

export const tinyElf = (program: TinyProgram, handled = true): Uint8Array =>
  writeImage(tinyImage(program, handled), "elf");
