// nrf_timer: the time base, a TIMER of 32 bits at 1 MHz (nRF52840 PS 6.30, nRF51 RM 17: there only TIMER0 has 32 bits). It runs through
// WFI; the RTC would be thriftier, but ticks at 30.5 µs and reads 0 in QEMU.
//
//   16 MHz ÷ 2^4 ─► counter ─ CAPTURE[0] ─► CC[0]: now          wraps every 71.6 minutes: `now`, called far more often, counts that
//                           └ = CC[1] ─► COMPARE[1]: the alarm
//
// A handler that captures between the main loop's capture and its read gives the main loop a later time, never an earlier one.

import { enter, leave } from "../../cpu";
import { alarmFired } from "../../firmware/tick";
import { load32, store32 } from "../../mmio";
import {
  TIMER_BITMODE,
  TIMER_BITMODE_32BIT,
  TIMER_CC,
  TIMER_EVENTS_COMPARE,
  TIMER_INTENCLR,
  TIMER_INTENSET,
  TIMER_INTENSET_COMPARE1,
  TIMER_MODE,
  TIMER_MODE_TIMER,
  TIMER_PRESCALER,
  TIMER_TASKS_CAPTURE,
  TIMER_TASKS_CLEAR,
  TIMER_TASKS_START,
  TIMER_TASKS_STOP,
} from "./registers";

@external("config", "timer.base") declare const base: usize;
@external("config", "timer.irq") declare const irq: u32;
/** Set while an alarm is awaited. */
@external("ram", "nrf_timer_armed 4") declare const armed: usize;

const NVIC_ISPR: usize = 0xe000e200;

/** Wraps of the counter, and the last low word seen: main loop only. */
let wraps: u32 = 0;
let last: u32 = 0;

export function nrf_timer_start(): void {
  store32(base + TIMER_TASKS_STOP, 1);
  store32(base + TIMER_MODE, TIMER_MODE_TIMER);
  store32(base + TIMER_BITMODE, TIMER_BITMODE_32BIT);
  store32(base + TIMER_PRESCALER, 4);
  store32(base + TIMER_TASKS_CLEAR, 1);
  store32(base + TIMER_TASKS_START, 1);
  wraps = 0;
  last = 0;
}

export function nrf_timer_now_low(): u32 {
  store32(base + TIMER_TASKS_CAPTURE, 1);
  return load32(base + TIMER_CC);
}

export function nrf_timer_now(): u64 {
  const low = nrf_timer_now_low();
  if (low < last) wraps++;
  last = low;
  return ((<u64>wraps) << 32) | low;
}

export function nrf_timer_alarm(at: u32): void {
  const was = enter();
  store32(base + TIMER_EVENTS_COMPARE + 4, 0);
  store32(base + TIMER_CC + 4, at);
  store32(armed, 1);
  store32(base + TIMER_INTENSET, TIMER_INTENSET_COMPARE1);
  // the counter compares when it steps: a time that has come already gives no event
  if (<i32>(nrf_timer_now_low() - at) >= 0) store32(NVIC_ISPR + ((irq >> 5) << 2), 1 << (irq & 31));
  leave(was);
}

export function nrf_timer_isr(): void {
  store32(base + TIMER_EVENTS_COMPARE + 4, 0);
  if (!load32(armed) || <i32>(nrf_timer_now_low() - load32(base + TIMER_CC + 4)) < 0) return;
  store32(armed, 0);
  store32(base + TIMER_INTENCLR, TIMER_INTENSET_COMPARE1);
  alarmFired();
}
