// Is the sensor alive? Read from the samples themselves, in the main loop, each sample once.
//
//   stuck       no channel has changed for `sensor.stuckSamples` samples: real sensors are never that quiet
//   saturated   one channel has been at an end of its range for `sensor.saturatedSamples` samples
//
// Both end with the first sample that is otherwise.

import { sampleHead, slotOf } from "./samples";

@external("config", "sensor.channels") declare const channels: u32;
@external("config", "sensor.stuckSamples") declare const stuckSamples: u32;
@external("config", "sensor.saturatedSamples") declare const saturatedSamples: u32;
@external("config", "sensor.railLow") declare const railLow: i32;
@external("config", "sensor.railHigh") declare const railHigh: i32;
@external("config", "window.capacity") declare const ringSamples: u32;

let seen: u32 = 0;
/** Samples that were like the one before. */
let equalFor: u32 = 0;
let railFor: u32 = 0;

export function clearSignal(): void {
  seen = 0;
  equalFor = 0;
  railFor = 0;
}

/** Looks at the samples that came since the last call. */
export function followSignal(): void {
  const head = sampleHead();
  // the one before must still be there
  if (head - seen >= ringSamples) seen = head - ringSamples + 1;
  for (; seen != head; seen++) {
    const slot = slotOf(seen);
    equalFor = seen != 0 && isEqual(slot, slotOf(seen - 1)) ? equalFor + 1 : 0;
    railFor = isAtRail(slot) ? railFor + 1 : 0;
  }
}

export function signalStuck(): bool {
  return equalFor >= stuckSamples;
}

export function signalSaturated(): bool {
  return railFor >= saturatedSamples;
}

function isEqual(a: usize, b: usize): bool {
  for (let i: u32 = 0; i < channels << 1; i += 2) if (<i32>load<i16>(a + i) != <i32>load<i16>(b + i)) return false;
  return true;
}

function isAtRail(slot: usize): bool {
  for (let i: u32 = 0; i < channels << 1; i += 2) {
    const value = <i32>load<i16>(slot + i);
    if (value <= railLow || value >= railHigh) return true;
  }
  return false;
}
