// The corpus's malformed files: each refused as invalid (exit 3) or accepted as its line asks, in time and memory.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { importModel } from "../../host/import/import.ts";
import { corpus, corpusPath } from "../corpus.ts";

interface Line {
  readonly file: string;
  readonly what: string;
  readonly level: "must_reject" | "no_crash" | "must_accept";
}

const lines: Line[] = corpus
  ? readFileSync(corpusPath("bad", "index.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
  : [];

describe.skipIf(!corpus)("malformed files of the corpus", () => {
  for (const { file, what, level } of lines) {
    // There is no importer of this format yet: whatever is in the file, it must be refused as a format.
    const mustReject = level === "must_reject" || file.endsWith(".onnx");
    it(`${mustReject ? "refuses" : level === "must_accept" ? "accepts" : "survives"} ${file}: ${what}`, () => {
      const bytes = readFileSync(corpusPath(file));
      const start = performance.now();
      let problem: unknown;
      try {
        importModel(bytes);
      } catch (caught) {
        problem = caught;
      }
      expect(performance.now() - start).toBeLessThan(1000);
      if (problem !== undefined) expect(problem).toBeInstanceOf(UserError);
      if (mustReject) expect(problem).toMatchObject({ exit: 3 });
      else if (level === "must_accept") expect(problem).toBeUndefined();
    });
  }
});
