// The pure chain of an app without hardware: samples → windows → front end, and the model's answer → decision. The host runs it with the
// very constants of an image (host/app/session.ts); the always-on loop (app.ts) calls the same functions.

import { bestLabel, decide, detected, meanTenThousandths, restartDecision, scoreTenThousandths } from "./decision";
import { fillInput } from "./front-end";
import { clearSamples, followCrc, nextSlot, sampleCrc, sampleWritten } from "./samples";
import { clearSignal, followSignal, signalSaturated, signalStuck } from "./signal";
import { restartWindows, windowDue, windowStart, windowUsed } from "./windows";

export function session_restart(): void {
  clearSamples();
  restartWindows();
  restartDecision();
  clearSignal();
}

/** Where the next sample goes; `session_written` then takes it in. */
export function session_slot(): usize {
  return nextSlot();
}

/** 1: a window is complete and lies in the model's input. */
export function session_written(): i32 {
  sampleWritten();
  followCrc();
  followSignal();
  if (!windowDue()) return 0;
  fillInput(windowStart());
  return 1;
}

/** The model's output is there. The label detected, or −1. */
export function session_decide(): i32 {
  decide(windowStart());
  windowUsed();
  return detected();
}

export function session_label(): i32 {
  return bestLabel();
}

export function session_score(): i32 {
  return scoreTenThousandths();
}

export function session_mean(): i32 {
  return meanTenThousandths();
}

export function session_crc(): u32 {
  return sampleCrc();
}

/** 1: stuck, 2: saturated, or both. */
export function session_signal(): i32 {
  return (signalStuck() ? 1 : 0) | (signalSaturated() ? 2 : 0);
}
