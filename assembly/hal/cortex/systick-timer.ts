// systick_timer: a time base from SysTick (DDI 0403E B3.3), for machines that have no better one (QEMU's STM32, whose timers do not compare).
// It ticks every millisecond and is read in between; an alarm is looked at in the tick, so it comes up to 1 ms late. It stands still where
// a core stops SysTick in sleep: silicon has better.
//
//   µs = ticks · 1000 + (RELOAD − VALUE) / cycles per µs

import { enter, leave } from "../../cpu";
import { alarmFired } from "../../firmware/tick";
import { load32, store32 } from "../../mmio";
import { clockHz } from "../kinds";

const SYST_CSR: usize = 0xe000e010;
const SYST_RVR: usize = 0xe000e014;
const SYST_CVR: usize = 0xe000e018;
const ENABLE_TICKINT_CLKSOURCE: u32 = 7;
const ICSR: usize = 0xe000ed04;
const PENDSTSET: u32 = 1 << 26;
const TICK_US: u32 = 1000;

/** Low word of the ticks; `high` counts its wraps, in the handler. */
@external("ram", "systick_timer_ticks 4") declare const ticks: usize;
@external("ram", "systick_timer_high 4") declare const high: usize;
@external("ram", "systick_timer_armed 4") declare const armed: usize;
@external("ram", "systick_timer_at 4") declare const alarmAt: usize;
@external("ram", "systick_timer_rate 4") declare const rate: usize;

export function systick_timer_start(): void {
  const perMicrosecond = clockHz() / 1_000_000;
  store32(rate, perMicrosecond);
  store32(ticks, 0);
  store32(high, 0);
  store32(armed, 0);
  store32(SYST_RVR, perMicrosecond * TICK_US - 1);
  store32(SYST_CVR, 0);
  store32(SYST_CSR, ENABLE_TICKINT_CLKSOURCE);
}

/** Microseconds into the tick; a tick whose handler has not run yet (interrupts are off) counts as 1000 more. */
function intoTick(): u32 {
  const value = load32(SYST_CVR);
  const reload = load32(SYST_RVR);
  const waiting = load32(ICSR) & PENDSTSET && value > reload >> 1 ? TICK_US : 0;
  return waiting + (reload - value) / load32(rate);
}

export function systick_timer_now(): u64 {
  const was = enter();
  const whole = ((<u64>load32(high)) << 32) | load32(ticks);
  const part = intoTick();
  leave(was);
  return whole * TICK_US + part;
}

export function systick_timer_now_low(): u32 {
  const was = enter();
  const low = load32(ticks) * TICK_US + intoTick();
  leave(was);
  return low;
}

export function systick_timer_alarm(at: u32): void {
  const was = enter();
  store32(alarmAt, at);
  store32(armed, 1);
  leave(was);
}

export function systick_timer_isr(): void {
  const next = load32(ticks) + 1;
  store32(ticks, next);
  if (!next) store32(high, load32(high) + 1);
  if (!load32(armed) || <i32>(next * TICK_US - load32(alarmAt)) < 0) return;
  store32(armed, 0);
  alarmFired();
}
