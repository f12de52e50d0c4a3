// nrf_watchdog (nRF52840 PS 6.36, nRF51 RM 21): counts down at 32,768 Hz, also in sleep; it starts the low-frequency RC oscillator itself
// where no other runs. Once started nothing but a reset by power, pin or itself stops or changes it: after a software reset it still runs
// with the period of before.
//
// Two ticks (61 µs) before it resets it interrupts. Nobody serves that, so it ends in the fault handler, which records where the program
// hung; what hangs with interrupts off leaves no record.

import { load32, store32 } from "../../mmio";
import { WDT, WDT_CONFIG, WDT_CONFIG_SLEEP, WDT_CRV, WDT_INTENSET, WDT_INTENSET_TIMEOUT, WDT_RR, WDT_RR_RELOAD, WDT_RREN, WDT_RUNSTATUS, WDT_TASKS_START } from "./registers";

@external("config", "watchdog.irq") declare const irq: u32;

const NVIC_ISER: usize = 0xe000e100;

export function nrf_watchdog_start(milliseconds: u32): void {
  if (!(load32(WDT + WDT_RUNSTATUS) & 1)) {
    // time-out = (CRV + 1) / 32768 s, CRV at least 15 (PS 6.36.4.7)
    const ticks = <u32>(((<u64>milliseconds) * 4096) / 125);
    store32(WDT + WDT_CONFIG, WDT_CONFIG_SLEEP);
    store32(WDT + WDT_CRV, ticks < 16 ? 15 : ticks - 1);
    store32(WDT + WDT_RREN, 1);
    store32(WDT + WDT_TASKS_START, 1);
  }
  // at priority 0, above all handlers
  store32(WDT + WDT_INTENSET, WDT_INTENSET_TIMEOUT);
  store32(NVIC_ISER + ((irq >> 5) << 2), 1 << (irq & 31));
  nrf_watchdog_feed();
}

export function nrf_watchdog_feed(): void {
  store32(WDT + WDT_RR, WDT_RR_RELOAD);
}
