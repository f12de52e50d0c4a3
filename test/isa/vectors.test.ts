// Semantics on committed states whose outcome Unicorn gave (golden/vectors.txt); lockstep.slow.ts asks it anew for millions.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { thumbRows } from "../../host/isa/isa.ts";
import { isMachines, makeBatch } from "./unicorn.ts";
import { linesOf, seedOf, vectorsOfRow } from "./vectors.ts";

test("every row does to six states what Unicorn did", () => {
  const text = readFileSync(new URL("golden/vectors.txt", import.meta.url), "utf8");
  const ours = thumbRows
    .filter((row) => !isMachines(row))
    .flatMap((row) => [row.text, ...linesOf(makeBatch(row, vectorsOfRow, seedOf(row)))]);
  expect(ours).toEqual(text.split("\n").slice(1, -1));
  expect(ours.length).toBeGreaterThan(2500);
});
