// The corpus's models on an M4 and an M0+: exact sums, a source line for at least 95 % of every layer's cycles, and the stack within its
// bound.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { measureModel } from "../../host/cli/measure-model.ts";
import { randomInputs } from "../../host/cli/random-inputs.ts";
import { importModel } from "../../host/import/import.ts";
import { build } from "../../host/pipeline.ts";
import { corpus, corpusPath } from "../corpus.ts";

interface Listed {
  readonly name: string;
  readonly model: string;
  readonly macs: number;
}

const listed = corpus ? (JSON.parse(readFileSync(corpusPath("models/index.json"), "utf8")).models as Listed[]) : [];
// the one without multiplications is made of custom signal operators, which no engine here has
const models = listed.filter(({ macs }) => macs > 0);
if (!corpus) process.stderr.write("skipped: profiles of the corpus's models, for want of ../shared/data\n");

describe.skipIf(!corpus).each(["cortex-m4", "cortex-m0plus"])("profiles on %s", (board) => {
  it.each(models)("$name", async ({ name, model }) => {
    const graph = importModel(readFileSync(corpusPath(model)), { name });
    const built = await build(graph, findBoard(board));
    const { layers, outside, lines, totals, memory } = measureModel(built, randomInputs(graph, 3));
    const sum = (rows: readonly { cycles: number }[]) => rows.reduce((total, { cycles }) => total + cycles, 0);
    expect(sum(layers) + outside.cycles).toBe(totals.cycles);
    expect(sum(lines)).toBe(totals.cycles);
    expect(memory.stackSeen).toBeLessThanOrEqual(memory.stackBytes);
    // a layer that shares its input's memory is one return
    for (const { name: layer, cycles, linedCycles } of layers)
      if (cycles > 20) expect(linedCycles / cycles, layer).toBeGreaterThanOrEqual(0.95);
  });
});
