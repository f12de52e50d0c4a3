// The record of a campaign, verdicts.txt: one mutant a line, what killed it first, and at the top the score. Equivalent mutants do not count:
// nothing can tell them from the program. Between tabs, since sources have all other characters:
//
//   killed test/codegen/listing.test.ts   host/codegen/select.ts: … @9 > >=   >=

import { readFileSync } from "node:fs";
import { equivalents } from "./equivalents.ts";
import type { Mutant } from "./mutate.ts";

export const recordFile = new URL("verdicts.txt", import.meta.url);

export interface Recorded {
  readonly key: string;
  /** The test file that failed, or "time"; undefined: it survives. */
  readonly by: string | undefined;
}

export const reasonOf = (key: string): string | undefined => equivalents.find(([part]) => key.includes(part))?.[1];

const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(0, 60);

export function recordText(judged: readonly { readonly mutant: Mutant; readonly by: string | undefined }[]): string {
  const killed = judged.filter(({ by }) => by);
  const same = judged.filter(({ mutant, by }) => !by && reasonOf(mutant.key));
  const counted = judged.length - same.length;
  const percent = ((100 * killed.length) / counted).toFixed(1);
  const line = ({ mutant, by }: (typeof judged)[number]): string => {
    const why = reasonOf(mutant.key);
    const verdict = by ? `killed ${by}` : why ? `equivalent (${why})` : "SURVIVES";
    return [verdict, mutant.key, oneLine(mutant.replacement)].join("\t");
  };
  const rest = judged.filter(({ by }) => !by);
  return [
    `${judged.length} mutants of encoder, allocator and selector: ${killed.length} killed by npm test,`,
    `${same.length} equivalent, ${rest.length - same.length} survive: ${percent} % of those that differ`,
    "",
    ...rest.map(line).sort(),
    "",
    ...killed.map(line),
    "",
  ].join("\n");
}

export function readRecord(): readonly Recorded[] {
  return readFileSync(recordFile, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [verdict = "", key] = line.split("\t");
      if (key === undefined) return [];
      return [{ key, by: /^killed (\S+)/.exec(verdict)?.[1] }];
    });
}
