// Text and encoding against committed objdump listings (golden/, made by make-golden.ts): every 16-bit pattern, every row with
// several operands, random 32-bit words. And back: encoding the decoded operands gives the same bits.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { thumbRows } from "../../host/isa/isa.ts";
import { explain, narrowDifferences, wideDifferences } from "./differences.ts";
import type { Line } from "./objdump.ts";
import { decoderOfAll, hex, ours } from "./text.ts";

function read(name: string): Line[] {
  const bytes = readFileSync(new URL(`golden/${name}`, import.meta.url));
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  return text
    .split("\n")
    .slice(1, -1)
    .map((line) => {
      const [address = "", bits = "", ...words] = line.split(" ");
      return { address: Number.parseInt(address, 16), bits: Number.parseInt(bits, 16), text: words.join(" ") };
    });
}

function compare(lines: readonly Line[]) {
  const differences: string[] = [];
  const notEncoded: string[] = [];
  for (const { address, bits, text } of lines) {
    const mine = ours(bits, address);
    if (mine.text !== text) differences.push(`${text} / ${mine.text}`);
    if (!mine.roundTrip) notEncoded.push(`${hex(bits, 4)} ${mine.text}`);
  }
  return { differences, notEncoded };
}

describe("text as objdump prints it, and encoding back", () => {
  test("every 16-bit pattern", () => {
    const lines = read("narrow.txt.gz");
    expect(lines.length).toBe(0xe800);
    const { differences, notEncoded } = compare(lines);
    expect(notEncoded).toEqual([]);
    const { unexplained, unused } = explain(narrowDifferences, differences);
    expect(unexplained).toEqual([]);
    expect(unused).toEqual([]);
    // 64 HLT, 96 BX, 2 SETPAN, 2 SETEND, 15 IT, 1 NOP
    expect(differences.length).toBe(180);
  });

  test.each(["rows.txt", "wide.txt"])("%s", (name) => {
    const { differences, notEncoded } = compare(read(name));
    expect(notEncoded).toEqual([]);
    const { unexplained } = explain([...wideDifferences, ...narrowDifferences], differences);
    expect(unexplained).toEqual([]);
  });

  test("rows.txt has every row", () => {
    const seen = new Set(
      read("rows.txt").map(
        ({ bits }) => decoderOfAll.decode(bits > 0xffff ? bits >>> 16 : bits, bits & 0xffff, false)?.row.id,
      ),
    );
    const missing = thumbRows.filter((row) => !seen.has(row.id) && row.name !== "undefined");
    expect(missing.map((row) => row.text)).toEqual([]);
  });
});
