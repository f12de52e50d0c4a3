// From the model's output to a decision, in integers: scores of the last `average` windows are summed by label, and the label of the
// greatest sum is the answer. It is a detection when the sum reaches the label's threshold, the label is armed and does not wait.
//
//            sum ≥ threshold: detection                      sum < release          `refractory` samples over
//   armed ────────────────────────────▶ fired, waits ─────────────────────▶ … ─────────────────────────────▶ armed
//                                        (both must happen, in either order; other labels are not held up)
//
//   state, 12 bytes a label   i32 sum │ u32 samples still to wait │ u32 1: fired, its mean has not fallen since
//   history                   i32 score [average][labels], a ring over windows
//
// Thresholds are sums in the output's own steps (host/app/decision-constants.ts). Time is counted in samples, so that a replay at any
// speed decides the same. An anomaly is a decision of one label.

import { reconstructionScore } from "./anomaly";
import { FLOAT32, elementBytes, loadElement, toScore } from "./element";

@external("config", "decision.kind") declare const decisionKind: i32;
@external("config", "decision.labels") declare const labels: i32;
@external("config", "decision.average") declare const average: i32;
@external("config", "decision.refractorySamples") declare const refractory: u32;
@external("config", "model.output") declare const modelOutput: usize;
@external("config", "output.kind") declare const outputKind: i32;
@external("config", "score.exponent") declare const exponent: i32;
@external("config", "score.zero") declare const zero: i32;
@external("config", "score.multiplier") declare const multiplier: i32;
@external("config", "score.shift") declare const decimalShift: i32;
@external("table", "thresholds") declare const thresholds: usize;
@external("table", "releases") declare const releases: usize;
@external("ram", "decision_state decision.stateBytes") declare const state: usize;
@external("ram", "decision_history decision.historyBytes") declare const history: usize;

const STATE_BYTES: i32 = 12;
/** score: reconstruction */
const RECONSTRUCTION = 2;

/** Windows in the sums, at most `average`. */
let counted: i32 = 0;
/** Where in the history the next window goes. */
let turn: i32 = 0;
let lastStart: u32 = 0;
let started: bool = false;
let best: i32 = 0;
let bestScore: i32 = 0;
let bestSum: i32 = 0;
let found: i32 = 0;

/** As after reset. */
export function restartDecision(): void {
  forgetScores();
  started = false;
  for (let label = 0; label < labels; label++) {
    store<u32>(state + label * STATE_BYTES, 0, 4);
    store<u32>(state + label * STATE_BYTES, 0, 8);
  }
}

/** After a gap in the samples: averaging starts again; what has fired stays so. */
export function forgetScores(): void {
  counted = 0;
  turn = 0;
  for (let label = 0; label < labels; label++) store<i32>(state + label * STATE_BYTES, 0);
}

/** The window that begins with sample `start` has been inferred. */
export function decide(start: u32): void {
  const elapsed = started ? start - lastStart : 0;
  started = true;
  lastStart = start;
  const row = history + turn * (labels << 2);
  best = 0;
  for (let label = 0; label < labels; label++) {
    const score = scoreOf(label, start);
    const at = row + (label << 2);
    const own = state + label * STATE_BYTES;
    const sum = load<i32>(own) + score - (counted == average ? load<i32>(at) : 0);
    store<i32>(at, score);
    store<i32>(own, sum);
    if (label == 0 || sum > bestSum) {
      best = label;
      bestSum = sum;
      bestScore = score;
    }
  }
  turn = turn + 1 == average ? 0 : turn + 1;
  if (counted < average) counted++;
  found = counted == average ? detect(elapsed) : wait(elapsed);
}

/** The averages are not complete yet: time passes, nothing is decided. */
function wait(elapsed: u32): i32 {
  for (let label = 0; label < labels; label++) passTime(state + label * STATE_BYTES, elapsed);
  return -1;
}

function detect(elapsed: u32): i32 {
  for (let label = 0; label < labels; label++) {
    const own = state + label * STATE_BYTES;
    passTime(own, elapsed);
    if (load<i32>(own) < load<i32>(releases + (label << 2))) store<u32>(own, 0, 8);
  }
  const own = state + best * STATE_BYTES;
  if (bestSum < load<i32>(thresholds + (best << 2)) || load<u32>(own, 4) != 0 || load<u32>(own, 8) != 0) return -1;
  store<u32>(own, refractory, 4);
  store<u32>(own, 1, 8);
  return best;
}

function passTime(own: usize, elapsed: u32): void {
  const left = load<u32>(own, 4);
  store<u32>(own, left > elapsed ? left - elapsed : 0, 4);
}

function scoreOf(label: i32, start: u32): i32 {
  if (decisionKind == RECONSTRUCTION) return reconstructionScore(modelOutput, start);
  const from = modelOutput + label * elementBytes(outputKind);
  return outputKind == FLOAT32 ? toScore(load<f32>(from), exponent) : loadElement(from, outputKind);
}

/** Of the window that was decided last: the label detected, or −1. */
export function detected(): i32 {
  return found;
}

/** The label of the greatest mean. */
export function bestLabel(): i32 {
  return best;
}

/** Its score in that window, in ten-thousandths. */
export function scoreTenThousandths(): i32 {
  return decimal(bestScore, 1);
}

/** Its mean over the windows so far, in ten-thousandths. */
export function meanTenThousandths(): i32 {
  return decimal(bestSum, counted);
}

/** (sum / count − zero) · unit · 10⁴, each step to the nearest, halves away from zero in the last. */
function decimal(sum: i32, count: i32): i32 {
  const product = <i64>(sum - count * zero) * <i64>multiplier;
  const half: i64 = decimalShift == 0 ? 0 : (<i64>1) << (<i64>(decimalShift - 1));
  const whole = <i32>((product + half) >> (<i64>decimalShift));
  return (whole + (whole < 0 ? -(count >> 1) : count >> 1)) / count;
}
