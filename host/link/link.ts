// Room link: machine code and the objects of a plan → an Image for one board.
//
//   layOut     addresses                                                                           layout.ts
//   stackUse   the deepest path of calls                                                           stack.ts
//   checkFit   both numbers, or exit 8                                                             fit.ts
//   relocate   symbols into code                                                                   relocate.ts
//   names      sections, symbols, regions                                                          names.ts
//   lines      address → file and line in assembly/, for profiles and for debuggers                lines.ts, debug-line.ts
//
// The plan has given every object its address; what is placed here is code, and the words that code asks for by name.
// Same input, same bytes: nothing here depends on time, paths or the order of a hash.

import { crc32Mpeg2 } from "../base/crc.ts";
import { invariant } from "../base/errors.ts";
import type { Board } from "../board/board.ts";
import type { Image, Segment } from "../image/image.ts";
import { debugSections } from "./debug-line.ts";
import { checkFit } from "./fit.ts";
import { type Layout, layOut } from "./layout.ts";
import { linesOf } from "./lines.ts";
import type { Linked, LinkInput } from "./link-types.ts";
import { layersOf, regionsOf, sectionsOf, symbolsOf } from "./names.ts";
import { relocate, type SymbolTable } from "./relocate.ts";
import { stackUse, stackWithHandlers } from "./stack.ts";

export type { Linked, LinkInput, LinkLabel, LinkObject, SourcePosition } from "./link-types.ts";

export function link(input: LinkInput, board: Board): Linked {
  const layout = layOut(input, board);
  const stack = input.handlers ? stackWithHandlers(input, input.handlers) : stackUse(input.functions, input.entry);
  checkFit(layout, stack.bytes, board);
  const bootStage = bootStageBytes(input, board, layout);
  const { name, chip } = board;
  const target = {
    ...{ board: name, core: chip.core },
    ...(chip.uf2Family === undefined ? {} : { uf2Family: chip.uf2Family }),
  };
  const lines = input.positions && linesOf(layout, input.positions);
  const image: Image = {
    target,
    entry: symbolTable(input, layout).get(input.entry)! & ~1,
    segments: segmentsOf(layout, flashBytes(input, layout), bootStage),
    sections: [
      ...sectionsOf(layout, stack.bytes, bootStage.length),
      ...(lines ? debugSections(lines, layout.codeStart, layout.codeEnd) : []),
    ],
    symbols: symbolsOf(input, layout, bootStage.length),
    layers: layersOf(input, layout),
    regions: regionsOf(input, layout, stack.bytes),
    ...(lines ? { lines } : {}),
  };
  return {
    image,
    flashBytes: layout.flashEnd - layout.start,
    ramBytes: layout.ramEnd - layout.ramBase,
    codeBytes: layout.codeEnd - layout.codeStart,
    stackBytes: stack.bytes,
    stackPath: stack.path,
  };
}

/** Functions with their Thumb bit, labels, and what start-up asks for. */
function symbolTable(input: LinkInput, layout: Layout): SymbolTable {
  const { data, zero } = layout.initial;
  return new Map([
    ...layout.functions.map(({ code, address }) => [code.name, address | 1] as const),
    ...input.labels.map(({ name, address }) => [name, address] as const),
    ["__vectors", layout.start],
    ["__data_start", data.address],
    ["__data_end", data.address + data.bytes.length],
    ["__data_load", layout.codeEnd],
    ["__bss_start", zero.address],
    ["__bss_end", zero.address + zero.bytes],
  ]);
}

/** From the vectors to the end of the code; gaps between objects are zeros. */
function flashBytes(input: LinkInput, layout: Layout): Uint8Array {
  const { start, vectorBytes, constants, functions, codeEnd, stackTop } = layout;
  const bytes = new Uint8Array(codeEnd - start);
  const symbols = symbolTable(input, layout);
  for (const { address, init } of constants) if (init.kind === "data") bytes.set(init.data, address - start);
  for (const { code, address } of functions) bytes.set(relocate(code, address, symbols), address - start);
  // initial SP, reset, then every other exception
  const vectors = new DataView(bytes.buffer, 0, vectorBytes);
  for (let at = 0; at < vectorBytes; at += 4) vectors.setUint32(at, symbols.get(input.fault)!, true);
  vectors.setUint32(0, stackTop, true);
  vectors.setUint32(4, symbols.get(input.entry)!, true);
  for (const [number, name] of input.handlers ?? []) vectors.setUint32((16 + number) * 4, symbols.get(name)!, true);
  return bytes;
}

/** RP2040 Datasheet 2.8.1.3.1: 252 bytes of code, then their CRC, right before the vectors. */
function bootStageBytes(input: LinkInput, board: Board, layout: Layout): Uint8Array {
  if (board.image.bootStage === undefined) return new Uint8Array(0);
  invariant(input.bootStage, `${board.name} starts with a boot stage`);
  const bytes = new Uint8Array(256);
  invariant(input.bootStage.bytes.length <= 252, "the boot stage is too long");
  bytes.set(relocate(input.bootStage, layout.start - bytes.length, symbolTable(input, layout)));
  new DataView(bytes.buffer).setUint32(252, crc32Mpeg2(bytes.subarray(0, 252)), true);
  return bytes;
}

function segmentsOf(layout: Layout, flash: Uint8Array, bootStage: Uint8Array): Segment[] {
  const { start, codeEnd, initial } = layout;
  const code = { write: false, execute: true };
  const first = start - bootStage.length;
  const bytes = new Uint8Array(bootStage.length + flash.length);
  bytes.set(bootStage);
  bytes.set(flash, bootStage.length);
  const segments: Segment[] = [{ loadAddress: first, address: first, data: bytes, bytes: bytes.length, flags: code }];
  const { address, bytes: data } = initial.data;
  if (data.length)
    segments.push({
      ...{ loadAddress: codeEnd, address, data, bytes: data.length },
      flags: { write: true, execute: false },
    });
  return segments;
}
