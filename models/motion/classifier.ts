// The model at work on windows of measurements: g in, class and scores out. For the float model too, to compare.

import { type EngineName, engineFor, type Graph, type Quantization } from "../../host/index.ts";

export interface Answer {
  /** Index of the greatest score. */
  readonly best: number;
  /** 0 to 1 each. */
  readonly scores: readonly number[];
  /** What the inference took, without preparing its input. */
  readonly microseconds: number;
}

export type Classify = (window: Float32Array) => Answer;

export async function openClassifier(graph: Graph, name: EngineName = "host"): Promise<Classify> {
  const engine = await engineFor(name, graph);
  const input = graph.tensors[graph.inputs[0]!]!;
  const output = graph.tensors[graph.outputs[0]!]!;
  return (window) => {
    const bytes = input.quantization ? toInput(window, input.quantization) : new Uint8Array(window.slice().buffer);
    const started = performance.now();
    const [answer] = engine.invoke([bytes]).outputs;
    const microseconds = 1000 * (performance.now() - started);
    const scores = output.quantization ? toScores(answer!, output.quantization) : floats(answer!);
    return { best: scores.indexOf(Math.max(...scores)), scores, microseconds };
  };
}

/** Measurements in g → the model's int8 input: to the nearest step, within −128 and 127. */
export function toInput(window: Float32Array, { scales, zeroPoints }: Quantization): Uint8Array {
  const [scale, zeroPoint] = [scales[0]!, zeroPoints[0]!];
  const steps = new Int8Array(window.length);
  for (let i = 0; i < window.length; i++) {
    steps[i] = Math.max(-128, Math.min(127, Math.round(window[i]! / scale) + zeroPoint));
  }
  return new Uint8Array(steps.buffer);
}

export function toScores(output: Uint8Array, { scales, zeroPoints }: Quantization): number[] {
  return Array.from(new Int8Array(output), (q) => (q - zeroPoints[0]!) * scales[0]!);
}

function floats(bytes: Uint8Array): number[] {
  return Array.from(new Float32Array(bytes.slice().buffer));
}
