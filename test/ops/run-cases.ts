// npx tsx test/ops/run-cases.ts [--engine reference] [--board cortex-m4] [--all] [substring or group]…
// Runs the corpus's operator cases and prints, per group, how many are right, and each failing case with its first wrong
// element (`--all`: every failing step of it). Exit code 1 if any is wrong.

import { engineOf } from "../engines.ts";
import { failureList, groupTable, operatorCases, runEntry } from "./report.ts";

const words = process.argv.slice(2);
const engine = engineOf(words);
const all = words.includes("--all");
const filters = words.filter((word) => word !== "--all");

const entries = filters.length ? filters.flatMap((filter) => operatorCases(filter)) : operatorCases();
const results = [];
for (const entry of new Set(entries)) results.push(await runEntry(entry, engine));
console.log(failureList(results, all ? Number.POSITIVE_INFINITY : 2));
console.log(groupTable(results));
const wrong = results.filter(({ failures }) => failures.length).length;
console.log(`${engine}: ${results.length - wrong} of ${results.length} cases right`);
process.exitCode = wrong || !results.length ? 1 : 0;
