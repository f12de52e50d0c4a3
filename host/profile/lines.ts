// Cycles by source line of assembly/: a Report's places (addresses) folded through the image's positions. What nobody wrote
// (start-up, the calls of the layers) is one row per function with line 0, so that the rows' sum is the report's total.

import { type Image, lineAt } from "../image/image.ts";
import { addCounts, type Counts, noCounts, type Tally } from "./counts.ts";
import type { Report } from "./report.ts";

export interface LineCost extends Counts {
  /** Empty with line 0: no source line; `functions` then names the one function. */
  readonly file: string;
  readonly line: number;
  /** Cycles by function that holds code of this line, most first. */
  readonly functions: readonly { readonly name: string; readonly cycles: number }[];
}

/** Most cycles first. */
export function costByLine({ places }: Report, image: Image): LineCost[] {
  const rows = new Map<string, { file: string; line: number; sum: Tally; functions: Map<string, number> }>();
  for (const place of places) {
    const found = lineAt(image, place.address);
    const { file, line } = found ?? { file: "", line: 0 };
    const key = found ? `${file}:${line}` : `in ${place.function}`;
    let row = rows.get(key);
    if (!row) rows.set(key, (row = { file, line, sum: noCounts(), functions: new Map() }));
    addCounts(row.sum, place);
    row.functions.set(place.function, (row.functions.get(place.function) ?? 0) + place.cycles);
  }
  return [...rows.values()]
    .map(({ file, line, sum, functions }) => ({ file, line, ...sum, functions: ranked(functions) }))
    .sort((a, b) => b.cycles - a.cycles || a.file.localeCompare(b.file) || a.line - b.line);
}

const ranked = (functions: ReadonlyMap<string, number>) =>
  [...functions]
    .map(([name, cycles]) => ({ name, cycles }))
    .sort((a, b) => b.cycles - a.cycles || a.name.localeCompare(b.name));
