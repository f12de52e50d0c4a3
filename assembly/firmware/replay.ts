// Samples from the host instead of the sensor (hardware in the loop): the ring is filled as far as no window that is still to be read
// would be overwritten, and time is what the samples say: number of the sample × period. Results therefore do not depend on how fast
// anything runs.

import { load8, store8 } from "../mmio";
import { captureDone, captureRoom } from "./capturing";
import { nextSlot, sampleHead, sampleWritten } from "./samples";
import { windowStart } from "./windows";

@external("config", "sensor.channels") declare const channels: u32;
@external("config", "window.capacity") declare const ringSamples: u32;

let wanted: bool = false;
let active: bool = false;
let total: u32 = 0;

export function replayBegin(samples: u32): void {
  total = samples;
  wanted = true;
}

/** The main loop restarts the pipeline then; true once. */
export function replayStarts(): bool {
  if (!wanted) return false;
  wanted = false;
  active = true;
  return true;
}

export function replaying(): bool {
  return active;
}

export function replayRoom(): bool {
  return active && sampleHead() != total && sampleHead() - windowStart() < ringSamples && captureRoom();
}

export function replayPush(from: usize): void {
  const to = nextSlot();
  for (let i: u32 = 0; i < channels << 1; i++) store8(to + i, load8(from + i));
  sampleWritten();
}

export function replayHasAll(): bool {
  return active && sampleHead() == total;
}

/** All samples have come and gone where they are wanted; the main loop goes back to the sensor once the windows are done. */
export function replayComplete(): bool {
  return replayHasAll() && captureDone();
}

export function replayEnd(): void {
  active = false;
}
