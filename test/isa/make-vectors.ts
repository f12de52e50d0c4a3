// Writes golden/vectors.txt with Unicorn: `npx tsx test/isa/make-vectors.ts`. Cases that unicorn-differences.ts explains are
// written as we have them, for there the manual is the judge.

import { writeFileSync } from "node:fs";
import { thumbRows } from "../../host/isa/isa.ts";
import { differences, isMachines, makeBatch, Unicorn } from "./unicorn.ts";
import { unicornDifferences } from "./unicorn-differences.ts";
import { changes, seedOf, vectorsOfRow } from "./vectors.ts";

async function makeVectors(): Promise<void> {
  const unicorn = new Unicorn();
  const lines = ["# six states of every row, by Unicorn 2.1.4, test/isa/make-vectors.ts; see vectors.ts"];
  for (const row of thumbRows.filter((row) => !isMachines(row))) {
    const batch = makeBatch(row, vectorsOfRow, seedOf(row));
    const answers = await unicorn.run(batch);
    lines.push(row.text);
    batch.cases.forEach((item, i) => {
      const answer = answers[i];
      if (!answer) return;
      const words = differences(item, answer, batch.core.features.has("fp")).join("; ");
      const known = unicornDifferences.some(({ pattern }) => pattern.test(`${row.text} : ${words}`));
      // lockstep.py reports no floating-point state for cores without it
      const state = batch.core.features.has("fp")
        ? answer.state
        : { ...answer.state, s: item.before.s, fpscr: item.before.fpscr };
      lines.push(known ? changes(item, item.after, batch.ram, item.ram) : changes(item, state, batch.ram, answer.ram));
    });
  }
  unicorn.close();
  writeFileSync(new URL("golden/vectors.txt", import.meta.url), `${lines.join("\n")}\n`);
}

makeVectors();
