// The memory map in the name of a DfuSe alternate setting (UM0424, 4.3.2), e.g. an STM32F411CE with 512 KB:
//
//   @Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg
//    name             base        count*size, unit (K, M, space: bytes), what is allowed
//
// The last letter's low bits: 1 read, 2 erase, 4 write (a … g). Untrusted text: bounded sizes, or undefined.

import type { Sector } from "../flash-parts.ts";

export interface MemoryLayout {
  readonly name: string;
  readonly base: number;
  readonly bytes: number;
  readonly sectors: readonly Sector[];
  readonly readable: boolean;
}

/** No flash of a microcontroller has more. */
const mostSectors = 4096;
const mostBytes = 64 * 1024 * 1024;
const units: Readonly<Record<string, number>> = { "": 1, " ": 1, B: 1, K: 1024, M: 1024 * 1024 };

export function parseMemoryLayout(text: string): MemoryLayout | undefined {
  const [, name, start, runs] = /^@([^/]{0,64})\/0x([0-9a-fA-F]{1,8})\/([^/]{1,512})/.exec(text) ?? [];
  if (name === undefined || start === undefined || runs === undefined) return undefined;
  const base = Number.parseInt(start, 16);
  const sectors: Sector[] = [];
  let address = base;
  let readable = true;
  for (const run of runs.split(",")) {
    const [, count, size, unit, kind] = /^\s*(\d{1,4})\*(\d{1,4})([ BKM]?)([a-g])\s*$/.exec(run) ?? [];
    if (count === undefined || size === undefined || kind === undefined) return undefined;
    const bytes = Number(size) * (units[unit ?? ""] ?? 1);
    if (bytes === 0 || sectors.length + Number(count) > mostSectors) return undefined;
    for (let i = 0; i < Number(count); i++, address += bytes) sectors.push({ index: sectors.length, address, bytes });
    if (address - base > mostBytes || address > 2 ** 32) return undefined;
    readable &&= ((kind.charCodeAt(0) - 0x60) & 1) === 1;
  }
  if (sectors.length === 0) return undefined;
  return { name: name.trim(), base, bytes: address - base, sectors, readable };
}
