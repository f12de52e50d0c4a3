// Writes the listings in golden/ with GNU as and objdump: `npx tsx test/isa/make-golden.ts`. rows.txt: several operand choices
// for every row. wide.txt: random 32-bit words. narrow.txt.gz: all 16-bit patterns.

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Row, thumbRows } from "../../host/isa/isa.ts";
import { type Line, listing, objdumpVersion } from "./objdump.ts";
import { type Random, random, randomBits } from "./states.ts";
import { decoderOfAll, directive, hex, wideWords } from "./text.ts";

const golden = (name: string): URL => new URL(`golden/${name}.txt`, import.meta.url);
const source = (what: string): string => `# ${what}; text by ${objdumpVersion()}, test/isa/make-golden.ts`;
const row = ({ address, bits, text }: Line): string => `${hex(address, 6)} ${hex(bits, bits > 0xffff ? 8 : 4)} ${text}`;

function write(name: string, what: string, lines: readonly string[]): void {
  writeFileSync(golden(name), `${[source(what), ...lines].join("\n")}\n`);
}

/** IT would make the next instructions conditional: each is followed by as many NOPs as it covers. */
export const afterIT = 4;
const isIT = (bits: number): boolean => bits >> 8 === 0xbf && (bits & 15) !== 0;
const guarded = (bits: number): string[] =>
  isIT(bits) ? [directive(bits), ...Array<string>(afterIT).fill(".inst.n 0xbf00")] : [directive(bits)];

function withoutGuards(lines: readonly Line[]): Line[] {
  let skip = 0;
  return lines.filter(({ bits }) => {
    if (skip > 0) return skip-- < 0;
    if (isIT(bits)) skip = afterIT;
    return true;
  });
}

export function narrowLines(): Line[] {
  const patterns = Array.from({ length: 0xe800 }, (_, bits) => bits);
  return withoutGuards(listing(patterns.flatMap(guarded)));
}

/** Two choices of any bits, and six that are an instruction; one where there is no choice. */
function choicesOf(row: Row, next: Random): number[] {
  const some = [randomBits(row, next), randomBits(row, next)];
  for (let tries = 0; some.length < 8 && tries < 1000; tries++) {
    const bits = randomBits(row, next);
    const wide = row.size === 4;
    if (decoderOfAll.decode(wide ? bits >>> 16 : bits, bits & 0xffff, false)?.row === row) some.push(bits);
  }
  return [...new Set(some)];
}

export function makeGolden(): void {
  const next = random(2024);
  const choices = thumbRows.flatMap((row) => choicesOf(row, next));
  write("rows", "eight operand choices for every row", withoutGuards(listing(choices.flatMap(guarded))).map(row));
  write("wide", "5000 random 32-bit words", listing(wideWords(5000, 7).map(directive)).map(row));
  const narrow = [source("every 16-bit pattern"), ...narrowLines().map(row)].join("\n");
  writeFileSync(new URL("golden/narrow.txt.gz", import.meta.url), gzipSync(`${narrow}\n`, { level: 9 }));
}

if (process.argv[1]?.endsWith("make-golden.ts")) makeGolden();
