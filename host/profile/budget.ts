// Budgets: what a build may use at most. All that are broken are reported at once, each with both numbers and what takes the most.

import { Problems } from "../base/errors.ts";
import type { Image } from "../image/image.ts";
import { profileError } from "./errors.ts";
import type { ModelMemory, ModelReport } from "./model-report.ts";

export interface Budgets {
  /** By a layer's name, or its beginning up to the number (`layer_03`); `total`: one inference. */
  readonly cycles: ReadonlyMap<string, number>;
  readonly ramBytes?: number;
  readonly flashBytes?: number;
}

/** `report` may be missing where no cycles are limited. */
export function checkBudgets(budgets: Budgets, image: Image, memory: ModelMemory, report?: ModelReport): void {
  const problems = new Problems();
  const check = (what: string, unit: "cycles" | "bytes", used: number, allowed: number, rows: readonly Amount[]) => {
    if (used > allowed)
      problems.add(profileError("over-budget", { what, unit, used, allowed, largest: largest(rows) }));
  };
  if (report)
    for (const [name, allowed] of budgets.cycles)
      if (name === "total") check("one inference", "cycles", report.inferenceCycles, allowed, layerRows(report));
      else {
        const layer = report.layers.find((one) => one.name === name || one.name.startsWith(`${name}_`));
        if (layer) check(layer.name, "cycles", layer.cycles, allowed, lineRows(report, layer.name));
        else problems.add(profileError("no-layer", { layer: name, layers: report.layers.map((one) => one.name) }));
      }
  const { ramBytes, flashBytes } = budgets;
  if (ramBytes !== undefined) check("RAM", "bytes", memory.ramBytes, ramBytes, ramRows(memory));
  if (flashBytes !== undefined) check("flash", "bytes", memory.flashBytes, flashBytes, flashRows(image));
  problems.done();
}

interface Amount {
  readonly name: string;
  readonly amount: number;
}

const shown = 5;

function largest(rows: readonly Amount[]): Amount[] {
  return rows
    .filter(({ amount }) => amount > 0)
    .toSorted((a, b) => b.amount - a.amount || a.name.localeCompare(b.name))
    .slice(0, shown);
}

const layerRows = ({ layers }: ModelReport) => layers.map(({ name, cycles }) => ({ name, amount: cycles }));

function lineRows({ lines }: ModelReport, layer: string): Amount[] {
  return lines.flatMap(({ file, line, functions }) => {
    const cycles = functions.find(({ name }) => name === layer)?.cycles;
    return cycles === undefined ? [] : [{ name: line > 0 ? `${file}:${line}` : "no source line", amount: cycles }];
  });
}

const longest = 48;

/** TensorFlow joins the names of all that it fused. */
const clipped = (name: string) => (name.length > longest ? `${name.slice(0, longest)}…` : name);

/** What lies in RAM while the arena is fullest. */
function ramRows({ tensors, scratch, peakLayer, stackBytes }: ModelMemory): Amount[] {
  const alive = tensors.filter(
    ({ region, first, last }) => region === "state" || (first <= peakLayer && peakLayer <= last),
  );
  const scratchBytes = scratch.find(({ layer }) => layer === peakLayer)?.bytes ?? 0;
  return [
    ...alive.map(({ name, bytes }) => ({ name: `tensor ${clipped(name)}`, amount: bytes })),
    { name: "scratch", amount: scratchBytes },
    { name: "stack", amount: stackBytes },
  ];
}

const flashRows = ({ regions, symbols }: Image) => [
  ...regions.filter(({ region }) => region === "const").map(({ name, bytes }) => ({ name, amount: bytes })),
  ...symbols
    .filter(({ kind }) => kind === "function")
    .map(({ name, bytes }) => ({ name: `code of ${name}`, amount: bytes })),
];
