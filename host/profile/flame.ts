// Frames of a model's run: start-up, then the layers in the order in which they run, each divided into the files and lines that its
// cycles were spent on, and into what it calls.
//
//   thumbelina_start ─ thumbelina_invoke ┬ layer_00_conv_2d ┬ assembly/kernels/conv2d.ts      ┬ :41
//                                        │                  └ assembly/kernels/requantize.ts  └ :43
//                                        └ layer_01_…

import { chromeTrace } from "./chrome-trace.ts";
import type { ModelReport } from "./model-report.ts";
import type { PathCost } from "./report.ts";
import { type Stack, speedscopeFile } from "./speedscope.ts";

export interface Frame {
  readonly name: string;
  readonly kind: "function" | "layer" | "file" | "line";
  readonly cycles: number;
  readonly children: readonly Frame[];
  /** Of a layer: its index. */
  readonly layer?: number;
  /** Of a line. */
  readonly place?: { readonly file: string; readonly line: number };
}

export function flameOf(report: ModelReport): Frame {
  const layers = new Map(report.layers.map(({ name }, index) => [name, index]));
  const visit = (path: PathCost, inLayer: boolean): Frame => {
    const layer = layers.get(path.name);
    const callees = path.callees
      .filter(({ totalCycles }) => totalCycles > 0)
      .map((callee) => visit(callee, inLayer || layer !== undefined))
      .sort((a, b) => (a.layer ?? -1) - (b.layer ?? -1));
    const inLines = layer === undefined && !inLayer ? [] : filesOf(report, path);
    const { name, totalCycles: cycles } = path;
    const kind = layer === undefined ? "function" : "layer";
    return { name, kind, cycles, children: [...inLines, ...callees], ...(layer === undefined ? {} : { layer }) };
  };
  return visit(report.paths, false);
}

/**
 * The lines of one function's own code on one path, under their files, in the order of the source. Lines are known by function: a kernel
 * that several layers share gives each path its part.
 */
function filesOf({ lines, paths }: ModelReport, { name, self }: PathCost): Frame[] {
  const files = new Map<string, Frame[]>();
  const part = self.cycles / Math.max(1, selfCycles(paths, name));
  for (const { file, line, functions } of lines) {
    const cycles = Math.floor((functions.find((one) => one.name === name)?.cycles ?? 0) * part);
    if (line === 0 || cycles === 0) continue;
    const frame: Frame = { name: `:${line}`, kind: "line", cycles, children: [], place: { file, line } };
    files.set(file, [...(files.get(file) ?? []), frame]);
  }
  return [...files]
    .map(([file, rows]): Frame => {
      const cycles = rows.reduce((sum, row) => sum + row.cycles, 0);
      return { name: file, kind: "file", cycles, children: rows.sort((a, b) => a.place!.line - b.place!.line) };
    })
    .sort((a, b) => b.cycles - a.cycles || a.name.localeCompare(b.name));
}

function selfCycles(path: PathCost, name: string): number {
  const own = path.name === name ? path.self.cycles : 0;
  return path.callees.reduce((sum, callee) => sum + selfCycles(callee, name), own);
}

/** The same frames as a file for speedscope.app. */
export function modelSpeedscope(report: ModelReport): string {
  return speedscopeFile({ board: report.board, paths: stackOf(flameOf(report)) });
}

/** The same frames as trace events. */
export function modelTrace(report: ModelReport): string {
  return chromeTrace({ board: report.board, clockHz: report.clockHz, paths: stackOf(flameOf(report)) });
}

function stackOf({ name, kind, cycles, children, place }: Frame): Stack {
  return {
    name: kind === "line" ? `${place!.file}:${place!.line}` : name,
    self: { cycles: children.reduce((left, child) => left - child.cycles, cycles) },
    callees: children.map(stackOf),
  };
}
