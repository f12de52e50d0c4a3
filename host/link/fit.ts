// Refuses what does not fit its board, with both numbers and what takes the most.

import type { Board } from "../board/board.ts";
import { error } from "./errors.ts";
import type { Layout } from "./layout.ts";

const shown = 5;

export function checkFit(layout: Layout, stackBytes: number, board: Board): void {
  const { start, flashEnd, flashLimit, ramBase, ramEnd, stackTop } = layout;
  if (flashEnd > flashLimit)
    throw error("does-not-fit", {
      memory: "flash",
      needed: flashEnd - start,
      available: flashLimit - start,
      board: board.name,
      largest: largest([
        ...layout.functions.map(({ code }) => ({ name: code.name, bytes: code.bytes.length })),
        ...layout.constants,
        { name: "initial values of state", bytes: layout.initial.data.bytes.length },
      ]),
    });
  const needed = ramEnd - ramBase + stackBytes;
  if (needed > stackTop - ramBase)
    throw error("does-not-fit", {
      memory: "RAM",
      needed,
      available: stackTop - ramBase,
      board: board.name,
      largest: largest([...layout.inRam, { name: "stack", bytes: stackBytes }]),
    });
}

function largest(rows: readonly { readonly name: string; readonly bytes: number }[]) {
  return rows
    .filter(({ bytes }) => bytes > 0)
    .map(({ name, bytes }) => ({ name, bytes }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, shown);
}
