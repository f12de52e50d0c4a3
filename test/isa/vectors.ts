// Vectors for the quick suite: what Unicorn made of a few states of each row, as text: the changes only. The states come from
// seeds, so a file of 3000 short lines stands for 3000 full states.
//
//   add{s} Rd, Rn, Rm                       a row
//   1888 r0=3 apsr=20000000                 bits, registers that changed; `it40` before an instruction in an IT block

import type { Row, State } from "../../host/isa/isa.ts";
import type { Batch, Case } from "./unicorn.ts";

/** FNV-1a of the row's text: a seed that stays when other rows come and go. */
export function seedOf(row: Row): number {
  let hash = 0x811c9dc5;
  for (const character of `${row.size} ${row.text}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash | 0;
}

export const vectorsOfRow = 6;
const hex = (x: number | undefined): string => ((x ?? 0) >>> 0).toString(16);

/** What an instruction changed, by name; PC only when it is not the next instruction, `before` being at `start`. */
export function changes(item: Case, after: State, ramBefore: Uint8Array, ramAfter: Uint8Array): string {
  const { before, start, itstate, decoded } = item;
  const words = [`${hex(decoded.bits)}${itstate ? ` it${hex(itstate)}` : ""}`];
  const changed = (name: string, was?: number, is?: number): void => {
    if (was !== is) words.push(`${name}=${hex(is)}`);
  };
  for (let i = 0; i < 15; i++) changed(`r${i}`, before.r[i], after.r[i]);
  changed("pc", start + (itstate ? 2 : 0) + decoded.row.size, after.r[15]);
  changed("apsr", before.apsr, after.apsr);
  changed("itstate", 0, after.itstate);
  changed("fpscr", before.fpscr, after.fpscr);
  for (let i = 0; i < 32; i++) changed(`s${i}`, before.s[i], after.s[i]);
  for (let i = 0; i < ramBefore.length; i++) changed(`ram${i}`, ramBefore[i], ramAfter[i]);
  return words.join(" ");
}

export const linesOf = (batch: Batch): string[] =>
  batch.cases.map((item) => changes(item, item.after, batch.ram, item.ram));
