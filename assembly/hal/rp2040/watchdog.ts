// rp2040_watchdog (RP2040 Datasheet 4.7). It resets what PSM.WDSEL names: everything but the oscillators. Its counter falls by two each
// microsecond (erratum RP2040-E1) and has 24 bits: 8.3 s at most.

import { store32 } from "../../mmio";
import {
  ATOMIC_CLEAR,
  ATOMIC_SET,
  PSM,
  PSM_WDSEL,
  PSM_WDSEL_PROC1,
  PSM_WDSEL_XOSC,
  WATCHDOG,
  WATCHDOG_CTRL,
  WATCHDOG_CTRL_ENABLE,
  WATCHDOG_LOAD,
} from "./registers";

/** All bits up to proc1, without rosc and xosc. */
export const RESET_ALL = (PSM_WDSEL_PROC1 << 1) - (PSM_WDSEL_XOSC << 1);
const LONGEST: u32 = 8388;

let load: u32 = 0;

export function rp2040_watchdog_start(milliseconds: u32): void {
  load = 2000 * (milliseconds < LONGEST ? milliseconds : LONGEST);
  store32(WATCHDOG + ATOMIC_CLEAR + WATCHDOG_CTRL, WATCHDOG_CTRL_ENABLE);
  store32(PSM + PSM_WDSEL, RESET_ALL);
  store32(WATCHDOG + WATCHDOG_LOAD, load);
  store32(WATCHDOG + ATOMIC_SET + WATCHDOG_CTRL, WATCHDOG_CTRL_ENABLE);
}

export function rp2040_watchdog_feed(): void {
  store32(WATCHDOG + WATCHDOG_LOAD, load);
}
