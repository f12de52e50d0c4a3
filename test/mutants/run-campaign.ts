// npm run mutants [-- --again]
// Every mutant of the sample against the tests of `npm test`, until one fails; writes verdicts.txt after each. `--again`: only those that
// are not recorded as killed and of which nothing says that they are equivalent. Takes most of an hour on two cores, nearly all of it for those
// that survive.

import { writeFileSync } from "node:fs";
import { Judge } from "./judge.ts";
import { sampleMutants } from "./sample.ts";
import { readRecord, reasonOf, recordFile, recordText } from "./verdicts.ts";

const again = process.argv.includes("--again");
const known = new Map(again ? readRecord().map(({ key, by }) => [key, by]) : []);
const judged = sampleMutants().map((mutant) => ({ mutant, by: known.get(mutant.key) }));
const open = judged.filter(({ mutant, by }) => !by && !(again && reasonOf(mutant.key)));
const judge = new Judge();
try {
  const broken = await judge.failing([], 900);
  if (broken) throw new Error(`${broken} fails without any mutant`);
  for (const [i, one] of open.entries()) {
    const verdict = await judge.judge(one.mutant);
    one.by = verdict.killed ? verdict.by : undefined;
    process.stdout.write(`${i + 1}/${open.length} ${one.by ?? "SURVIVES"}: ${one.mutant.key}\n`);
    writeFileSync(recordFile, recordText(judged));
  }
} finally {
  judge.close();
}
