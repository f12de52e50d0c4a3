// Rows of text as a table: columns as wide as their widest cell, the head in bold.

import { paint, type Terminal } from "./terminal.ts";

export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: Pick<Terminal, "color">,
): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return [paint(terminal, "bold", line(head)), ...rows.map(line)].join("\n");
}
