// nrf_watchdog (nRF52840 PS 6.36, nRF51 RM 21): counts down at 32,768 Hz, also in sleep; it starts the low-frequency RC oscillator itself
// where no other runs. Once started nothing but a reset by power, pin or itself stops or changes it: after a software reset it still runs
// with the period of before.

import { load32, store32 } from "../../mmio";
import { WDT, WDT_CONFIG, WDT_CONFIG_SLEEP, WDT_CRV, WDT_RR, WDT_RR_RELOAD, WDT_RREN, WDT_RUNSTATUS, WDT_TASKS_START } from "./registers";

export function nrf_watchdog_start(milliseconds: u32): void {
  if (!(load32(WDT + WDT_RUNSTATUS) & 1)) {
    // time-out = (CRV + 1) / 32768 s, CRV at least 15 (PS 6.36.4.7)
    const ticks = <u32>(((<u64>milliseconds) * 4096) / 125);
    store32(WDT + WDT_CONFIG, WDT_CONFIG_SLEEP);
    store32(WDT + WDT_CRV, ticks < 16 ? 15 : ticks - 1);
    store32(WDT + WDT_RREN, 1);
    store32(WDT + WDT_TASKS_START, 1);
  }
  nrf_watchdog_feed();
}

export function nrf_watchdog_feed(): void {
  store32(WDT + WDT_RR, WDT_RR_RELOAD);
}
