// How far the model's output is from its input: the score of a reconstruction. The input is computed again from the samples, because its
// buffer may be reused once the first layer has read it.
//
//   integers   Σ d² >> shift,  d = q_in · inputFactor − q_out · outputFactor + constant: the difference in steps that suit both scales
//   float      mean of the squared differences, summed in order in binary32

import { FLOAT32, LARGEST_SCORE, elementBytes, loadElement, toScore } from "./element";
import { floatInput, integerInput, scaleBytes, slotAfter } from "./front-end";
import { slotOf } from "./samples";

@external("config", "window.samples") declare const samples: u32;
@external("config", "window.values") declare const values: i32;
@external("config", "sensor.channels") declare const channels: u32;
@external("config", "input.kind") declare const inputKind: i32;
@external("config", "input.low") declare const inputLow: i32;
@external("config", "input.high") declare const inputHigh: i32;
@external("config", "output.kind") declare const outputKind: i32;
@external("config", "score.exponent") declare const exponent: i32;
@external("config", "anomaly.inputFactor") declare const inputFactor: i32;
@external("config", "anomaly.outputFactor") declare const outputFactor: i32;
@external("config", "anomaly.constant") declare const constant: i32;
@external("config", "anomaly.shift") declare const shift: i32;
@external("table", "input_scale") declare const inputScale: usize;

export function reconstructionScore(output: usize, start: u32): i32 {
  return inputKind == FLOAT32 ? floatError(output, start) : integerError(output, start);
}

function integerError(output: usize, start: u32): i32 {
  let sum: i64 = 0;
  let slot = slotOf(start);
  for (let i: u32 = 0; i < samples; i++) {
    let scale = inputScale;
    for (let channel: u32 = 0; channel < channels; channel++) {
      const q = max(min(integerInput(<i32>load<i16>(slot + (channel << 1)), scale), inputHigh), inputLow);
      const difference = q * inputFactor - loadElement(output, outputKind) * outputFactor + constant;
      sum += <i64>difference * <i64>difference;
      output += elementBytes(outputKind);
      scale += scaleBytes();
    }
    slot = slotAfter(slot);
  }
  const score = sum >> (<i64>shift);
  return score > <i64>LARGEST_SCORE ? LARGEST_SCORE : <i32>score;
}

function floatError(output: usize, start: u32): i32 {
  let sum: f32 = 0;
  let slot = slotOf(start);
  for (let i: u32 = 0; i < samples; i++) {
    let scale = inputScale;
    for (let channel: u32 = 0; channel < channels; channel++) {
      const difference: f32 = floatInput(<i32>load<i16>(slot + (channel << 1)), scale) - load<f32>(output);
      sum += difference * difference;
      output += 4;
      scale += scaleBytes();
    }
    slot = slotAfter(slot);
  }
  return toScore(sum / <f32>values, exponent);
}
