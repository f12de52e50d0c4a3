// How often answers are right: confusion matrices, and what much simpler methods reach on the same windows.

import type { Dataset } from "../../host/index.ts";
import type { Classify } from "./classifier.ts";

export interface Evaluation {
  /** 0 to 1. */
  readonly accuracy: number;
  /** [true class][answer] → windows. */
  readonly confusion: readonly (readonly number[])[];
}

export function evaluate(answer: (window: Float32Array) => number, data: Dataset): Evaluation {
  const confusion = Array.from({ length: data.classes }, () => new Array<number>(data.classes).fill(0));
  let right = 0;
  eachWindow(data, (window, label) => {
    const found = answer(window);
    confusion[label]![found]!++;
    if (found === label) right++;
  });
  return { accuracy: right / data.labels.length, confusion };
}

export function evaluateModel(classify: Classify, data: Dataset): Evaluation {
  return evaluate((window) => classify(window).best, data);
}

export function eachWindow({ inputs, labels }: Dataset, visit: (window: Float32Array, label: number) => void): void {
  const size = inputs.length / labels.length;
  for (let i = 0; i < labels.length; i++) visit(inputs.subarray(i * size, (i + 1) * size), labels[i]!);
}

/** Always the class that is most frequent in training. */
export function majority({ labels, classes }: Dataset): (window: Float32Array) => number {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  const most = counts.indexOf(Math.max(...counts));
  return () => most;
}

/** The class whose training windows' mean is nearest, after `describe` and dividing by each value's deviation. */
export function nearestCentroid(
  data: Dataset,
  describe: (window: Float32Array) => readonly number[],
): (window: Float32Array) => number {
  const rows: (readonly number[])[] = [];
  eachWindow(data, (window) => {
    rows.push(describe(window));
  });
  const size = rows[0]!.length;
  const mean = (of: readonly (readonly number[])[], i: number): number =>
    of.reduce((sum, row) => sum + row[i]!, 0) / of.length;
  const deviations = Array.from({ length: size }, (_, i) => {
    const center = mean(rows, i);
    return Math.sqrt(rows.reduce((sum, row) => sum + (row[i]! - center) ** 2, 0) / rows.length) || 1;
  });
  const centroids = Array.from({ length: data.classes }, (_, label) => {
    const own = rows.filter((_, i) => data.labels[i] === label);
    return Array.from({ length: size }, (_, i) => mean(own, i) / deviations[i]!);
  });
  return (window) => {
    const values = describe(window).map((value, i) => value / deviations[i]!);
    const distances = centroids.map((centroid) => Math.hypot(...centroid.map((value, i) => value - values[i]!)));
    return distances.indexOf(Math.min(...distances));
  };
}

/** What is felt whatever the orientation: of the magnitude, its mean, spread, extremes, mean change and crossings. */
export function magnitudeFeatures(window: Float32Array): readonly number[] {
  const magnitudes = Array.from({ length: window.length / 3 }, (_, i) =>
    Math.hypot(window[3 * i]!, window[3 * i + 1]!, window[3 * i + 2]!),
  );
  const { length } = magnitudes;
  const mean = magnitudes.reduce((a, b) => a + b) / length;
  const spread = Math.sqrt(magnitudes.reduce((sum, m) => sum + (m - mean) ** 2, 0) / length);
  const pairs = magnitudes.slice(1).map((m, i) => [magnitudes[i]!, m] as const);
  const change = pairs.reduce((sum, [a, b]) => sum + Math.abs(b - a), 0) / length;
  const crossings = pairs.filter(([a, b]) => a > mean !== b > mean).length;
  return [mean, spread, Math.min(...magnitudes), Math.max(...magnitudes), change, crossings];
}
