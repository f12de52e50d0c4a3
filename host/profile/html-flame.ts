// The flame chart. Frames lie at fractions of the whole run; the zoom is two variables of the chart (--from, --span) that every
// frame's place is computed from, so that the script has nothing to draw.

import { type Frame, flameOf } from "./flame.ts";
import { escaped, type KindClasses, percentOf, type SourceText, tip } from "./html-words.ts";
import type { ModelReport } from "./model-report.ts";
import { grouped } from "./model-text.ts";

/** Narrower frames are left out: of a chart 1,000 pixels wide, a fifth of a pixel. */
const narrowest = 0.0002;

export function flamePart(report: ModelReport, kinds: KindClasses, sourceText?: SourceText): string {
  const root = flameOf(report);
  const frames: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, from: number, depth: number, colour: string): void => {
    const span = frame.cycles / root.cycles;
    if (span < narrowest) return;
    deepest = Math.max(deepest, depth);
    const own = frame.layer === undefined ? colour : kinds.get(report.layers[frame.layer]!.kind)!;
    frames.push(frameText(frame, { from, span, depth, colour: own, total: root.cycles, sourceText }));
    let at = from;
    for (const child of frame.children) {
      draw(child, at, depth + 1, own);
      at += child.cycles / root.cycles;
    }
  };
  draw(root, 0, 0, "plain");
  return [
    '<section><h2>Flame chart</h2><p class="dim">Layers from left to right as they run, below each its files and lines. ',
    "Click a frame to look closer, the top one to see all.</p>",
    `<div class="flame" style="--rows:${deepest + 1}">`,
    ...frames,
    "</div></section>",
  ].join("\n");
}

interface Drawn {
  readonly from: number;
  readonly span: number;
  readonly depth: number;
  readonly colour: string;
  readonly total: number;
  readonly sourceText?: SourceText;
}

function frameText(frame: Frame, { from, span, depth, colour, total, sourceText }: Drawn): string {
  const { name, kind, cycles, place } = frame;
  const code = place && sourceText?.(place.file, place.line)?.trim();
  const title = place ? `${place.file}:${place.line}` : name;
  const about = tip(title, ...(code ? [code] : []), `${grouped(cycles)} cycles, ${percentOf(cycles, total, 2)}`);
  const label = kind === "file" ? name.slice(name.lastIndexOf("/") + 1) : place ? `${place.line} ${code ?? ""}` : name;
  const where = `--f:${from.toFixed(6)};--s:${span.toFixed(6)};--d:${depth}`;
  return `<button class="${colour} ${kind}" style="${where}"${about}><span>${escaped(label)}</span></button>`;
}
