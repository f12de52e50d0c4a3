// npx tsx test/models/run-models.ts [--engine reference] [--board cortex-m4] [substring]
// Runs the corpus's models: golden inputs and outputs, sequences, intermediates, 200 keywords. Prints what differs.

import { engineOf } from "../engines.ts";
import { failureList, groupTable, runEntry } from "../ops/report.ts";
import { goldenModels, judgeModel, type ModelEntry } from "./judge-model.ts";

const words = process.argv.slice(2);
const engine = engineOf(words);

const results = [];
for (const entry of goldenModels(words[0]))
  results.push(
    await runEntry(entry, engine, async (graph) => {
      const { failures, notes, tensorsCompared } = await judgeModel(entry as ModelEntry, graph, engine);
      for (const note of notes) console.log(`  allowed: ${note}`);
      console.log(`  ${entry.name}: ${tensorsCompared} intermediate tensors compared`);
      return failures;
    }),
  );
console.log(failureList(results, 6));
console.log(groupTable(results));
const wrong = results.filter(({ failures }) => failures.length).length;
console.log(`${engine}: ${results.length - wrong} of ${results.length} models right`);
process.exitCode = wrong || !results.length ? 1 : 0;
