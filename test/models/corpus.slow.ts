// Every model of the corpus on every engine: golden outputs, kept state, intermediates, 200 real keywords.

import { describe, expect, it } from "vitest";
import { corpus } from "../corpus.ts";
import { engineNames, simulatedNames } from "../engines.ts";
import { failureList, runEntry } from "../ops/report.ts";
import { goldenModels, judgeModel } from "./judge-model.ts";

describe.skipIf(!corpus)("models of the corpus", () => {
  for (const engine of [...engineNames, ...simulatedNames])
    it(`are right on ${engine}`, async () => {
      const notes: string[] = [];
      const results = [];
      for (const entry of goldenModels())
        results.push(
          await runEntry(entry, engine, async (graph) => {
            const verdict = await judgeModel(entry, graph, engine);
            notes.push(...verdict.notes);
            if (engine === "reference") expect(verdict.tensorsCompared).toBeGreaterThan(0);
            return verdict.failures;
          }),
        );
      if (notes.length) console.log(`${engine}, allowed differences from TFLite:\n${notes.join("\n")}`);
      expect(results.length).toBeGreaterThan(0);
      expect(failureList(results, 5)).toBe("");
    });
});
