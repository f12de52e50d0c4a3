// Relocations into bytes, once every symbol has its address.

import { invariant } from "../base/errors.ts";
import type { FunctionCode } from "../codegen/codegen.ts";
import { error } from "./errors.ts";

/** Symbol → address; functions carry their Thumb bit. */
export type SymbolTable = ReadonlyMap<string, number>;

export function relocate(fn: FunctionCode, address: number, symbols: SymbolTable): Uint8Array {
  const bytes = fn.bytes.slice();
  const view = new DataView(bytes.buffer);
  for (const { kind, at, symbol, addend } of fn.relocations) {
    const target = symbols.get(symbol);
    if (target === undefined) throw error("undefined-symbol", { symbol, from: fn.name });
    if (kind === "abs32") view.setUint32(at, target + addend, true);
    else {
      const [first, second] = branchWithLink((target & ~1) - (address + at + 4));
      view.setUint16(at, first, true);
      view.setUint16(at + 2, second, true);
    }
  }
  return bytes;
}

/** BL: 11110 S imm10, 11 J1 1 J2 imm11; J = NOT(I EOR S) (DDI 0403E A7.7.18). */
function branchWithLink(distance: number): readonly [number, number] {
  invariant(Math.abs(distance) < 1 << 24, "a call reaches further than 16 MB");
  const halfwords = distance >> 1;
  const sign = (halfwords >> 23) & 1;
  const j1 = ((halfwords >> 22) & 1) ^ sign ^ 1;
  const j2 = ((halfwords >> 21) & 1) ^ sign ^ 1;
  return [0xf000 | (sign << 10) | ((halfwords >> 11) & 0x3ff), 0xd000 | (j1 << 13) | (j2 << 11) | (halfwords & 0x7ff)];
}
