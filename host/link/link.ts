// Room link: machine code and the objects of a plan → an Image for one board.
//
//   layOut     addresses                                                                           layout.ts
//   stackUse   the deepest path of calls                                                           stack.ts
//   checkFit   both numbers, or exit 8                                                             fit.ts
//   relocate   symbols into code                                                                   relocate.ts
//   boot       what a boot ROM wants to read before the vectors                                    boot-stage.ts
//   names      sections, symbols, regions                                                          names.ts
//   lines      address → file and line in assembly/, for profiles and for debuggers                lines.ts, debug-line.ts
//
// The plan has given every object its address; what is placed here is code, and the words that code asks for by name.
// Same input, same bytes: nothing here depends on time, paths or the order of a hash.

import type { Board } from "../board/board.ts";
import type { Image, Segment } from "../image/image.ts";
import { bootStage } from "./boot-stage.ts";
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
  const symbols = symbolTable(input, layout);
  const boot = bootStage(input, board, layout.start, symbols);
  const { name, chip } = board;
  const target = {
    ...{ board: name, core: chip.core },
    ...(chip.uf2Family === undefined ? {} : { uf2Family: chip.uf2Family }),
  };
  const lines = input.positions && linesOf(layout, input.positions);
  const image: Image = {
    target,
    entry: symbols.get(input.entry)! & ~1,
    segments: segmentsOf(layout, flashBytes(input, layout, symbols), boot),
    sections: [
      ...sectionsOf(layout, stack.bytes, boot.length),
      ...(lines ? debugSections(lines, layout.codeStart, layout.codeEnd) : []),
    ],
    symbols: symbolsOf(input, layout, boot.length),
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
function flashBytes(input: LinkInput, layout: Layout, symbols: SymbolTable): Uint8Array {
  const { start, vectorBytes, constants, functions, codeEnd, stackTop } = layout;
  const bytes = new Uint8Array(codeEnd - start);
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

function segmentsOf(layout: Layout, flash: Uint8Array, boot: Uint8Array): Segment[] {
  const { start, codeEnd, initial } = layout;
  const code = { write: false, execute: true };
  const first = start - boot.length;
  const bytes = new Uint8Array(boot.length + flash.length);
  bytes.set(boot);
  bytes.set(flash, boot.length);
  const segments: Segment[] = [{ loadAddress: first, address: first, data: bytes, bytes: bytes.length, flags: code }];
  const { address, bytes: data } = initial.data;
  if (data.length)
    segments.push({
      ...{ loadAddress: codeEnd, address, data, bytes: data.length },
      flags: { write: true, execute: false },
    });
  return segments;
}
