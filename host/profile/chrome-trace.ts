// Call paths as a file in Chrome's trace event format, for chrome://tracing, Perfetto and whatever else reads it: `{"traceEvents": […]}`
// of complete events (ph "X") in microseconds, nested by time, and metadata (ph "M") that names the track.
//
//   ts ├── thumbelina_invoke ──────────────────┤ dur
//      ├ layer_00_conv_2d ─┤├ layer_01_… ─┤        callees lie side by side in the given order, own cycles behind them
//
// A model's layers are given in the order in which they run, so that their places are the true ones; below a layer, and in call paths of
// an image, a width is exact and an order is not. Trace Event Format (Google), "Complete Events", "Metadata Events".

import type { Stack } from "./speedscope.ts";

interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "M";
  readonly pid: 1;
  readonly tid: 1;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, string | number>>;
}

export interface TraceSource {
  readonly board: string;
  readonly clockHz: number;
  readonly paths: Stack;
}

export function chromeTrace({ board, clockHz, paths }: TraceSource): string {
  const events: TraceEvent[] = [metadata("process_name", board), metadata("thread_name", `${clockHz / 1e6} MHz`)];
  const microseconds = (cycles: number) => (cycles * 1e6) / clockHz;
  /** The cycle after the frame. */
  const visit = ({ name, self, callees }: Stack, start: number): number => {
    const place = events.length;
    let end = start;
    for (const callee of callees) end = visit(callee, end);
    end += self.cycles;
    // The path above all others has no name; what was spent there is nobody's.
    const own = name || "(no symbol)";
    if (end > start && (name || self.cycles > 0)) events.splice(place, 0, complete(own, start, end, self.cycles));
    return end;
  };
  const complete = (name: string, start: number, end: number, selfCycles: number): TraceEvent => {
    const [ts, dur] = [microseconds(start), microseconds(end - start)];
    return { name, ph: "X", pid: 1, tid: 1, ts, dur, args: { cycles: end - start, selfCycles } };
  };
  visit(paths, 0);
  return JSON.stringify({ traceEvents: events, displayTimeUnit: "ns", otherData: { exporter: "thumbelina", board } });
}

function metadata(name: string, value: string): TraceEvent {
  return { name, ph: "M", pid: 1, tid: 1, args: { name: value } };
}
