// The line program read back by the rules of DWARF 4, 6.2.5: every row of random tables, at its address. binutils read the
// real thing in debug-line.slow.ts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageLine } from "../../host/image/image.ts";
import { debugSections } from "../../host/link/debug-line.ts";

/** Rows of .debug_line; the end of a sequence is a row of line 0. */
function decode(bytes: Uint8Array): ImageLine[] {
  const view = new DataView(bytes.buffer);
  let at = 10 + 6 + 12;
  const leb = (signed: boolean) => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte & 128);
    return signed && byte & 64 ? value - 2 ** shift : value;
  };
  expect(view.getUint32(0, true)).toBe(bytes.length - 4);
  expect([view.getUint16(4, true), bytes[at]]).toEqual([4, 0]);
  const files: string[] = [];
  for (at++; bytes[at] !== 0; at += 3) {
    const end = bytes.indexOf(0, at);
    files.push(new TextDecoder().decode(bytes.subarray(at, end)));
    at = end + 1;
  }
  expect(++at).toBe(10 + view.getUint32(6, true));
  const rows: ImageLine[] = [];
  let [address, file, line] = [0, 1, 1];
  const row = () => rows.push({ address, file: files[file - 1]!, line });
  while (at < bytes.length) {
    const op = bytes[at++]!;
    if (op >= 13) {
      address += 2 * Math.floor((op - 13) / 14);
      line += -5 + ((op - 13) % 14);
      row();
    } else if (op === 1) row();
    else if (op === 2) address += 2 * leb(false);
    else if (op === 3) line += leb(true);
    else if (op === 4) file = leb(false);
    else {
      const [length, code] = [leb(false), bytes[at]!];
      if (code === 2) address = view.getUint32(at + 1, true);
      else {
        expect([length, code]).toEqual([1, 1]);
        rows.push({ address, file: "", line: 0 });
        [address, file, line] = [0, 1, 1];
      }
      at += length;
    }
  }
  return rows;
}

const tableOf = (lines: readonly ImageLine[]) =>
  decode(debugSections(lines, 0x100, 0x200).find(({ name }) => name === ".debug_line")!.data!);

describe(".debug_line", () => {
  const file = fc.constantFrom("assembly/kernels/a.ts", "assembly/b.ts", "assembly/runtime/c.ts");
  const line = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 100_000 }));
  const step = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 100_000 }));

  it("says every row, at its address", () => {
    const rows = fc.array(fc.tuple(step, file, line), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 2 ** 30 }), (steps, start) => {
        let address = 2 * start;
        const lines = steps.map(([halfwords, name, number]): ImageLine => {
          address += 2 * halfwords;
          return { address, file: number ? name : "", line: number };
        });
        lines.push({ address: address + 2, file: "", line: 0 });
        // a row of no line ends what is open, and is nothing where nothing is
        const expected = lines.filter(({ line: number }, i) => number > 0 || (lines[i - 1]?.line ?? 0) > 0);
        if (expected.length) expect(tableOf(lines)).toEqual(expected);
        else expect(debugSections(lines, 0, 2)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
