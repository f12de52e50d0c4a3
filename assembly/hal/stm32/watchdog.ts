// stm32_watchdog: the independent watchdog on LSI, nominally 32 kHz (17 to 47 kHz on F4: the period is that uncertain; RM0390 21.3). Nothing stops it
// once started, and it runs on in sleep.
//
//   period = (RLR + 1) · 4 · 2^PR / LSI, RLR 12 bits, PR at most 6

import { load32, store32 } from "../../mmio";
import { IWDG, IWDG_KEY_ACCESS, IWDG_KEY_RELOAD, IWDG_KEY_START, IWDG_KR, IWDG_PR, IWDG_RLR, IWDG_SR } from "./registers";

const LSI_KHZ: u32 = 32;
const PATIENCE: u32 = 100_000;

export function stm32_watchdog_start(milliseconds: u32): void {
  let ticks = milliseconds * (LSI_KHZ >> 2);
  let scale: u32 = 0;
  while (ticks > 4096 && scale < 6) {
    ticks = (ticks + 1) >> 1;
    scale++;
  }
  store32(IWDG + IWDG_KR, IWDG_KEY_START);
  store32(IWDG + IWDG_KR, IWDG_KEY_ACCESS);
  store32(IWDG + IWDG_PR, scale);
  store32(IWDG + IWDG_RLR, ticks > 4096 ? 4095 : ticks - 1);
  for (let looks: u32 = 0; looks < PATIENCE && load32(IWDG + IWDG_SR); looks++) {}
  stm32_watchdog_feed();
}

export function stm32_watchdog_feed(): void {
  store32(IWDG + IWDG_KR, IWDG_KEY_RELOAD);
}
