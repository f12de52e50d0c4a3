// A short fuzz for every run: bytes flipped anywhere, and mutations at the sites, in the repository's own small models.
// fuzz.slow.ts does the same at length, over the corpus.

import { describe, expect, it } from "vitest";
import { mutator } from "./mutate.ts";
import { survive } from "./survive.ts";
import { generator, tinyModels } from "./tiny-models.ts";

const withoutPlan = false;

describe("importer, short fuzz", () => {
  for (const [name, make] of Object.entries(tinyModels)) {
    it(`survives flipped bytes in ${name}`, () => {
      const original = make();
      const random = generator(5);
      let accepted = 0;
      for (let i = 0; i < 1500; i++) {
        const bytes = original.slice();
        for (let flips = 1 + Math.floor(3 * random()); flips > 0; flips--)
          bytes[Math.floor(bytes.length * random())]! ^= 1 << Math.floor(8 * random());
        if (survive(bytes, withoutPlan).accepted) accepted++;
      }
      expect(accepted).toBeGreaterThan(150);
    });

    it(`survives mutations at the sites of ${name}`, () => {
      const mutants = mutator(make(), 11);
      const found = Array.from({ length: 1500 }, () => survive(mutants.next().bytes, withoutPlan));
      expect(found.filter(({ accepted }) => accepted).length).toBeGreaterThan(0.3 * found.length);
      expect(new Set(found.map(({ code }) => code)).size).toBeGreaterThan(12);
      expect(Math.max(...found.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
    });
  }
});
