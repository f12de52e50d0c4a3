// A million random 32-bit words and every 16-bit pattern against objdump itself. THUMBELINA_SEED tries other words.

import { describe, expect, test } from "vitest";
import { thumbRows } from "../../host/isa/isa.ts";
import { explain, narrowDifferences, wideDifferences } from "./differences.ts";
import { hasObjdump, listing } from "./objdump.ts";
import { random, randomBits } from "./states.ts";
import { directive, hex, ours, wideWords } from "./text.ts";

const present = hasObjdump();
if (!present && process.env.CI_JUDGES === "1") throw new Error("arm-none-eabi-objdump is absent");
if (!present) console.warn("skipped: arm-none-eabi-objdump is absent");

describe.skipIf(!present)("objdump as the judge", () => {
  test("a million 32-bit words", () => {
    const seed = Number(process.env.THUMBELINA_SEED ?? 1);
    const differences: string[] = [];
    const notEncoded: string[] = [];
    for (let batch = 0; batch < 10; batch++) {
      for (const { address, bits, text } of listing(wideWords(100_000, seed * 100 + batch).map(directive))) {
        const mine = ours(bits, address);
        if (mine.text !== text) differences.push(`${text} / ${mine.text}`);
        if (!mine.roundTrip) notEncoded.push(`${hex(bits, 8)} ${mine.text}`);
      }
    }
    expect(notEncoded).toEqual([]);
    const { unexplained, unused, counts } = explain(wideDifferences, differences);
    console.log(wideDifferences.map(({ why }, row) => `${counts[row]} ${why}`).join("\n"));
    expect(unexplained.slice(0, 50)).toEqual([]);
    expect(unused).toEqual([]);
  });

  test("every row inside an IT block", () => {
    const next = random(9);
    // these may not be there, or objdump prints no condition on them
    const rows = thumbRows.filter((row) => !/^(b<|cbn?z|it|bkpt|cps|csdb|sg|bl?xns|tt|undefined)/.test(row.text));
    const words = rows.flatMap((row) => [randomBits(row, next), randomBits(row, next), randomBits(row, next)]);
    const differences: string[] = [];
    const lines = listing(words.flatMap((bits) => [".inst.n 0xbf18", directive(bits)])).filter((_, i) => i % 2 === 1);
    for (const { address, bits, text } of lines) {
      const mine = ours(bits, address, 1).text;
      // the table explains texts without conditions
      if (mine !== text) differences.push(`${text} / ${mine}`.replace(/(?<=^|\/ )([a-z\d]+?)ne(?=[. ]|$)/g, "$1"));
    }
    expect(lines.length).toBe(words.length);
    expect(explain([...wideDifferences, ...narrowDifferences], differences).unexplained).toEqual([]);
  });
});
