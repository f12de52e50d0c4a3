// Our side of the text tests: words to comparable text, with every feature there is, and the words to try.

import { type Decoder, disassemble, encode, type Feature, isWide, makeDecoder, thumbRows } from "../../host/isa/isa.ts";
import { comparable } from "./objdump.ts";
import { random, randomBits } from "./states.ts";

const everything = new Set<Feature>(["v6m", "v7m", "dsp", "fp", "fp5", "dp", "dp5", "v8m"]);
export const decoderOfAll: Decoder = makeDecoder(thumbRows, everything);

/** Text of an instruction, outside IT blocks unless a condition is given, and whether encoding gave the same bits. */
export function ours(bits: number, address: number, condition = 14): { text: string; roundTrip: boolean } {
  const wide = bits > 0xffff;
  const decoded = decoderOfAll.decode(wide ? bits >>> 16 : bits, bits & 0xffff, condition !== 14);
  if (!decoded) return { text: "undefined", roundTrip: true };
  const again = encode(decoded.row, decoded.operands);
  const joined = again && (again.length === 2 ? ((again[0] << 16) | again[1]) >>> 0 : again[0]);
  return { text: comparable(disassemble(decoded, { address, condition })), roundTrip: joined === bits };
}

/** Half any 32-bit pattern, half a random row with random operands. */
export function wideWords(count: number, seed: number): number[] {
  const next = random(seed);
  const rows = thumbRows.filter((row) => row.size === 4);
  return Array.from({ length: count }, (_, i) => {
    if (i & 1) return randomBits(rows[next() % rows.length] as (typeof rows)[number], next);
    return ((0xe800 + (next() % 0x1800)) * 0x10000 + (next() & 0xffff)) >>> 0;
  });
}

export const hex = (x: number, digits: number): string => (x >>> 0).toString(16).padStart(digits, "0");

export const directive = (bits: number): string =>
  bits > 0xffff || isWide(bits) ? `.inst.w 0x${hex(bits, 8)}` : `.inst.n 0x${hex(bits, 4)}`;
