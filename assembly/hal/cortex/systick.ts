// systick: cycles by SysTick with a count of its wraps (DDI 0419E B3.3), for Armv6-M, which has no DWT. 24 bits wrap every 134 ms at 125 MHz;
// the handler counts that.

import { load32, store32 } from "../../mmio";

const SYST_CSR: usize = 0xe000e010;
const SYST_RVR: usize = 0xe000e014;
const SYST_CVR: usize = 0xe000e018;
const ENABLE: u32 = 1 << 0;
const TICKINT: u32 = 1 << 1;
const CLKSOURCE: u32 = 1 << 2;
const ICSR: usize = 0xe000ed04;
const PENDSTSET: u32 = 1 << 26;
const LAST: u32 = 0xff_ffff;

@external("ram", "systick_wraps 4") declare const wraps: usize;

export function systick_start(): void {
  store32(wraps, 0);
  store32(SYST_RVR, LAST);
  store32(SYST_CVR, 0);
  store32(SYST_CSR, ENABLE | TICKINT | CLKSOURCE);
}

export function systick_now(): u64 {
  let before: u32 = 0;
  let value: u32 = 0;
  let waiting: u32 = 0;
  do {
    before = load32(wraps);
    value = load32(SYST_CVR);
    // wrapped, but the handler has not run yet (interrupts are off): only a value near the top is behind that wrap
    waiting = load32(ICSR) & PENDSTSET && value > LAST >> 1 ? 1 : 0;
  } while (load32(wraps) != before);
  return ((<u64>(before + waiting)) << 24) + (LAST - value);
}

export function systick_known(): i32 {
  return 1;
}

export function systick_isr(): void {
  store32(wraps, load32(wraps) + 1);
}
