// A million random 32-bit words and every 16-bit pattern against objdump itself. THUMBELINA_SEED tries other words.

import { describe, expect, test } from "vitest";
import { explain, wideDifferences } from "./differences.ts";
import { hasObjdump, listing } from "./objdump.ts";
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
});
