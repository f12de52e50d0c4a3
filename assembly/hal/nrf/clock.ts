// nrf_clock: the high-frequency clock (nRF52840 PS 5.4.1, nRF51 RM 13.1). The core runs from the internal oscillator at once; UART and
// time base want the crystal. It starts in 0.36 ms (nRF52840), 0.8 ms (nRF51); where it does not, everything goes on at the same nominal
// frequency from the internal oscillator, which is off by up to 1.5 % (5 % over temperature on some nRF51).

import { load32, store32 } from "../../mmio";
import { CLOCK_NO_CRYSTAL, CLOCK_OK } from "../../wire";
import { CLOCK, CLOCK_EVENTS_HFCLKSTARTED, CLOCK_TASKS_HFCLKSTART, CLOCK_TASKS_HFCLKSTOP } from "./registers";

@external("config", "board.clockHz") declare const hz: u32;

/** Looks at the event: at least 5 cycles each, so ≥ 5 ms at 64 MHz. */
const PATIENCE: u32 = 64_000;

export function nrf_clock_start(): i32 {
  store32(CLOCK + CLOCK_EVENTS_HFCLKSTARTED, 0);
  store32(CLOCK + CLOCK_TASKS_HFCLKSTART, 1);
  for (let looks: u32 = 0; looks < PATIENCE; looks++)
    if (load32(CLOCK + CLOCK_EVENTS_HFCLKSTARTED)) return CLOCK_OK;
  store32(CLOCK + CLOCK_TASKS_HFCLKSTOP, 1);
  return CLOCK_NO_CRYSTAL;
}

export function nrf_clock_hz(): u32 {
  return hz;
}
