// Every operator case of the corpus on every engine, by the corpus's rule of which bytes are right.
// THUMBELINA_CASES=<substring of a case's name> and THUMBELINA_ENGINES=<names> choose.

import { describe, expect, it } from "vitest";
import { corpus } from "../corpus.ts";
import { engineNames, simulatedNames } from "../engines.ts";
import { type EntryResult, failureList, groupTable, operatorCases, runEntry } from "./report.ts";

describe.skipIf(!corpus)("operator cases of the corpus", () => {
  for (const engine of [...engineNames, ...simulatedNames])
    it(`are right on ${engine}`, async () => {
      const results: EntryResult[] = [];
      for (const entry of operatorCases()) results.push(await runEntry(entry, engine));
      console.log(`${engine}\n${groupTable(results)}`);
      expect(results.length).toBeGreaterThan(0);
      expect(failureList(results)).toBe("");
    });
});
