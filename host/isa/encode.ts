// A row and operand values to halfwords. Values are named as effects name them: field letters, or what a kind derives
// (`const`, `label`, `list`, `type` and `amount` …), which then fills its fields. Undefined: this row cannot hold them.

import { kinds } from "./operands.ts";
import type { Operands, Row } from "./row.ts";

/** One halfword, or two with the first first. */
export type Halfwords = readonly [number] | readonly [number, number];

export function encode(row: Row, values: Operands): Halfwords | undefined {
  const raw: Record<string, number> = { ...values };
  for (const part of row.parts) {
    const kind = kinds[part.kind];
    const fields = kind?.encode ? kind.encode(raw, part) : {};
    if (!fields) return undefined;
    Object.assign(raw, fields);
  }
  let bits = row.match;
  for (const { letter, bits: places } of row.fields) {
    const value = raw[letter] ?? 0;
    if (value < 0 || value >= 2 ** places.length) return undefined;
    for (const [i, place] of places.entries()) {
      if ((value >>> (places.length - 1 - i)) & 1) bits += 2 ** place;
    }
  }
  return row.size === 2 ? [bits] : [bits >>> 16, bits & 0xffff];
}
