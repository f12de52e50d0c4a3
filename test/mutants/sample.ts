// The mutants of the campaign: of every file as many as its share of the part's candidates, those with the smallest hashes of seed and
// key. A change of one line moves no other mutant.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { applied, compiles, type Mutant, mutantsOf } from "./mutate.ts";
import { type Part, partNames, parts } from "./sources.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const seed = "thumbelina mutants 1";

/** Mutants per part. */
export const wanted: Readonly<Record<Part, number>> = { encoder: 72, allocator: 64, selector: 72 };

/** FNV-1a, finished as MurmurHash3 does. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const character of text) h = Math.imul(h ^ character.codePointAt(0)!, 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export const sourceOf = (file: string): string => readFileSync(`${root}${file}`, "utf8");

export function sampleMutants(): readonly Mutant[] {
  return partNames.flatMap((part) => {
    const all = parts[part].map((file) => mutantsOf(file, sourceOf(file)));
    const total = all.reduce((sum, { length }) => sum + length, 0);
    return all.flatMap((mutants) => {
      const text = mutants[0] ? sourceOf(mutants[0].file) : "";
      const share = Math.ceil((mutants.length / total) * wanted[part]);
      const chosen: Mutant[] = [];
      for (const mutant of [...mutants].sort((a, b) => hash(seed + a.key) - hash(seed + b.key))) {
        if (chosen.length === share) break;
        if (compiles(applied(text, mutant))) chosen.push(mutant);
      }
      return chosen.sort((a, b) => a.start - b.start);
    });
  });
}
