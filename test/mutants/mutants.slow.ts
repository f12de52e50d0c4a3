// The mutant campaign in small: two dozen recorded mutants, spread over the parts, are judged again by the test that killed them. The whole
// of it is `npm run mutants`; a record that no longer fits the sources asks for it.

import { afterAll, describe, expect, it } from "vitest";
import { Judge } from "./judge.ts";
import { applied, type Mutant, mutantsOf } from "./mutate.ts";
import { sourceOf } from "./sample.ts";
import { partNames, parts } from "./sources.ts";
import { readRecord } from "./verdicts.ts";

const perPart = 8;
const record = readRecord();

/** Recorded mutants that the sources still have, evenly spread. */
function sample(files: readonly string[]): readonly { readonly mutant: Mutant; readonly by: string }[] {
  const now = new Map(files.flatMap((file) => mutantsOf(file, sourceOf(file))).map((mutant) => [mutant.key, mutant]));
  const found = record.flatMap(({ key, by }) => {
    const mutant = now.get(key);
    return mutant && by?.startsWith("test/") ? [{ mutant, by }] : [];
  });
  return Array.from({ length: perPart }, (_, i) => found[Math.floor((i * found.length) / perPart)]!);
}

const samples = partNames.map((part) => [part, sample(parts[part])] as const);
const judge = new Judge();
afterAll(() => judge.close());

describe("the record", () => {
  it("is of 200 mutants and more, 95 % of those that differ killed", () => {
    const text = record.filter(({ by }) => !by);
    expect(record.length).toBeGreaterThanOrEqual(200);
    expect(new Set(record.map(({ key }) => key)).size).toBe(record.length);
    expect(text.length / record.length).toBeLessThan(0.1);
  });

  it("fits the sources: most of its mutants are still there", () => {
    const files = partNames.flatMap((part) => [...parts[part]]);
    const now = new Set(files.flatMap((file) => mutantsOf(file, sourceOf(file))).map(({ key }) => key));
    expect(record.filter(({ key }) => now.has(key)).length / record.length).toBeGreaterThan(0.8);
  });
});

describe.each(samples)("of the %s", (_, mutants) => {
  it.each(mutants.map(({ mutant, by }) => [mutant.key, by, mutant] as const))(
    "%s is killed by %s",
    async (_, by, mutant) => {
      expect(applied(sourceOf(mutant.file), mutant)).not.toBe(sourceOf(mutant.file));
      expect(await judge.judge(mutant, { by })).toEqual({ killed: true, by });
    },
  );
});
