// cmsdk_watchdog: the APB watchdog (DDI 0479D 4.4), at the core's clock. The first time it runs out it raises NMI, which the fault handler
// takes and records; where even that does not end in a reset, the second time it resets the chip itself.

import { store32 } from "../../mmio";
import { clockHz } from "../kinds";
import {
  WATCHDOG_CTRL,
  WATCHDOG_CTRL_INTEN,
  WATCHDOG_CTRL_RESEN,
  WATCHDOG_INTCLR,
  WATCHDOG_LOAD,
  WATCHDOG_LOCK,
  WATCHDOG_LOCK_UNLOCK,
} from "./registers";

@external("config", "watchdog.base") declare const base: usize;

export function cmsdk_watchdog_start(milliseconds: u32): void {
  store32(base + WATCHDOG_LOCK, WATCHDOG_LOCK_UNLOCK);
  store32(base + WATCHDOG_LOAD, (clockHz() / 1000) * milliseconds);
  store32(base + WATCHDOG_CTRL, WATCHDOG_CTRL_INTEN | WATCHDOG_CTRL_RESEN);
  store32(base + WATCHDOG_LOCK, 0);
}

export function cmsdk_watchdog_feed(): void {
  store32(base + WATCHDOG_LOCK, WATCHDOG_LOCK_UNLOCK);
  store32(base + WATCHDOG_INTCLR, 1);
  store32(base + WATCHDOG_LOCK, 0);
}
