// rp2040_timer: the time base, 64 bits of microseconds in hardware (RP2040 Datasheet 4.6). Reading the low half latches the high one, so the
// pair is the main loop's alone; handlers read TIMERAWL.

import { alarmFired } from "../../firmware/tick";
import { load32, store32 } from "../../mmio";
import {
  RESETS_RESET_TIMER,
  TIMER,
  TIMER_ALARM0,
  TIMER_ARMED,
  TIMER_INTE,
  TIMER_INTF,
  TIMER_INTR,
  TIMER_TIMEHR,
  TIMER_TIMEHW,
  TIMER_TIMELR,
  TIMER_TIMELW,
  TIMER_TIMERAWL,
} from "./registers";
import { release } from "./resets";

export function rp2040_timer_start(): void {
  release(RESETS_RESET_TIMER);
  store32(TIMER + TIMER_TIMELW, 0);
  store32(TIMER + TIMER_TIMEHW, 0);
  store32(TIMER + TIMER_INTE, 1);
}

export function rp2040_timer_now(): u64 {
  const low = load32(TIMER + TIMER_TIMELR);
  return ((<u64>load32(TIMER + TIMER_TIMEHR)) << 32) | low;
}

export function rp2040_timer_now_low(): u32 {
  return load32(TIMER + TIMER_TIMERAWL);
}

export function rp2040_timer_alarm(at: u32): void {
  store32(TIMER + TIMER_INTF, 0);
  store32(TIMER + TIMER_ALARM0, at);
  // it fires when the counter is equal: a time that has passed by now would be 71 minutes away
  if (<i32>(load32(TIMER + TIMER_TIMERAWL) - at) < 0 || !(load32(TIMER + TIMER_ARMED) & 1)) return;
  store32(TIMER + TIMER_ARMED, 1);
  store32(TIMER + TIMER_INTF, 1);
}

export function rp2040_timer_isr(): void {
  store32(TIMER + TIMER_INTF, 0);
  store32(TIMER + TIMER_INTR, 1);
  alarmFired();
}
