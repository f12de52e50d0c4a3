// A Report as text: totals, functions, the hottest instructions, the call tree where it matters.

import type { Counts } from "./counts.ts";
import type { PathCost, Report } from "./report.ts";

export interface TextOptions {
  /** Rows of each table. */
  readonly top: number;
  /** Disassembly for the table of instructions. */
  readonly textAt?: (address: number) => string;
}

const columns = ["cycles", "%", "instr", "loads", "stores", "stalls"] as const;

export function reportText(report: Report, { top, textAt }: TextOptions): string {
  const { totals, functions, places } = report;
  const share = (cycles: number) => (totals.cycles === 0 ? "0.0" : ((100 * cycles) / totals.cycles).toFixed(1));
  const cells = (counts: Counts) => [
    counts.cycles.toString(),
    share(counts.cycles),
    ...[counts.instructions, counts.loads, counts.stores, counts.stalls].map(String),
  ];
  const functionRows = functions
    .slice(0, top)
    .map((row) => [...cells(row.self), share(row.totalCycles), String(row.calls), row.name]);
  const hottest = places.toSorted((a, b) => b.cycles - a.cycles || a.address - b.address).slice(0, top);
  const placeRows = hottest.map((row) => [
    ...cells(row),
    `0x${row.address.toString(16).padStart(8, "0")}`,
    row.function,
    textAt?.(row.address) ?? "",
  ]);
  const hidden = functions.length - functionRows.length;
  return [
    ...table([...columns, "total %", "calls", "function"], functionRows, 1),
    ...(hidden > 0 ? [`… and ${hidden} more functions`] : []),
    ...table([...columns], [cells(totals)], 0).slice(1),
    "",
    ...table([...columns, "address", "function", "instruction"], placeRows, 3),
    "",
    "call paths (total %, self %, calls)",
    ...treeLines(report.paths, share, totals.cycles / 100, 0),
  ].join("\n");
}

/** Right-aligned columns but for the last `left` ones. */
function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length), i < 6 ? 8 : 0));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i < head.length - left ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

/** Paths below a hundredth of everything are left out. */
function treeLines(path: PathCost, share: (cycles: number) => string, least: number, depth: number): string[] {
  if (path.totalCycles < least || depth > 40) return [];
  const percent = (cycles: number) => `${share(cycles)}%`.padStart(7);
  const own = `${percent(path.totalCycles)}${percent(path.self.cycles)}${String(path.calls).padStart(9)}`;
  return [
    `${own}  ${"  ".repeat(depth)}${path.name}`,
    ...path.callees.flatMap((callee) => treeLines(callee, share, least, depth + 1)),
  ];
}
