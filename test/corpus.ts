// The corpus of real models, operator cases and golden vectors: a folder beside the repository, absent in a plain clone.
// Tests that use it skip loudly without it: `describe.skipIf(!corpus)`.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.env.THUMBELINA_CORPUS ?? fileURLToPath(new URL("../../shared/data", import.meta.url));

/** Path of the corpus; undefined when it is not there. */
export const corpus: string | undefined = existsSync(join(folder, "ops", "index.json")) ? folder : undefined;

/** For where the corpus must be there. */
export function corpusPath(...parts: string[]): string {
  if (!corpus) throw new Error(`no corpus at ${folder}: set THUMBELINA_CORPUS`);
  return join(corpus, ...parts);
}

export function readCorpusJson<T>(...parts: string[]): T {
  return JSON.parse(readFileSync(corpusPath(...parts), "utf8")) as T;
}

/** A stretch of a file of the corpus: little-endian, row-major, tightly packed. */
export interface TensorReference {
  readonly file: string;
  readonly offset: number;
  readonly nbytes: number;
  readonly dtype: string;
  readonly shape: readonly number[];
}

const files = new Map<string, Buffer>();

export function readCorpusFile(file: string): Uint8Array {
  const known = files.get(file) ?? readFileSync(corpusPath(file));
  // A handful is enough: cases of one model share one file.
  if (files.size > 8) files.clear();
  files.set(file, known);
  return known;
}

/** A copy, aligned for any element type. */
export function readTensor({ file, offset, nbytes }: TensorReference): Uint8Array {
  return new Uint8Array(readCorpusFile(file).subarray(offset, offset + nbytes));
}

/** The slow suites honour THUMBELINA_CASES: only cases whose name contains it. */
export const caseFilter = process.env.THUMBELINA_CASES ?? "";
