// cmsdk_power: reset and its cause. AN385, 386, 500: RSTINFO of the system controller (DDI 0479D 3.6: 0 SYSRESETREQ, 1 watchdog, 2 lockup;
// ones clear). AN505: RESET_SYNDROME of SSE-200 (DDI 0521 table 3-31: 0 power-on, 2 secure watchdog, 4 SYSRESETREQ, 6 lockup; zeros
// clear). The bits are the board's numbers; in QEMU both read as after power-on. There is no boot loader.

import { dsb } from "../../cpu";
import { load32, store32 } from "../../mmio";
import { RESET_LOCKUP, RESET_POWER_ON, RESET_SOFTWARE, RESET_WATCHDOG } from "../../wire";

@external("config", "power.info") declare const info: usize;
@external("config", "power.watchdog") declare const watchdog: u32;
@external("config", "power.lockup") declare const lockup: u32;
@external("config", "power.software") declare const software: u32;
/** What clears them when written. */
@external("config", "power.clear") declare const clear: u32;

const AIRCR: usize = 0xe000ed0c;
const SYSRESETREQ: u32 = 0x05fa0004;

export function cmsdk_power_cause(): i32 {
  const reasons = load32(info);
  store32(info, clear);
  if (reasons & watchdog) return RESET_WATCHDOG;
  if (reasons & lockup) return RESET_LOCKUP;
  return reasons & software ? RESET_SOFTWARE : RESET_POWER_ON;
}

export function cmsdk_power_reset(): void {
  dsb();
  store32(AIRCR, SYSRESETREQ);
  for (;;) dsb();
}

export function cmsdk_power_boot_loader(): void {}
