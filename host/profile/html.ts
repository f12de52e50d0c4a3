// A ModelReport as one HTML page: no file, font or script from elsewhere, light or dark as the reader's system is. Everything is
// drawn without script; the script only zooms the flame chart and shows what is under the pointer.

import { flamePart } from "./html-flame.ts";
import { layersPart } from "./html-layers.ts";
import { linesPart } from "./html-lines.ts";
import { memoryPart } from "./html-memory.ts";
import { pageScript } from "./html-script.ts";
import { pageStyle } from "./html-style.ts";
import { escaped, kindClasses, type SourceText } from "./html-words.ts";
import type { ModelReport } from "./model-report.ts";
import { grouped, milliseconds } from "./model-text.ts";

export interface HtmlOptions {
  /** A line's text, for those who have the sources. */
  readonly sourceText?: SourceText;
}

export function reportHtml(report: ModelReport, { sourceText }: HtmlOptions = {}): string {
  const name = report.model.split("/").slice(-2).join("/");
  const kinds = kindClasses(report);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(name)} on ${escaped(report.board)}</title><style>${pageStyle}</style></head><body><main>`,
    header(report, name),
    layersPart(report, kinds),
    flamePart(report, kinds, sourceText),
    memoryPart(report, kinds),
    linesPart(report, sourceText),
    `<footer>thumbelina profile · ${escaped(report.core)} at ${report.clockHz / 1e6} MHz, simulated`,
    report.approximate === undefined ? "" : ` · cycles are an approximation: ${escaped(report.approximate)}`,
    `</footer></main><div id="tip" hidden></div><script>${pageScript}</script></body></html>\n`,
  ].join("\n");
}

function header({ board, core, inferenceCycles, clockHz, macs, totals, memory }: ModelReport, name: string): string {
  const { flashBytes, flashAvailable, ramBytes, ramAvailable, stackBytes, stackSeen } = memory;
  const tile = (title: string, value: string, unit: string, note: string, share?: number) =>
    `<div class="tile"><h3>${title}</h3><p><b>${value}</b> ${unit}</p>` +
    (share === undefined
      ? ""
      : `<i class="meter"><i style="width:${Math.min(100, 100 * share).toFixed(2)}%"></i></i>`) +
    `<small>${note}</small></div>`;
  return [
    `<header><h1>${escaped(name)}</h1><p>${escaped(board)} · ${escaped(core)} at ${clockHz / 1e6} MHz</p></header>`,
    '<section class="tiles">',
    tile(
      "One inference",
      milliseconds(inferenceCycles, clockHz).slice(0, -3),
      "ms",
      `${grouped(inferenceCycles)} cycles`,
    ),
    tile(
      "Work",
      macs > 0 ? (inferenceCycles / macs).toFixed(2) : "–",
      "cycles/MAC",
      `${grouped(macs)} MACs, ${grouped(totals.instructions)} instructions`,
    ),
    tile("Flash", kilobytes(flashBytes), "KB", `of ${kilobytes(flashAvailable)} KB`, flashBytes / flashAvailable),
    tile("RAM", kilobytes(ramBytes), "KB", `of ${kilobytes(ramAvailable)} KB`, ramBytes / ramAvailable),
    tile("Stack", String(stackSeen), "bytes seen", `${stackBytes} computed`, stackSeen / Math.max(1, stackBytes)),
    "</section>",
  ].join("\n");
}

const kilobytes = (bytes: number) => (bytes / 1024).toFixed(bytes < 102400 ? 1 : 0);
