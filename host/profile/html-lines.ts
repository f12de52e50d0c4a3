// Source lines by heat, file by file as an editor would show them: lines that took next to nothing are left out.

import { escaped, percentOf, type SourceText, tip } from "./html-words.ts";
import type { LineCost } from "./lines.ts";
import type { ModelReport } from "./model-report.ts";
import { grouped } from "./model-text.ts";

const least = 0.0005;

export function linesPart({ lines, totals }: ModelReport, sourceText?: SourceText): string {
  const files = new Map<string, LineCost[]>();
  for (const row of lines) if (row.line > 0) files.set(row.file, [...(files.get(row.file) ?? []), row]);
  const hottest = Math.max(1, ...lines.map(({ cycles }) => cycles));
  const sum = (rows: readonly LineCost[]) => rows.reduce((total, { cycles }) => total + cycles, 0);
  const sorted = [...files].sort(([, a], [, b]) => sum(b) - sum(a));
  const unnamed = sum(lines.filter(({ line }) => line === 0));
  return [
    "<section><h2>Source lines</h2>",
    `<p class="dim">${percentOf(totals.cycles - unnamed, totals.cycles, 2)} of all cycles have a line in assembly/.</p>`,
    ...sorted.map(([file, rows], i) => {
      const cycles = sum(rows);
      const shown = rows.filter((row) => row.cycles >= least * totals.cycles).sort((a, b) => a.line - b.line);
      const summary = `<b>${escaped(file)}</b><span>${grouped(cycles)}</span><span>${percentOf(cycles, totals.cycles)}</span>`;
      return [
        `<details${i < 3 ? " open" : ""}><summary>${summary}</summary><table class="lines"><tbody>`,
        ...shown.map((row, k) => lineRow(row, shown[k - 1], { hottest, total: totals.cycles, sourceText })),
        "</tbody></table></details>",
      ].join("\n");
    }),
    "</section>",
  ].join("\n");
}

interface Scale {
  readonly hottest: number;
  readonly total: number;
  readonly sourceText?: SourceText;
}

function lineRow(row: LineCost, before: LineCost | undefined, { hottest, total, sourceText }: Scale): string {
  const { file, line, cycles, stalls, instructions, functions } = row;
  const about = tip(
    `${file}:${line}`,
    `${grouped(cycles)} cycles, ${grouped(instructions)} instructions, ${grouped(stalls)} stalls`,
    ...functions.slice(0, 6).map((one) => `${one.name}: ${grouped(one.cycles)}`),
    ...(functions.length > 6 ? [`and ${functions.length - 6} more functions`] : []),
  );
  const heat = Math.sqrt(cycles / hottest).toFixed(3);
  const gap = before && line > before.line + 1 ? ' class="gap"' : "";
  const code = escaped(sourceText?.(file, line) ?? "");
  const width = percentOf(cycles, hottest, 2);
  return (
    `<tr${gap} style="--h:${heat}"${about}><td>${grouped(cycles)}</td><td>${percentOf(cycles, total)}</td>` +
    `<td class="bars"><i style="width:${width}"></i></td><td class="dim">${line}</td><td><code>${code}</code></td></tr>`
  );
}
