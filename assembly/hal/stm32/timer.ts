// stm32_timer: the time base, TIM2 or TIM5 (32 bits) at 1 MHz (RM0390 17.3, RM0432 38.3). It runs through WFI and wraps every 71.6 minutes:
// `now`, called far more often from the main loop, counts that. The alarm is compare channel 1.

import { enter, leave } from "../../cpu";
import { alarmFired } from "../../firmware/tick";
import { load32, store32 } from "../../mmio";
import { clockHz } from "../kinds";
import {
  TIM_ARR,
  TIM_CC1,
  TIM_CCR1,
  TIM_CNT,
  TIM_CR1,
  TIM_CR1_CEN,
  TIM_CR1_URS,
  TIM_DIER,
  TIM_EGR,
  TIM_PSC,
  TIM_SR,
  TIM_UPDATE,
} from "./registers";

@external("config", "timer.base") declare const base: usize;
@external("config", "timer.irq") declare const irq: u32;
/** The core's clock over the timer's, when the core runs on the board's clock; 1 on a fallback. */
@external("config", "timer.divider") declare const divider: u32;
@external("config", "board.clockHz") declare const boardHz: u32;
/** Set while an alarm is awaited. */
@external("ram", "stm32_timer_armed 4") declare const armed: usize;

const NVIC_ISPR: usize = 0xe000e200;

/** Wraps of the counter, and the last low word seen: main loop only. */
let wraps: u32 = 0;
let last: u32 = 0;

function inputHz(): u32 {
  return clockHz() == boardHz ? boardHz / divider : clockHz();
}

export function stm32_timer_start(): void {
  store32(base + TIM_CR1, TIM_CR1_URS);
  store32(base + TIM_DIER, 0);
  store32(base + TIM_PSC, inputHz() / 1_000_000 - 1);
  store32(base + TIM_ARR, 0xffff_ffff);
  // the prescaler is taken over at an update
  store32(base + TIM_EGR, TIM_UPDATE);
  store32(base + TIM_SR, 0);
  store32(base + TIM_CR1, TIM_CR1_CEN | TIM_CR1_URS);
  wraps = 0;
  last = 0;
}

/** The core's clock has changed under the running counter: it goes on from where it is, in microseconds again. */
export function retimeTimer(): void {
  if (!(load32(base + TIM_CR1) & TIM_CR1_CEN)) return;
  const was = enter();
  store32(base + TIM_PSC, inputHz() / 1_000_000 - 1);
  const count = load32(base + TIM_CNT);
  store32(base + TIM_EGR, TIM_UPDATE);
  store32(base + TIM_CNT, count);
  leave(was);
}

export function stm32_timer_now_low(): u32 {
  return load32(base + TIM_CNT);
}

export function stm32_timer_now(): u64 {
  const low = load32(base + TIM_CNT);
  if (low < last) wraps++;
  last = low;
  return ((<u64>wraps) << 32) | low;
}

export function stm32_timer_alarm(at: u32): void {
  const was = enter();
  store32(base + TIM_SR, ~TIM_CC1);
  store32(base + TIM_CCR1, at);
  store32(armed, 1);
  store32(base + TIM_DIER, TIM_CC1);
  // it compares when it steps: a time that has come already gives no event
  if (<i32>(load32(base + TIM_CNT) - at) >= 0) store32(NVIC_ISPR + ((irq >> 5) << 2), 1 << (irq & 31));
  leave(was);
}

export function stm32_timer_isr(): void {
  store32(base + TIM_SR, ~TIM_CC1);
  if (!load32(armed) || <i32>(load32(base + TIM_CNT) - load32(base + TIM_CCR1)) < 0) return;
  store32(armed, 0);
  store32(base + TIM_DIER, 0);
  alarmFired();
}
