// nrf_power: why the chip was reset (nRF52840 PS 5.3.7.10, nRF51 RM 12.1.10: bits stay until 1 is written to them; none set means power-on
// or brown-out), software reset, and the boot loader, which reads a byte that survives a software reset (PS 5.3.7.14 GPREGRET):
//
//   Adafruit nRF52 boot loader  0x57 UF2 drive, 0x4E serial only        Arduino Nano 33 BLE  0xB0        none  0

import { dsb } from "../../cpu";
import { load32, store32 } from "../../mmio";
import {
  RESET_LOCKUP,
  RESET_PIN,
  RESET_POWER_ON,
  RESET_SOFTWARE,
  RESET_UNKNOWN,
  RESET_WATCHDOG,
} from "../../wire";
import {
  POWER,
  POWER_GPREGRET,
  POWER_RESETREAS,
  POWER_RESETREAS_DOG,
  POWER_RESETREAS_LOCKUP,
  POWER_RESETREAS_RESETPIN,
  POWER_RESETREAS_SREQ,
} from "./registers";

@external("config", "power.loader") declare const loader: u32;

/** AIRCR (DDI 0403E B3.2.6, DDI 0419E B3.2.6): VECTKEY, SYSRESETREQ. */
const AIRCR: usize = 0xe000ed0c;
const SYSRESETREQ: u32 = 0x05fa0004;

export function nrf_power_cause(): i32 {
  const reasons = load32(POWER + POWER_RESETREAS);
  store32(POWER + POWER_RESETREAS, reasons);
  if (reasons & POWER_RESETREAS_DOG) return RESET_WATCHDOG;
  if (reasons & POWER_RESETREAS_LOCKUP) return RESET_LOCKUP;
  if (reasons & POWER_RESETREAS_SREQ) return RESET_SOFTWARE;
  if (reasons & POWER_RESETREAS_RESETPIN) return RESET_PIN;
  return reasons ? RESET_UNKNOWN : RESET_POWER_ON;
}

export function nrf_power_reset(): void {
  dsb();
  store32(AIRCR, SYSRESETREQ);
  for (;;) dsb();
}

export function nrf_power_boot_loader(): void {
  if (!loader) return;
  store32(POWER + POWER_GPREGRET, loader);
  nrf_power_reset();
}
