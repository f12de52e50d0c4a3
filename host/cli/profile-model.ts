// `profile MODEL`: builds the image, runs it once on the simulated board, and says per layer and per source line what it took; then
// holds that against the budgets, so that a build server sees the table and exit 8.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/errors.ts";
import { build } from "../pipeline.ts";
import { checkBudgets, modelSpeedscope, modelText, modelTrace, reportHtml } from "../profile/profile.ts";
import { budgetsOf } from "./budgets.ts";
import type { Arguments, Exit } from "./command.ts";
import { dumpStage } from "./dump.ts";
import { error } from "./errors.ts";
import { readBytes, writeWhole } from "./files.ts";
import { measureModel } from "./measure-model.ts";
import { listOf, loadModel, within, withinAsync } from "./model.ts";
import { boardFor } from "./program.ts";
import { randomInputs } from "./random-inputs.ts";
import { errorJson, errorText } from "./report.ts";
import { paint, type Terminal } from "./terminal.ts";

export async function profileModel(file: string, args: Arguments, terminal: Terminal): Promise<Exit> {
  const graph = loadModel(file);
  if (args["dump"] !== undefined) return dumpStage(file, graph, args, terminal);
  const budgets = budgetsOf(args);
  const board = boardFor(String(args["board"]));
  const given = listOf(args["input"]).map(readBytes);
  const inputs = given.length ? given : randomInputs(graph, seedOf(args["seed"]));
  const built = await withinAsync(file, () => build(graph, board));
  const report = within(file, () => measureModel(built, inputs, { memoryTiming: args["memory-timing"] !== false }));
  const sourceText = sourceReader();
  if (args["speedscope"] !== undefined) writeWhole(String(args["speedscope"]), modelSpeedscope(report));
  if (args["chrome-trace"] !== undefined) writeWhole(String(args["chrome-trace"]), modelTrace(report));
  if (args["html"] !== undefined) {
    writeWhole(String(args["html"]), reportHtml(report, { sourceText }));
    terminal.note(`${String(args["html"])}: open it in a browser`);
  }
  const broken = brokenBudget(() => checkBudgets(budgets, built.linked.image, report.memory, report), file);
  const exit = broken?.exit ?? 0;
  if (terminal.json)
    terminal.out(JSON.stringify({ ...(broken ? (errorJson(broken) as object) : {}), ok: !broken, exit, ...report }));
  else {
    const [title = "", ...rest] = modelText(report, { top: topOf(args["top"]), sourceText }).split("\n");
    terminal.out([paint(terminal, "bold", title), ...rest].join("\n"));
    if (broken) terminal.note(errorText(broken, terminal));
  }
  return exit;
}

const topOf = (value: unknown): number => Math.max(1, Math.min(1000, Math.floor(Number(value)) || 20));

function seedOf(value: unknown): number {
  const seed = Number(value ?? 1);
  if (!Number.isInteger(seed)) throw error("usage", { problem: `--seed ${String(value)}: expected a whole number` });
  return seed;
}

function brokenBudget(check: () => void, file: string): UserError | undefined {
  try {
    check();
    return undefined;
  } catch (cause) {
    if (cause instanceof UserError) return cause.within({ file });
    throw cause;
  }
}

/** Lines of assembly/, where this runs in a checkout; the package carries the compiled kernels only. */
function sourceReader(): (file: string, line: number) => string | undefined {
  const files = new Map<string, readonly string[]>();
  const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
  const folder = [root, dirname(root)];
  const read = (file: string): readonly string[] => {
    for (const place of folder)
      try {
        return readFileSync(join(place, file), "utf8").split("\n");
      } catch {
        // not there: the next place
      }
    return [];
  };
  return (file, line) => {
    if (!/^assembly\/[\w/.-]+\.ts$/.test(file) || file.includes("..")) return undefined;
    let lines = files.get(file);
    if (!lines) files.set(file, (lines = read(file)));
    return lines[line - 1];
  };
}
