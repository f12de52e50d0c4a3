// rp2040_clock: crystal → PLL_SYS → clk_sys and clk_peri; crystal → PLL_USB → clk_usb and clk_adc (RP2040 Datasheet 2.15, 2.16, 2.18). The
// watchdog's tick gives the time base its microseconds (4.7.2).
//
//   no crystal      clk_sys stays on the ring oscillator: nominally 6.5 MHz, not trimmed (2.17.3), so time and baud are only near
//   PLL_SYS fails   clk_sys on the crystal
//   PLL_USB fails   clk_adc on the crystal; said as CLOCK_NO_PLL too

import { load32, store32 } from "../../mmio";
import { CLOCK_NO_CRYSTAL, CLOCK_NO_PLL, CLOCK_NO_SWITCH, CLOCK_OK } from "../../wire";
import {
  ATOMIC_CLEAR,
  CLOCKS,
  CLOCKS_CLK_ADC_CTRL,
  CLOCKS_CLK_ADC_CTRL_ENABLE,
  CLOCKS_CLK_PERI_CTRL,
  CLOCKS_CLK_PERI_CTRL_ENABLE,
  CLOCKS_CLK_REF_CTRL,
  CLOCKS_CLK_REF_SELECTED,
  CLOCKS_CLK_SYS_CTRL,
  CLOCKS_CLK_SYS_SELECTED,
  CLOCKS_CLK_USB_CTRL,
  CLOCKS_CLK_USB_CTRL_ENABLE,
  PLL_SYS,
  PLL_SYS_CS,
  PLL_SYS_CS_LOCK,
  PLL_SYS_FBDIV_INT,
  PLL_SYS_PRIM,
  PLL_SYS_PWR,
  PLL_SYS_PWR_PD,
  PLL_SYS_PWR_POSTDIVPD,
  PLL_SYS_PWR_VCOPD,
  PLL_USB,
  RESETS_RESET_PLL_SYS,
  RESETS_RESET_PLL_USB,
  WATCHDOG,
  WATCHDOG_TICK,
  WATCHDOG_TICK_ENABLE,
  XOSC,
  XOSC_CTRL,
  XOSC_STARTUP,
  XOSC_STATUS,
  XOSC_STATUS_STABLE,
} from "./registers";
import { release } from "./resets";

@external("config", "clock.crystalHz") declare const crystalHz: u32;
/** VCO = crystal · feedback; clk_sys = VCO / (first · second). */
@external("config", "clock.feedback") declare const feedback: u32;
@external("config", "clock.firstDivider") declare const first: u32;
@external("config", "clock.secondDivider") declare const second: u32;

const RING_HZ: u32 = 6_500_000;
/** ENABLE = 0xFAB, FREQ_RANGE = 0xAA0 (1 to 15 MHz). */
const XOSC_ON: u32 = 0xfabaa0;
/** Looks at a flag, at least 4 cycles each: 10 ms and more at 12 MHz. */
const PATIENCE: u32 = 30_000;
/** CLK_REF_CTRL.SRC, CLK_SYS_CTRL.SRC; AUXSRC of clk_usb and clk_adc. */
const REF_RING: u32 = 0;
const REF_CRYSTAL: u32 = 2;
const SYS_REF: u32 = 0;
const SYS_AUX: u32 = 1;
const AUX_CRYSTAL: u32 = 3 << 5;

let hz: u32 = 0;

function becomes(register: usize, bits: u32): bool {
  for (let looks: u32 = 0; looks < PATIENCE; looks++) if (load32(register) & bits) return true;
  return false;
}

function startCrystal(): bool {
  // 1 ms in units of 256 cycles (2.16.3)
  store32(XOSC + XOSC_STARTUP, (crystalHz / 1000 + 128) >> 8);
  store32(XOSC + XOSC_CTRL, XOSC_ON);
  return becomes(XOSC + XOSC_STATUS, XOSC_STATUS_STABLE);
}

function startPll(base: usize, reset: u32, multiplier: u32, divider1: u32, divider2: u32): bool {
  if (!release(reset)) return false;
  store32(base + PLL_SYS_CS, 1);
  store32(base + PLL_SYS_FBDIV_INT, multiplier);
  store32(base + ATOMIC_CLEAR + PLL_SYS_PWR, PLL_SYS_PWR_PD | PLL_SYS_PWR_VCOPD);
  if (!becomes(base + PLL_SYS_CS, PLL_SYS_CS_LOCK)) return false;
  store32(base + PLL_SYS_PRIM, (divider1 << 16) | (divider2 << 12));
  store32(base + ATOMIC_CLEAR + PLL_SYS_PWR, PLL_SYS_PWR_POSTDIVPD);
  return true;
}

/** One cycle of clk_ref per microsecond, as near as a whole divider comes. */
function tick(referenceHz: u32): void {
  store32(WATCHDOG + WATCHDOG_TICK, WATCHDOG_TICK_ENABLE | (referenceHz / 1_000_000));
}

/** clk_peri follows clk_sys. */
function settle(systemHz: u32, referenceHz: u32, code: i32): i32 {
  hz = systemHz;
  tick(referenceHz);
  store32(CLOCKS + CLOCKS_CLK_PERI_CTRL, CLOCKS_CLK_PERI_CTRL_ENABLE);
  return code;
}

export function rp2040_clock_start(): i32 {
  // whatever ran before: both glitchless multiplexers to what always runs
  store32(CLOCKS + CLOCKS_CLK_SYS_CTRL, SYS_REF);
  store32(CLOCKS + CLOCKS_CLK_REF_CTRL, REF_RING);
  becomes(CLOCKS + CLOCKS_CLK_SYS_SELECTED, 1 << SYS_REF);
  if (!startCrystal()) return settle(RING_HZ, RING_HZ, CLOCK_NO_CRYSTAL);
  store32(CLOCKS + CLOCKS_CLK_REF_CTRL, REF_CRYSTAL);
  if (!becomes(CLOCKS + CLOCKS_CLK_REF_SELECTED, 1 << REF_CRYSTAL)) return settle(RING_HZ, RING_HZ, CLOCK_NO_SWITCH);
  const usb = startPll(PLL_USB, RESETS_RESET_PLL_USB, 100, 5, 5); // 1200 MHz / 25
  store32(CLOCKS + CLOCKS_CLK_ADC_CTRL, CLOCKS_CLK_ADC_CTRL_ENABLE | (usb ? 0 : AUX_CRYSTAL));
  if (usb) store32(CLOCKS + CLOCKS_CLK_USB_CTRL, CLOCKS_CLK_USB_CTRL_ENABLE);
  if (!startPll(PLL_SYS, RESETS_RESET_PLL_SYS, feedback, first, second))
    return settle(crystalHz, crystalHz, CLOCK_NO_PLL);
  store32(CLOCKS + CLOCKS_CLK_SYS_CTRL, SYS_AUX);
  if (!becomes(CLOCKS + CLOCKS_CLK_SYS_SELECTED, 1 << SYS_AUX)) return settle(crystalHz, crystalHz, CLOCK_NO_SWITCH);
  return settle((crystalHz * feedback) / (first * second), crystalHz, usb ? CLOCK_OK : CLOCK_NO_PLL);
}

export function rp2040_clock_hz(): u32 {
  return hz;
}
