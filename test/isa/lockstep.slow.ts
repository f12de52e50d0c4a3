// Semantics in lock step with Unicorn: at least 100,000 states for each cycle class of rows. THUMBELINA_SEED
// tries other states, THUMBELINA_CASES only rows whose text contains it.

import { afterAll, describe, expect, test } from "vitest";
import { cycleClasses, type Row, thumbRows } from "../../host/isa/isa.ts";
import { explain } from "./differences.ts";
import { differences, hasUnicorn, isMachines, makeBatch, modelOf, Unicorn } from "./unicorn.ts";
import { unicornDifferences } from "./unicorn-differences.ts";

const present = hasUnicorn();
if (!present && process.env.CI_JUDGES === "1") throw new Error("Python's unicorn is absent");
if (!present) console.warn("skipped: Python's unicorn is absent");

const statesOfClass = 100_000;
const filter = process.env.THUMBELINA_CASES ?? "";
const rows = thumbRows.filter((row) => !isMachines(row) && row.text.includes(filter));
const classes = cycleClasses.map((name) => [name, rows.filter((row) => row.cycles === name)] as const);

describe.skipIf(!present)("Unicorn as the judge", () => {
  const unicorn = present ? new Unicorn() : undefined;
  afterAll(() => unicorn?.close());

  const attempt = async (row: Row, count: number, seed: number, found: string[]): Promise<number> => {
    const batch = makeBatch(row, count, seed);
    const answers = (await unicorn?.run(batch)) ?? [];
    answers.forEach((answer, i) => {
      const item = batch.cases[i];
      if (!item) return;
      const words = differences(item, answer, modelOf(row).core.features.has("fp"));
      const { bits, operands } = item.decoded;
      if (words.length > 0)
        found.push(`${row.text} ${bits.toString(16)} ${JSON.stringify(operands)}: ${words.join("; ")}`);
    });
    return answers.length;
  };

  test.each(classes.filter(([, members]) => members.length > 0))("%s", async (_, members) => {
    const found: string[] = [];
    let states = 0;
    for (let round = 0; states < statesOfClass && round < 2000; round++) {
      const each = Math.min(500, Math.ceil(statesOfClass / members.length));
      for (const row of members) {
        const seed = Number(process.env.THUMBELINA_SEED ?? 1) * 1_000_003 + round * 1009 + row.id;
        states += await attempt(row, each, seed, found);
      }
    }
    expect(explain(unicornDifferences, found).unexplained.slice(0, 10)).toEqual([]);
    expect(states).toBeGreaterThanOrEqual(statesOfClass);
  });
});
