// samples.json: a few windows of held-out persons as the model's input bytes, the bytes it must answer (reference
// arithmetic), and which motion when is in recording.csv.

import { type Dataset, engineFor, type Graph } from "../../host/index.ts";
import { toInput } from "./classifier.ts";
import { eachWindow } from "./evaluate.ts";
import { script } from "./recording.ts";
import { classes, type Motion, rateHz } from "./simulate.ts";

export interface Samples {
  readonly model: string;
  readonly classes: readonly string[];
  readonly rateHz: number;
  readonly windows: readonly {
    readonly motion: Motion;
    /** int8 [1, 1, 128, 3] as base64. */
    readonly input: string;
    /** int8 scores, a step is 1/256. */
    readonly output: readonly number[];
  }[];
  readonly recording: {
    readonly file: string;
    readonly segments: readonly { readonly fromS: number; readonly motion: Motion }[];
  };
}

/** Of each motion, which windows in the order of the data: spread over persons. */
const chosen = [0, 137, 271];

export async function makeSamples(graph: Graph, data: Dataset): Promise<string> {
  const engine = await engineFor("reference", graph);
  const quantization = graph.tensors[graph.inputs[0]!]!.quantization!;
  const seen = new Array<number>(classes.length).fill(0);
  const windows: Samples["windows"][number][] = [];
  eachWindow(data, (window, label) => {
    if (!chosen.includes(seen[label]!++)) return;
    const input = toInput(window, quantization);
    const [output] = engine.invoke([input]).outputs;
    const base64 = Buffer.from(input).toString("base64");
    windows.push({ motion: classes[label]!, input: base64, output: Array.from(new Int8Array(output!)) });
  });
  let fromS = 0;
  const segments = script.map(({ motion, seconds }) => {
    const segment = { fromS, motion };
    fromS += seconds;
    return segment;
  });
  const samples: Samples = {
    model: "motion.tflite",
    classes,
    rateHz,
    windows,
    recording: { file: "recording.csv", segments },
  };
  return `${JSON.stringify(samples, null, 1)}\n`;
}
