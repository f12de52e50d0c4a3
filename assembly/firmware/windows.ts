// When a window is due, and what happened to those that were not used in time.

import { replaying } from "./replay";
import { sampleHead } from "./samples";

@external("config", "window.capacity") declare const ringSamples: u32;
@external("config", "window.samples") declare const length: u32;
@external("config", "window.hop") declare const hop: u32;

/** Sample count at which the next window is complete. */
let windowEnd: u32 = 0;
/** Windows that nobody looked at in time. */
let late: u32 = 0;

export function restartWindows(): void {
  windowEnd = length;
}

/** After a gap in the samples: the next window begins behind it, on the same grid of hops. */
export function skipWindowsTo(sample: u32): void {
  while (<i32>(windowEnd - length - sample) < 0) windowEnd += hop;
}

/** A window is complete. Live, those that a later complete one has overtaken are skipped and counted; replayed samples wait. */
export function windowDue(): bool {
  const ahead = <i32>(sampleHead() - windowEnd);
  if (ahead < 0) return false;
  if (replaying()) return true;
  for (let left = ahead; left >= <i32>hop; left -= <i32>hop) {
    windowEnd += hop;
    late++;
  }
  return true;
}

/** Complete ones that the next look will skip; `inferring`: the present one is in work. */
export function windowsBehind(inferring: bool): u32 {
  const ahead = <i32>(sampleHead() - windowEnd) - (inferring ? <i32>hop : 0);
  return ahead < <i32>hop ? 0 : <u32>ahead / hop;
}

/** Number of the window's first sample. */
export function windowStart(): u32 {
  return windowEnd - length;
}

export function windowEndSample(): u32 {
  return windowEnd;
}

/** Its samples are still there. */
export function windowWhole(): bool {
  return sampleHead() - windowStart() <= ringSamples;
}

export function windowUsed(): void {
  windowEnd += hop;
}

export function windowLost(): void {
  late++;
  windowEnd += hop;
}

export function lateWindows(): u32 {
  return late;
}
