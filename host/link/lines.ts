// Where each byte of code was written: code offset → WASM offset (codegen) → file and line in assembly/ (the wasm room),
// composed into one list by address.
//
//   FunctionCode.lines   at 0x1c ← WASM offset 0x3fa      SourceLine   offset 0x3f8 → assembly/kernels/conv2d.ts:41
//   Image.lines          0x08001a3c → assembly/kernels/conv2d.ts:41
//
// Line 0 says that nobody wrote this place: start-up code, the function that calls the layers. Neighbours of one line are one row.

import type { ImageLine } from "../image/image.ts";
import type { Layout } from "./layout.ts";
import type { SourcePosition } from "./link-types.ts";

interface Written {
  readonly file: string;
  readonly line: number;
}

const nowhere: Written = { file: "", line: 0 };

/** `positions`: by function name, those of the module it was compiled from. */
export function linesOf(
  { functions, codeEnd }: Layout,
  positions: ReadonlyMap<string, readonly SourcePosition[]>,
): ImageLine[] {
  const rows: ImageLine[] = [];
  const add = (address: number, { file, line }: Written) => {
    const last = rows.at(-1);
    if (last?.address === address) rows.pop();
    const before = rows.at(-1) ?? nowhere;
    if (before.file !== file || before.line !== line) rows.push({ address, file, line });
  };
  for (const { code, address } of functions) {
    const known = positions.get(code.name) ?? [];
    add(address, nowhere);
    const found = code.lines.map(({ at, offset }) => ({ at, ...(offset > 0 ? find(known, offset) : nowhere) }));
    // what the compilers put between lines (saved registers, moves, jumps) serves the line before it, or the function's first
    let current: Written = found.find(({ line }) => line > 0) ?? nowhere;
    for (const row of found) {
      if (row.line > 0) current = row;
      add(address + row.at, current);
    }
  }
  add(codeEnd, nowhere);
  return rows;
}

/** The last position at or before `offset`. */
function find(positions: readonly SourcePosition[], offset: number): Written {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]!.offset <= offset) low = middle + 1;
    else high = middle;
  }
  return positions[low - 1] ?? nowhere;
}
