// Reads the source map that Binaryen emits beside a module (ECMA-426): one generated line, whose columns are byte offsets.
// Each segment of `mappings` is a run of base64 VLQ numbers: offset [, source, line, column [, name]], all relative to the
// segment before; a segment of one number ends the position before it.

import type { SourceLine } from "./wasm-types.ts";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Sorted by offset; a source is an index of `files`. `line` 0 and an empty file: from here on no position is known. */
export function decodeSourceMap(json: string, files: readonly string[]): SourceLine[] {
  const { sources, mappings } = JSON.parse(json) as { sources: string[]; mappings: string };
  const lines: SourceLine[] = [];
  let [offset, source, line] = [0, 0, 0];
  for (const segment of mappings.split(",")) {
    if (!segment) continue;
    const [dOffset = 0, dSource, dLine] = decodeVlq(segment);
    offset += dOffset;
    if (dSource === undefined || dLine === undefined) {
      lines.push({ offset, file: "", line: 0 });
      continue;
    }
    source += dSource;
    line += dLine;
    lines.push({ offset, file: files[Number(sources[source])] ?? "", line: line + 1 });
  }
  return lines;
}

/** Five bits a digit, least significant first, 32 = more digits follow; bit 0 of the number is its sign. */
export function decodeVlq(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of text) {
    const digit = digits.indexOf(char);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value % 2 ? -(value - 1) / 2 : value / 2);
    value = 0;
    shift = 0;
  }
  return numbers;
}
