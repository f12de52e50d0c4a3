// Placement: never an overlap, never below the floor, close to it, and exactly it where simple orders miss it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Block, liveBytes, peakOf, placeBlocks } from "../../host/plan/arena.ts";

const block = fc
  .record({
    bytes: fc.integer({ min: 0, max: 400 }),
    align: fc.constantFrom(1, 4, 16),
    first: fc.integer({ min: -1, max: 12 }),
    length: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ bytes, align, first, length }): Block => ({ bytes, align, first, last: first + length }));

function alive(a: Block, b: Block): boolean {
  return a.first <= b.last && b.first <= a.last && a.bytes > 0 && b.bytes > 0;
}

describe("placeBlocks", () => {
  it("keeps blocks of overlapping lifetimes apart, aligned, within the arena; the same each time", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 14 }), (blocks) => {
        const { offsets, bytes } = placeBlocks(blocks);
        blocks.forEach((a, i) => {
          expect(offsets[i]! % a.align).toBe(0);
          expect(offsets[i]! + a.bytes).toBeLessThanOrEqual(bytes);
          blocks.slice(i + 1).forEach((b, k) => {
            const [from, other] = [offsets[i]!, offsets[i + 1 + k]!];
            if (alive(a, b)) expect(from + a.bytes <= other || other + b.bytes <= from).toBe(true);
          });
        });
        expect(bytes).toBeGreaterThanOrEqual(peakOf(blocks).bytes);
        expect(placeBlocks(blocks)).toEqual({ offsets, bytes });
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("reaches the least possible size of three blocks in a row, where size order alone does not", () => {
    // b must lie at one end, though it is placed after the larger c: a and b are alive at once, then b and c.
    const blocks: Block[] = [
      { bytes: 60, align: 4, first: 0, last: 1 },
      { bytes: 40, align: 4, first: 1, last: 3 },
      { bytes: 80, align: 4, first: 2, last: 2 },
      { bytes: 20, align: 4, first: 0, last: 3 },
    ];
    expect(placeBlocks(blocks).bytes).toBe(140);
  });

  it("comes within a tenth of the floor on random plans of a hundred tensors", () => {
    const random = fc.sample(fc.array(block, { minLength: 100, maxLength: 100 }), { numRuns: 5, seed: 3 });
    for (const blocks of random) expect(placeBlocks(blocks).bytes).toBeLessThanOrEqual(peakOf(blocks).bytes * 1.1);
  });

  it("counts what is alive step by step", () => {
    const blocks = [
      { bytes: 8, align: 1, first: -1, last: 0 },
      { bytes: 5, align: 1, first: 0, last: 2 },
    ];
    expect(liveBytes(blocks, -1)).toEqual([8, 13, 5, 5]);
    expect(peakOf(blocks)).toEqual({ step: 0, bytes: 13 });
    expect(placeBlocks([])).toEqual({ offsets: [], bytes: 0 });
  });
});
