// rp2040_power: why the chip was reset, and how to reset it. The watchdog does it (RP2040 Datasheet 4.7.2): AIRCR.SYSRESETREQ would reset the
// processors only. WATCHDOG.REASON keeps its value until the next reset.

import { store32, load32 } from "../../mmio";
import { RESET_PIN, RESET_POWER_ON, RESET_SOFTWARE, RESET_UNKNOWN, RESET_WATCHDOG } from "../../wire";
import {
  ATOMIC_SET,
  PSM,
  PSM_WDSEL,
  VREG_AND_CHIP_RESET,
  VREG_AND_CHIP_RESET_CHIP_RESET,
  VREG_AND_CHIP_RESET_CHIP_RESET_HAD_POR,
  VREG_AND_CHIP_RESET_CHIP_RESET_HAD_RUN,
  WATCHDOG,
  WATCHDOG_CTRL,
  WATCHDOG_CTRL_TRIGGER,
  WATCHDOG_REASON,
  WATCHDOG_REASON_FORCE,
  WATCHDOG_REASON_TIMER,
} from "./registers";
import { callAddress, romFunction } from "./rom";
import { RESET_ALL } from "./watchdog";

/** 'U', 'B': reset_to_usb_boot(activity pin mask, disabled interfaces) (2.8.3.1.2). */
const USB_BOOT: u32 = 0x4255;

export function rp2040_power_cause(): i32 {
  const reason = load32(WATCHDOG + WATCHDOG_REASON);
  if (reason & WATCHDOG_REASON_TIMER) return RESET_WATCHDOG;
  if (reason & WATCHDOG_REASON_FORCE) return RESET_SOFTWARE;
  const had = load32(VREG_AND_CHIP_RESET + VREG_AND_CHIP_RESET_CHIP_RESET);
  if (had & VREG_AND_CHIP_RESET_CHIP_RESET_HAD_RUN) return RESET_PIN;
  return had & VREG_AND_CHIP_RESET_CHIP_RESET_HAD_POR ? RESET_POWER_ON : RESET_UNKNOWN;
}

export function rp2040_power_reset(): void {
  store32(PSM + PSM_WDSEL, RESET_ALL);
  store32(WATCHDOG + ATOMIC_SET + WATCHDOG_CTRL, WATCHDOG_CTRL_TRIGGER);
  for (;;) load32(WATCHDOG + WATCHDOG_CTRL);
}

export function rp2040_power_boot_loader(): void {
  const boot = romFunction(USB_BOOT);
  if (boot) callAddress(boot, 0, 0);
}
