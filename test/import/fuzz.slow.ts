// Structure-aware fuzzing of the importer, at least 10⁵ mutants of corpus models and of the repository's own, with a fixed
// seed (THUMBELINA_FUZZ_SEED, THUMBELINA_FUZZ_COUNT): nothing but a Graph or a UserError, at least 30 % reach the planner,
// small accepted ones run.

import { describe, expect, it } from "vitest";
import { corpus, readCorpusFile } from "../corpus.ts";
import { goldenModels } from "../models/judge-model.ts";
import { operatorCases } from "../ops/report.ts";
import { mutator } from "./mutate.ts";
import { type Fate, survive } from "./survive.ts";
import { tinyModels } from "./tiny-models.ts";

const seed = Number(process.env.THUMBELINA_FUZZ_SEED ?? 20_260_101);
const wanted = Number(process.env.THUMBELINA_FUZZ_COUNT ?? 100_000);

/** Files by name; large models are worth fewer mutants, since each costs more. */
function bases(): { readonly name: string; readonly bytes: Uint8Array; readonly share: number }[] {
  const own = Object.entries(tinyModels).map(([name, make]) => ({ name, bytes: make(), share: corpus ? 20 : 500 }));
  if (!corpus) return own;
  const cases = operatorCases("").map(({ name, model }) => ({
    name,
    bytes: new Uint8Array(readCorpusFile(model)),
    share: 1,
  }));
  const models = goldenModels("").map(({ name, model }) => ({
    name,
    bytes: new Uint8Array(readCorpusFile(model)),
    share: 0.5,
  }));
  return [...own, ...cases, ...models];
}

describe("importer fuzz", () => {
  it(`survives ${wanted} mutants`, () => {
    const begin = performance.now();
    const files = bases();
    const perShare = wanted / files.reduce((sum, { share }) => sum + share, 0);
    const fates: Record<Fate, number> = { refused: 0, imported: 0, planned: 0, ran: 0 };
    const codes = new Map<string, number>();
    const defects: string[] = [];
    let [count, accepted, slowest, longest] = [0, 0, 0, 0];
    files.forEach(({ name, bytes, share }, file) => {
      const mutants = mutator(bytes, seed + file);
      for (let i = 0; i < Math.ceil(perShare * share); i++) {
        const mutant = mutants.next();
        count++;
        const start = performance.now();
        try {
          const survival = survive(mutant.bytes);
          fates[survival.fate]++;
          if (survival.accepted) accepted++;
          if (survival.code) codes.set(survival.code, (codes.get(survival.code) ?? 0) + 1);
          slowest = Math.max(slowest, survival.milliseconds);
          longest = Math.max(longest, performance.now() - start);
        } catch (caught) {
          const { stack } = caught as Error;
          defects.push(`${name}, mutant ${i} (${mutant.what}): ${stack?.split("\n").slice(0, 4).join(" ")}`);
        }
      }
    });
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    const share = ((100 * accepted) / count).toFixed(1);
    console.log(
      `${count} mutants in ${seconds} s, ${share} % reached the planner, slowest import ${slowest.toFixed(0)} ms, plan and run ${longest.toFixed(0)} ms`,
      fates,
      codes,
    );
    expect(defects.slice(0, 20), `${defects.length} defects`).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(wanted);
    expect(accepted / count).toBeGreaterThan(0.3);
    expect(slowest).toBeLessThan(1000);
    expect(longest).toBeLessThan(20_000);
  });
});
