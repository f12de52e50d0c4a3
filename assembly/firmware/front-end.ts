// The window front end: the samples of one window, int16 as the sensor's driver left them in the ring, to the model's input. The very same
// code on device and host. Numbers come from the app (host/app/front-end-constants.ts), one row of `input_scale` a channel:
//
//   integer input   q = clamp((raw · M + B) >> shift)   16 bytes: i32 M, 4 unused, i64 B. Integers only; B carries offset, zero point and
//                                                        the half for rounding, so halves go upwards
//   float input     value = raw · k + o                 8 bytes: f32 k, f32 o; two roundings

import { FLOAT32, elementBytes, storeElement } from "./element";
import { slotOf } from "./samples";

@external("ram", "sample_ring window.ringBytes") declare const ring: usize;
@external("config", "window.ringBytes") declare const ringBytes: usize;
@external("config", "window.samples") declare const samples: u32;
@external("config", "sensor.channels") declare const channels: u32;
@external("config", "input.kind") declare const inputKind: i32;
@external("config", "input.shift") declare const inputShift: i32;
@external("config", "model.input") declare const modelInput: usize;
@external("table", "input_scale") declare const inputScale: usize;

/** Bytes of a row of `input_scale`. */
export function scaleBytes(): u32 {
  return inputKind == FLOAT32 ? 8 : 16;
}

export function integerInput(raw: i32, scale: usize): i32 {
  return <i32>((<i64>raw * <i64>load<i32>(scale) + load<i64>(scale, 8)) >> (<i64>inputShift));
}

export function floatInput(raw: i32, scale: usize): f32 {
  return <f32>raw * load<f32>(scale) + load<f32>(scale, 4);
}

/** The slot behind this one. */
export function slotAfter(slot: usize): usize {
  const next = slot + (channels << 1);
  return next == ring + ringBytes ? ring : next;
}

/** `start`: number of the window's first sample. */
export function fillInput(start: u32): void {
  let into = modelInput;
  let slot = slotOf(start);
  for (let i: u32 = 0; i < samples; i++) {
    let scale = inputScale;
    for (let channel: u32 = 0; channel < channels; channel++) {
      const raw = <i32>load<i16>(slot + (channel << 1));
      if (inputKind == FLOAT32) store<f32>(into, floatInput(raw, scale));
      else storeElement(into, inputKind, integerInput(raw, scale));
      into += elementBytes(inputKind);
      scale += scaleBytes();
    }
    slot = slotAfter(slot);
  }
}
