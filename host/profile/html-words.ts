// What the parts of the page share: escaping, and a colour for each kind of layer, given by first use.

import type { ModelReport } from "./model-report.ts";

export type SourceText = (file: string, line: number) => string | undefined;

/** Kind of layer → class of its colour. */
export type KindClasses = ReadonlyMap<string, string>;

/** Hues of pageStyle. */
export const hues = 8;

export function kindClasses({ layers }: ModelReport): KindClasses {
  const kinds = [...new Set(layers.map(({ kind }) => kind))];
  return new Map(kinds.map((kind, i) => [kind, `k${i % hues}`]));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Names come from the model's file. */
export const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!);

export const percentOf = (part: number, whole: number, digits = 1) =>
  `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(digits)}%`;

/** What the script shows in a box beside the pointer: lines of text. */
export const tip = (...lines: readonly string[]) => ` data-tip="${escaped(lines.join("\n"))}"`;
