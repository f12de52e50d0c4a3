// cmsdk_timer: the time base from two APB timers (DDI 0479D 4.1), which count down at the core's clock.
//
//   first    reloads every 2^26 µs (67 s): µs = wraps · 2^26 + (RELOAD − VALUE) / ticks per µs; `isr_wrap` counts the wraps
//   second   the alarm: loaded with what is left, at most one such period, and again until the time has come
//
// A wrap that the handler has not counted yet is seen in INTSTATUS, so that every mode reads the same time.

import { enter, leave } from "../../cpu";
import { alarmFired } from "../../firmware/tick";
import { load32, store32 } from "../../mmio";
import {
  TIMER_CTRL,
  TIMER_CTRL_EN,
  TIMER_CTRL_IRQEN,
  TIMER_INTCLEAR,
  TIMER_INTCLEAR_CLEAR,
  TIMER_RELOAD,
  TIMER_VALUE,
} from "./registers";

@external("config", "timer.base") declare const base: usize;
@external("config", "timer.alarm") declare const alarm: usize;
@external("config", "timer.ticks") declare const ticks: u32;
@external("ram", "cmsdk_timer_wraps 4") declare const wraps: usize;
@external("ram", "cmsdk_timer_armed 4") declare const armed: usize;
@external("ram", "cmsdk_timer_at 4") declare const alarmAt: usize;

/** Microseconds between wraps: a power of two, so that the low word needs no 64-bit sum. */
const PERIOD_BITS: u32 = 26;

export function cmsdk_timer_start(): void {
  store32(base + TIMER_CTRL, 0);
  store32(alarm + TIMER_CTRL, 0);
  store32(base + TIMER_RELOAD, (ticks << PERIOD_BITS) - 1);
  store32(base + TIMER_VALUE, (ticks << PERIOD_BITS) - 1);
  store32(base + TIMER_INTCLEAR, TIMER_INTCLEAR_CLEAR);
  store32(alarm + TIMER_INTCLEAR, TIMER_INTCLEAR_CLEAR);
  store32(wraps, 0);
  store32(base + TIMER_CTRL, TIMER_CTRL_EN | TIMER_CTRL_IRQEN);
}

/** Wraps and value that belong together; interrupts are off. */
// @ts-ignore: decorator
@inline
function microseconds(value: u32): u32 {
  return ((ticks << PERIOD_BITS) - 1 - value) / ticks;
}

export function cmsdk_timer_now(): u64 {
  const was = enter();
  let value = load32(base + TIMER_VALUE);
  let high = load32(wraps);
  if (load32(base + TIMER_INTCLEAR)) {
    value = load32(base + TIMER_VALUE);
    high++;
  }
  leave(was);
  return ((<u64>high) << PERIOD_BITS) + microseconds(value);
}

export function cmsdk_timer_now_low(): u32 {
  const was = enter();
  let value = load32(base + TIMER_VALUE);
  let high = load32(wraps);
  if (load32(base + TIMER_INTCLEAR)) {
    value = load32(base + TIMER_VALUE);
    high++;
  }
  leave(was);
  return (high << PERIOD_BITS) + microseconds(value);
}

/** Loads what is left of the alarm's time; one tick where it has passed, so that the handler comes in any case. */
function load(): void {
  const left = <i32>(load32(alarmAt) - cmsdk_timer_now_low());
  const most: i32 = 1 << PERIOD_BITS;
  store32(alarm + TIMER_CTRL, 0);
  store32(alarm + TIMER_RELOAD, 0);
  store32(alarm + TIMER_INTCLEAR, TIMER_INTCLEAR_CLEAR);
  store32(alarm + TIMER_VALUE, left <= 0 ? 1 : <u32>min(left, most) * ticks);
  store32(alarm + TIMER_CTRL, TIMER_CTRL_EN | TIMER_CTRL_IRQEN);
}

export function cmsdk_timer_alarm(at: u32): void {
  const was = enter();
  store32(alarmAt, at);
  store32(armed, 1);
  load();
  leave(was);
}

export function cmsdk_timer_isr_wrap(): void {
  store32(base + TIMER_INTCLEAR, TIMER_INTCLEAR_CLEAR);
  store32(wraps, load32(wraps) + 1);
}

export function cmsdk_timer_isr(): void {
  store32(alarm + TIMER_INTCLEAR, TIMER_INTCLEAR_CLEAR);
  if (!load32(armed)) return;
  if (<i32>(load32(alarmAt) - cmsdk_timer_now_low()) > 0) {
    load();
    return;
  }
  store32(armed, 0);
  alarmFired();
}
