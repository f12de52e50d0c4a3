// Halfwords to a row and its operand values. A decoder is made once for a core: every 16-bit pattern has its row in a table of
// 64 K entries; 32-bit patterns are hashed by bits 12:4 of the first halfword to a short list, the last row first. Nothing walks
// all rows. Undefined (an UNDEFINSTR fault) is what no row matches, what the row's kinds refuse, what the core lacks the feature
// for, and what a row named "undefined" says.
//
// What the manual calls UNPREDICTABLE decodes like its neighbours, except where no meaning is left and Unicorn refuses too: IT
// with condition 15, bit fields and register lists that leave the registers, BX with bits set below Rm.

import type { Core, Feature } from "./core.ts";
import { kinds } from "./operands.ts";
import type { Decoded, Operands, Row } from "./row.ts";

export interface Decoder {
  /** `second` is ignored for 16-bit instructions. `inIT` decides whether 16-bit arithmetic sets the flags. */
  decode(first: number, second: number, inIT: boolean): Decoded | undefined;
}

/** A halfword that starts a 32-bit instruction (DDI 0403E A5.1). */
export const isWide = (first: number): boolean => first >= 0xe800;

const bucketOf = (first: number): number => (first >> 4) & 0x1ff;

function field(bits: number, places: readonly number[]): number {
  let value = 0;
  for (const place of places) value = (value << 1) | ((bits >>> place) & 1);
  return value;
}

/** The operand values of a row's bits, undefined where a kind refuses them; S of 16-bit rows is "outside IT". */
export function operandsOf(row: Row, bits: number, inIT: boolean): Operands | undefined {
  const values: Record<string, number> = { S: inIT ? 0 : 1 };
  for (const { letter, bits: places } of row.fields) values[letter] = field(bits, places);
  for (const part of row.parts) {
    const kind = kinds[part.kind];
    const derived = kind?.decode ? kind.decode(values, part) : {};
    if (!derived) return undefined;
    Object.assign(values, derived);
  }
  return values;
}

function narrowTable(rows: readonly Row[]): Int16Array {
  const table = new Int16Array(0x10000).fill(-1);
  for (const row of rows.filter((row) => row.size === 2)) {
    const free = 0xffff & ~row.mask;
    // every subset of the free bits, by counting in those bits only
    for (let bits = free; ; bits = (bits - 1) & free) {
      table[row.match | bits] = row.id;
      if (bits === 0) break;
    }
  }
  return table;
}

function wideTable(rows: readonly Row[]): readonly (readonly Row[])[] {
  const wide = rows.filter((row) => row.size === 4).reverse();
  return Array.from({ length: 512 }, (_, bucket) =>
    wide.filter((row) => ((row.match >>> 20) & 0x1ff & (row.mask >>> 20)) === (bucket & (row.mask >>> 20) & 0x1ff)),
  );
}

/** Rows that compete for patterns. Without a floating-point unit its rows are coprocessor instructions (NOCP). */
function competing(rows: readonly Row[], features: ReadonlySet<Feature>): Row[] {
  return rows.filter((row) => !row.float || features.has("fp"));
}

export function makeDecoder(rows: readonly Row[], features: ReadonlySet<Feature>): Decoder {
  const present = competing(rows, features);
  const narrow = narrowTable(present);
  const wide = wideTable(present);
  const finish = (row: Row | undefined, bits: number, inIT: boolean): Decoded | undefined => {
    if (!row || !features.has(row.feature) || row.name === "undefined") return undefined;
    const operands = operandsOf(row, bits, inIT);
    return operands && { row, bits, operands };
  };
  return {
    decode(first, second, inIT) {
      if (!isWide(first)) return finish(rows[narrow[first] ?? -1], first, inIT);
      const bits = ((first << 16) | second) >>> 0;
      const row = wide[bucketOf(first)]?.find(({ mask, match }) => (bits & mask) >>> 0 === match);
      return finish(row, bits, inIT);
    },
  };
}

export const decoderFor = (rows: readonly Row[], core: Core): Decoder => makeDecoder(rows, core.features);
