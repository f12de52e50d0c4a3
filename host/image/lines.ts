// Source positions of an image's code, and their packed form: a table of files and three numbers a row, each relative to the row
// before.
//
//   { "files": ["", "assembly/kernels/conv2d.ts"], "deltas": [5248, 1, 41,  6, 0, 2,  …] }
//                                                    address, file, line

import type { Image, ImageLine } from "./image-types.ts";

export interface PackedLines {
  readonly files: readonly string[];
  readonly deltas: readonly number[];
}

export function packLines(lines: readonly ImageLine[]): PackedLines {
  const files = [...new Set(lines.map(({ file }) => file))];
  const numbers = new Map(files.map((file, i) => [file, i]));
  let before = [0, 0, 0];
  const deltas = lines.flatMap(({ address, file, line }) => {
    const row = [address, numbers.get(file)!, line];
    const relative = row.map((value, i) => value - before[i]!);
    before = row;
    return relative;
  });
  return { files, deltas };
}

/** Undefined when the (untrusted) parts are no such table. */
export function unpackLines(files: unknown, deltas: unknown): ImageLine[] | undefined {
  if (!Array.isArray(files) || !Array.isArray(deltas) || deltas.length % 3 !== 0) return undefined;
  if (!files.every((file) => typeof file === "string") || !deltas.every(Number.isSafeInteger)) return undefined;
  const lines: ImageLine[] = [];
  let [address, file, line] = [-1, 0, 0];
  for (let at = 0; at < deltas.length; at += 3) {
    const next = Math.max(address, 0) + deltas[at]!;
    file += deltas[at + 1]!;
    line += deltas[at + 2]!;
    const name: unknown = files[file];
    if (typeof name !== "string" || next <= address || next >= 2 ** 32 || line < 0 || line >= 2 ** 31) return undefined;
    address = next;
    lines.push({ address, file: name, line });
  }
  return lines;
}

/** Undefined where nobody wrote the code at this address, or the image does not say. */
export function lineAt({ lines = [] }: Pick<Image, "lines">, address: number): ImageLine | undefined {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  const found = lines[low - 1];
  return found && found.line > 0 ? found : undefined;
}
