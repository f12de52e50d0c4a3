// What front end and decision mean, written a second time in plain arithmetic over real numbers and whole histories: no sums that are
// kept, no fixed point, no rings. The WebAssembly of assembly/firmware must give the same inputs, labels and detections.

import type { App, AppModel, Decision, ModelEdge } from "../../host/app/app.ts";
import { sensorChannels } from "../../host/app/app.ts";

const pick = (value: number | readonly number[], i: number): number => (typeof value === "number" ? value : value[i]!);
const limits = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767], float32: [0, 0] } as const;

/** Elements of the model's input for the window that begins at `start`. */
export function referenceInput(app: App, { input }: AppModel, samples: readonly Int16Array[], start: number): number[] {
  const channels = sensorChannels(app.sensor)!;
  const [low, high] = limits[input.dtype];
  return samples.slice(start, start + app.frontEnd.length).flatMap((sample) =>
    Array.from(sample, (raw, i) => {
      const gain = channels[i]!.step * pick(app.frontEnd.scale, i);
      const offset = pick(app.frontEnd.offset, i);
      if (input.dtype === "float32") return Math.fround(Math.fround(raw * Math.fround(gain)) + Math.fround(offset));
      const q = Math.floor((raw * gain + offset) / input.scale + input.zeroPoint + 0.5);
      return Math.max(low, Math.min(high, q));
    }),
  );
}

export function toBytes(values: readonly number[], { dtype }: Pick<ModelEdge, "dtype">): Uint8Array {
  const arrays = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, float32: Float32Array };
  return new Uint8Array(arrays[dtype].from(values).buffer);
}

/** Scores of one window in real units: the outputs', or the reconstruction's error. */
export function referenceScores(
  app: App,
  model: AppModel,
  input: readonly number[],
  output: readonly number[],
): number[] {
  const real = (values: readonly number[], { scale, zeroPoint }: ModelEdge) =>
    values.map((q) => scale * (q - zeroPoint));
  const { decision } = app;
  const outputs = real(output, model.output);
  if (decision.kind === "classes" || decision.score === "output") return outputs;
  const inputs = real(input, model.input);
  return [inputs.reduce((sum, value, i) => sum + (value - outputs[i]!) ** 2, 0) / inputs.length];
}

export interface ReferenceResult {
  readonly label: number;
  readonly score: number;
  readonly mean: number;
  readonly detected: number;
}

/** Scores of all windows, in order → what each window's result must say. `hopSeconds`: from one window to the next. */
export function referenceDecisions(
  decision: Decision,
  windows: readonly (readonly number[])[],
  hopSeconds: number,
): ReferenceResult[] {
  const labels = windows[0]!.length;
  const names = decision.kind === "classes" ? decision.labels : [decision.label];
  const threshold = names.map((name) => {
    if (decision.kind === "classes" && decision.ignore.includes(name)) return Number.POSITIVE_INFINITY;
    return typeof decision.threshold === "number" ? decision.threshold : decision.threshold[name]!;
  });
  const release = threshold.map((value) => Math.min(value, decision.release ?? 0.75 * value));
  const means = windows.map((_, w) => {
    const last = windows.slice(Math.max(0, w - decision.average + 1), w + 1);
    return Array.from({ length: labels }, (_, k) => last.reduce((sum, scores) => sum + scores[k]!, 0) / last.length);
  });
  const firings: { readonly window: number; readonly label: number }[] = [];
  return windows.map((scores, w) => {
    const mean = means[w]!;
    const label = mean.findIndex((value) => value > Math.max(...mean) - 1e-9);
    const result = { label, score: scores[label]!, mean: mean[label]!, detected: -1 };
    if (w + 1 < decision.average || mean[label]! < threshold[label]! - 1e-9) return result;
    const before = firings.findLast((firing) => firing.label === label);
    if (before) {
      const waited = (w - before.window) * hopSeconds >= decision.refractorySeconds - 1e-9;
      const fell = means.slice(before.window + 1, w + 1).some((values) => values[label]! < release[label]! - 1e-9);
      if (!waited || !fell) return result;
    }
    firings.push({ window: w, label });
    return { ...result, detected: label };
  });
}
