// What the boot ROM reads right before the vectors: the bytes, and what a disassembler should know of them.
//
//   rp2040   code that turns execution in place on, padded to 252 bytes, then their CRC       (RP2040 Datasheet 2.8.1.3.1)
//   rp2350   an IMAGE_DEF block: "secure Arm program, its vectors are at …", no code          (RP2350 Datasheet 5.9.1, 5.9.3, 5.9.5)
//              marker │ IMAGE_TYPE │ VECTOR_TABLE, address │ LAST, words of items │ next block: itself │ marker

import { crc32Mpeg2 } from "../base/crc.ts";
import { invariant } from "../base/errors.ts";
import { type Board, bootStageBytes } from "../board/board.ts";
import type { ImageSymbol } from "../image/image.ts";
import type { LinkInput } from "./link-types.ts";
import { relocate, type SymbolTable } from "./relocate.ts";

type Kind = keyof typeof bootStageBytes;

const stages: Readonly<Record<Kind, (input: LinkInput, start: number, symbols: SymbolTable) => Uint8Array>> = {
  rp2040(input, start, symbols) {
    const code = relocate(input.bootStage!, start, symbols);
    const bytes = new Uint8Array(bootStageBytes.rp2040);
    invariant(code.length <= bytes.length - 4, "the boot stage is too long");
    bytes.set(code);
    const view = new DataView(bytes.buffer);
    view.setUint32(bytes.length - 4, crc32Mpeg2(bytes.subarray(0, -4)), true);
    return bytes;
  },
  rp2350(_input, _start, symbols) {
    const bytes = new Uint8Array(bootStageBytes.rp2350);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of imageDef(symbols.get("__vectors")!).entries()) view.setUint32(4 * i, word, true);
    return bytes;
  },
};

/** Words; an item is type │ words << 8 │ …, and the last one counts those of all others. */
function imageDef(vectors: number): readonly number[] {
  const executable = 1 | (2 << 4) | (0 << 8) | (1 << 12); // EXE, secure, Arm, RP2350
  const items = [0x42 | (1 << 8) | (executable << 16), 0x03 | (2 << 8), vectors];
  return [0xffff_ded3, ...items, 0xff | (items.length << 8), 0, 0xab12_3579];
}

/** The bytes that end where the vectors begin; none where the board needs none. */
export function bootStage(input: LinkInput, board: Board, start: number, symbols: SymbolTable): Uint8Array {
  const kind = board.image.bootStage;
  if (kind === undefined) return new Uint8Array(0);
  return stages[kind](input, start - bootStageBytes[kind], symbols);
}

/** Bytes after its code are data to disassemblers; without code, all of them. */
export function bootStageMarks(input: LinkInput, start: number, bytes: number): ImageSymbol[] {
  if (!bytes) return [];
  const address = input.bootStage ? start - 4 : start - bytes;
  return [{ name: "$d", address, bytes: 0, kind: "mapping", binding: "local" }];
}
