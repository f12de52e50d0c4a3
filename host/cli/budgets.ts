// --max-cycles, --max-ram, --max-flash: from the command line to Budgets. Cycles count in thousands (120k = 120,000), memory in
// 1024s (40k = 40,960), as datasheets do.

import type { Built } from "../pipeline.ts";
import { type Budgets, checkBudgets } from "../profile/profile.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { measureModel, modelFacts } from "./measure-model.ts";
import { listOf } from "./model.ts";
import { randomInputs } from "./random-inputs.ts";

/** For every verb that builds. */
export const budgetOptions = {
  "max-cycles": {
    type: "string",
    requiresArg: true,
    describe: "layer_03=120k or total=2M: exit 8 when the simulated board needs more; repeat",
  },
  "max-ram": { type: "string", requiresArg: true, describe: "40k: exit 8 when arena, state and stack need more" },
  "max-flash": { type: "string", requiresArg: true, describe: "200k: exit 8 when constants and code need more" },
} as const;

export function budgetsOf(args: Arguments): Budgets {
  const cycles = listOf(args["max-cycles"]).map((text): [string, number] => {
    const [name = "", amount, ...more] = text.split("=");
    if (!name || amount === undefined || more.length) throw wrong("--max-cycles", text, "layer_03=120k or total=2M");
    return [name, amountOf("--max-cycles", amount, 1000)];
  });
  const bytes = (option: string) =>
    args[option] === undefined ? undefined : amountOf(`--${option}`, String(args[option]), 1024);
  return { cycles: new Map(cycles), ramBytes: bytes("max-ram"), flashBytes: bytes("max-flash") };
}

/** `40k`, `1.5M`, `40960`. */
function amountOf(option: string, text: string, thousand: 1000 | 1024): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
  if (digits === undefined) throw wrong(option, text, "a number, with k or M if you like");
  return Math.floor(Number(digits) * (unit === "M" ? thousand * thousand : unit === "k" ? thousand : 1));
}

const wrong = (option: string, text: string, wanted: string) =>
  error("usage", { problem: `${option} ${text}: expected ${wanted}` });

/** For `build`: cycles are measured only when they are limited, on random inputs of the first seed. */
export function checkBuilt(built: Built, budgets: Budgets): void {
  const { memory } = modelFacts(built, 0);
  const report = budgets.cycles.size ? measureModel(built, randomInputs(built.graph, 1)) : undefined;
  checkBudgets(budgets, built.linked.image, memory, report);
}

/** For an app, whose cycles are not those of one inference: `--max-cycles` is for models. */
export function checkSizes(built: Pick<Built, "plan" | "linked" | "board">, budgets: Budgets): void {
  if (budgets.cycles.size) throw error("usage", { problem: "--max-cycles is for a model, not for an app" });
  checkBudgets(budgets, built.linked.image, modelFacts(built, 0).memory);
}
