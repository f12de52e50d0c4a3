// Room profile: a Machine that runs → where its cycles went: by function, by address, by call path. Works for any image; symbols
// give names. Layers of a model are functions (`layer_NN_…`), so a report by layer is a fold over these.
//
//   const recording = profile(machine);  machine.run({ cycles });  recording.stop();  recording.report()

import type { Machine } from "../sim/sim.ts";
import { Recorder } from "./recorder.ts";
import { makeReport, type Report } from "./report.ts";

export { type Budgets, checkBudgets } from "./budget.ts";
export { chromeTrace } from "./chrome-trace.ts";
export type { Counts } from "./counts.ts";
export { type CrashPlace, describeCrash } from "./crash.ts";
export { modelSpeedscope, modelTrace } from "./flame.ts";
export { type HtmlOptions, reportHtml } from "./html.ts";
export type { LineCost } from "./lines.ts";
export {
  type LayerCost,
  type ModelFacts,
  type ModelMemory,
  type ModelReport,
  modelReport,
  type TensorLife,
} from "./model-report.ts";
export { modelText } from "./model-text.ts";
export type { FunctionCost, PathCost, PlaceCost, Report } from "./report.ts";
export { speedscopeFile } from "./speedscope.ts";
export { reportText } from "./text.ts";

export interface Recording {
  /** What was counted so far. */
  report(): Report;
  /** Lets the machine run at full speed again. */
  stop(): void;
}

/** Counts from here on. The machine interprets meanwhile, one instruction at a time. */
export function profile(machine: Machine): Recording {
  const recorder = new Recorder(machine);
  return {
    report() {
      recorder.settle();
      return makeReport(machine, recorder);
    },
    stop: () => recorder.stop(),
  };
}
