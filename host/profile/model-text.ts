// A ModelReport as text: layers with bars, the hottest source lines, and what flash and RAM are used for.

import type { ModelReport } from "./model-report.ts";

export interface ModelTextOptions {
  /** Rows of the table of lines. */
  readonly top: number;
  /** A line's text, for those who have the sources. */
  readonly sourceText?: (file: string, line: number) => string | undefined;
}

const barWidth = 16;

export function modelText(report: ModelReport, options: ModelTextOptions): string {
  const { model, board, core, inferenceCycles, clockHz, macs, totals, approximate } = report;
  const perMac = macs > 0 ? `, ${(inferenceCycles / macs).toFixed(2)} cycles/MAC` : "";
  return [
    `${model} on ${board} (${core} at ${clockHz / 1e6} MHz)`,
    `one inference: ${grouped(inferenceCycles)} cycles, ${milliseconds(inferenceCycles, clockHz)}, ${grouped(macs)} MACs${perMac}`,
    `reset to done: ${grouped(totals.cycles)} cycles`,
    ...(approximate === undefined ? [] : [`cycles are an approximation: ${approximate}`]),
    "",
    ...layerTable(report),
    "",
    ...lineTable(report, options),
    "",
    ...memoryText(report),
  ].join("\n");
}

export const grouped = (value: number) =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");

export const milliseconds = (cycles: number, clockHz: number) => `${((1000 * cycles) / clockHz).toPrecision(3)} ms`;

const percent = (part: number, whole: number) => (whole === 0 ? "0.0" : ((100 * part) / whole).toFixed(1));

/** Eighths of a cell: U+2588 FULL BLOCK and its left parts. */
export function bar(value: number, most: number, width: number): string {
  const eighths = most === 0 ? 0 : Math.round((8 * width * value) / most);
  const rest = eighths % 8;
  return ("█".repeat(eighths >> 3) + (rest ? "▏▎▍▌▋▊▉"[rest - 1] : "")).padEnd(width);
}

function layerTable({ layers, outside, totals }: ModelReport): string[] {
  const most = Math.max(1, ...layers.map(({ cycles }) => cycles));
  const numbers = (row: { cycles: number; instructions: number; loads: number; stores: number; stalls: number }) => [
    ...[row.instructions, row.loads, row.stores, row.stalls].map(grouped),
  ];
  const rows = layers.map((layer) => [
    layer.name,
    grouped(layer.cycles),
    percent(layer.cycles, totals.cycles),
    bar(layer.cycles, most, barWidth),
    layer.cyclesPerMac?.toFixed(2) ?? "",
    ...numbers(layer),
    ...[layer.codeBytes, layer.weightsBytes].map(grouped),
  ]);
  const sum = (pick: (layer: (typeof layers)[number]) => number) => grouped(layers.reduce((a, b) => a + pick(b), 0));
  const others = ["outside layers", grouped(outside.cycles), percent(outside.cycles, totals.cycles), "", ""];
  const all = ["total", grouped(totals.cycles), "100.0", "", ""];
  return table(
    ["layer", "cycles", "%", "", "cyc/MAC", "instr", "loads", "stores", "stalls", "code", "weights"],
    [
      ...rows,
      [...others, ...numbers(outside), "", ""],
      [...all, ...numbers(totals), sum((one) => one.codeBytes), sum((one) => one.weightsBytes)],
    ],
    new Set([0, 3]),
  );
}

function lineTable({ lines, totals }: ModelReport, { top, sourceText }: ModelTextOptions): string[] {
  const written = lines.filter(({ line }) => line > 0);
  const rest = lines.filter(({ line }) => line === 0).reduce((sum, { cycles }) => sum + cycles, 0);
  const rows = written.slice(0, top).map((row) => {
    const text = sourceText?.(row.file, row.line)?.trim() ?? "";
    const place = `${row.file}:${row.line}`;
    return [grouped(row.cycles), percent(row.cycles, totals.cycles), grouped(row.stalls), place, text];
  });
  const hidden = written.slice(top);
  const hiddenCycles = hidden.reduce((sum, { cycles }) => sum + cycles, 0);
  if (hidden.length)
    rows.push([grouped(hiddenCycles), percent(hiddenCycles, totals.cycles), "", `${hidden.length} more lines`, ""]);
  rows.push([grouped(rest), percent(rest, totals.cycles), "", "no source line (start-up, calls)", ""]);
  return table(["cycles", "%", "stalls", "source line", ""], rows, new Set([3, 4]));
}

function memoryText({ memory }: ModelReport): string[] {
  const { flashBytes, flashAvailable, codeBytes, constBytes, ramBytes, ramAvailable } = memory;
  const { arenaBytes, stateBytes, stackBytes, stackSeen, stackPath } = memory;
  const line = (name: string, used: number, available: number, parts: string) =>
    `${name} ${bar(used, available, 24)}│ ${grouped(used)} of ${grouped(available)} bytes: ${parts}`;
  const rest = flashBytes - codeBytes - constBytes;
  return [
    line("flash", flashBytes, flashAvailable, `constants ${constBytes}, code ${codeBytes}, vectors and .data ${rest}`),
    line("RAM  ", ramBytes, ramAvailable, `arena ${arenaBytes}, state ${stateBytes}, stack ${stackBytes}`),
    `stack: ${stackSeen} bytes seen, ${stackBytes} computed (${stackPath.join(" → ")})`,
  ];
}

/** Right-aligned but for the columns in `left`. */
function table(head: readonly string[], rows: readonly (readonly string[])[], left: ReadonlySet<number>): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (left.has(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)];
}
