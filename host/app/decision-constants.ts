// The decision's numbers. Scores are integers on the device, whatever the model's output is, and means are compared as sums:
//
//   classes           int8, uint8, int16: the output's own q      float32: value · 2^16
//   anomaly, output   the same
//   anomaly, reconstruction
//     integer model   Σ d² >> shift,  d = q_in · f_in − q_out · f_out + c: difference in steps of `unit` = 2^−fraction of the larger scale
//     float model     mean of the squared differences · 2^exponent
//   threshold t       sum ≥ ceil(n · (t / unit + zero)); release r: sum < ceil(n · (r / unit + zero))
//   printed           ten-thousandths = (sum − n · zero) · multiplier >> shift, divided by n

import type { AnomalyDecision, AppModel, Decision, ModelEdge } from "./app-types.ts";
import { kindOf } from "./front-end-constants.ts";

/** `decision.kind` (assembly/firmware/decision.ts). */
const kinds = { classes: 0, output: 1, reconstruction: 2 } as const;

/** Fraction bits of a float score, and bits that a threshold of reconstruction has. */
const scoreBits = 16;
const never = 0x7fff_ffff;

/** What one score is: real = unit · (score − zero). */
export interface ScoreScale {
  readonly unit: number;
  readonly zero: number;
}

export function labelsOf(decision: Decision): readonly string[] {
  return decision.kind === "classes" ? decision.labels : [decision.label];
}

export function thresholdsOf(decision: Decision): readonly (number | undefined)[] {
  if (decision.kind === "anomaly") return [decision.threshold];
  const { labels, ignore, threshold } = decision;
  return labels.map((label) => {
    if (ignore.includes(label)) return undefined;
    return typeof threshold === "number" ? threshold : threshold[label];
  });
}

/** Below which a label is armed again. */
export function releasesOf(decision: Decision): readonly (number | undefined)[] {
  return thresholdsOf(decision).map((threshold) =>
    threshold === undefined ? undefined : Math.min(decision.release ?? 0.75 * threshold, threshold),
  );
}

export function decisionConstants(decision: Decision, model: AppModel, rateHz: number) {
  const labels = labelsOf(decision).length;
  const { average } = decision;
  const anomaly = anomalyConstants(decision, model);
  const scale = anomaly.scale;
  const sums = (values: readonly (number | undefined)[]) =>
    new Uint8Array(
      Int32Array.from(values, (value) =>
        value === undefined ? never : Math.min(never, Math.ceil(average * (value / scale.unit + scale.zero) - 1e-9)),
      ).buffer,
    );
  return {
    config: {
      "decision.kind": decision.kind === "classes" ? kinds.classes : kinds[decision.score],
      "decision.labels": labels,
      "decision.average": average,
      "decision.refractorySamples": Math.round(decision.refractorySeconds * rateHz),
      "decision.refractoryUs": Math.min(0xffff_ffff, Math.round(decision.refractorySeconds * 1e6)),
      "decision.historyBytes": 4 * average * labels,
      "decision.stateBytes": 12 * labels,
      "output.kind": kindOf[model.output.dtype],
      ...anomaly.config,
      ...decimals(scale),
    },
    tables: { thresholds: sums(thresholdsOf(decision)), releases: sums(releasesOf(decision)) },
  };
}

/** Score in ten-thousandths: the multiplier has at most 30 bits, so that its product with a sum stays in 64. */
function decimals({ unit, zero }: ScoreScale) {
  const shift = Math.max(0, Math.min(40, 29 - Math.ceil(Math.log2(unit * 1e4))));
  const multiplier = Math.min(2 ** 30, Math.round(unit * 1e4 * 2 ** shift));
  return { "score.zero": zero, "score.multiplier": multiplier, "score.shift": shift };
}

function outputScale({ dtype, scale, zeroPoint }: ModelEdge): ScoreScale {
  return dtype === "float32" ? { unit: 2 ** -scoreBits, zero: 0 } : { unit: scale, zero: zeroPoint };
}

const unused = { "anomaly.inputFactor": 0, "anomaly.outputFactor": 0, "anomaly.constant": 0, "anomaly.shift": 0 };

function anomalyConstants(decision: Decision, { input, output }: AppModel) {
  const plain = { scale: outputScale(output), config: { ...unused, "score.exponent": scoreBits } };
  if (decision.kind === "classes" || decision.score === "output") return plain;
  return input.dtype === "float32" ? floatError(decision) : integerError(decision, input, output);
}

/** 2^exponent brings the threshold to scoreBits bits; the scaling is exact. */
function floatError({ threshold }: AnomalyDecision) {
  const exponent = Math.max(-60, Math.min(60, scoreBits - 1 - Math.floor(Math.log2(threshold))));
  return { scale: { unit: 2 ** -exponent, zero: 0 }, config: { ...unused, "score.exponent": exponent } };
}

/** |d| < 2^23 and at most 2^16 elements: their squares add up in 64 bits. */
function integerError({ threshold }: AnomalyDecision, input: ModelEdge, output: ModelEdge) {
  const fraction = input.dtype === "int16" || output.dtype === "int16" ? 6 : 14;
  const unit = Math.max(input.scale, output.scale) / 2 ** fraction;
  const inputFactor = Math.round(input.scale / unit);
  const outputFactor = Math.round(output.scale / unit);
  const squares = (threshold * input.elements) / unit ** 2;
  const shift = Math.max(0, Math.min(60, Math.floor(Math.log2(squares)) - scoreBits + 1));
  return {
    scale: { unit: (unit ** 2 * 2 ** shift) / input.elements, zero: 0 },
    config: {
      "anomaly.inputFactor": inputFactor,
      "anomaly.outputFactor": outputFactor,
      "anomaly.constant": output.zeroPoint * outputFactor - input.zeroPoint * inputFactor,
      "anomaly.shift": shift,
      "score.exponent": 0,
    },
  };
}
