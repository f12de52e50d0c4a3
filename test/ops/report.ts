// Runs entries of the corpus on one engine and says how each group did, and every failing case with its first wrong
// element: what both the slow suites and the scripts print.

import { UserError } from "../../host/base/errors.ts";
import type { Graph } from "../../host/graph/graph.ts";
import { caseFilter, readCorpusJson } from "../corpus.ts";
import { type EngineName, engines } from "../engines.ts";
import { type CaseEntry, type Failure, importCase, judgeEntry } from "./judge.ts";

export interface EntryResult {
  readonly entry: CaseEntry;
  readonly failures: readonly Failure[];
  readonly milliseconds: number;
}

export function operatorCases(filter = caseFilter): CaseEntry[] {
  const { cases } = readCorpusJson<{ cases: CaseEntry[] }>("ops", "index.json");
  return cases.filter(({ name, group }) => name.includes(filter) || group === filter);
}

export async function runEntry(
  entry: CaseEntry,
  engine: EngineName,
  judge: (graph: Graph, entry: CaseEntry) => Promise<readonly Failure[]> = async (graph) =>
    judgeEntry(entry, graph, await engines[engine](graph)),
): Promise<EntryResult> {
  const start = performance.now();
  let failures: readonly Failure[];
  try {
    failures = await judge(importCase(entry), entry);
  } catch (caught) {
    failures = [{ entry: entry.name, where: "thrown", what: sayThrown(caught) }];
  }
  return { entry, failures, milliseconds: performance.now() - start };
}

function sayThrown(caught: unknown): string {
  if (caught instanceof UserError)
    return [caught, ...caught.also]
      .slice(0, 4)
      .map(({ code, message }) => `${code}: ${message}`)
      .join("\n      ");
  const { stack, message } = caught as Error;
  return stack?.split("\n").slice(0, 5).join("\n      ") ?? message;
}

/** `conv2d  62/62  310 ms`, one line a group; failing groups marked. */
export function groupTable(results: readonly EntryResult[]): string {
  const groupOf = ({ entry }: EntryResult) => entry.group ?? entry.name;
  return [...new Set(results.map(groupOf))]
    .map((group) => {
      const members = results.filter((result) => groupOf(result) === group);
      const passed = members.filter(({ failures }) => failures.length === 0).length;
      const time = members.reduce((total, { milliseconds }) => total + milliseconds, 0);
      const mark = passed === members.length ? " " : "✗";
      return `${mark} ${group.padEnd(36)} ${`${passed}/${members.length}`.padStart(7)} ${time.toFixed(0).padStart(7)} ms`;
    })
    .join("\n");
}

/** At most `each` failures of an entry are printed, then how many more. */
export function failureList(results: readonly EntryResult[], each = 2): string {
  return results
    .filter(({ failures }) => failures.length > 0)
    .map(({ entry, failures }) => {
      const lines = failures.slice(0, each).map(({ where, what }) => `    ${where}: ${what}`);
      if (failures.length > each) lines.push(`    and ${failures.length - each} more`);
      return `✗ ${entry.name}  (${entry.model})\n${lines.join("\n")}`;
    })
    .join("\n");
}
