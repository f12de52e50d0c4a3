// A main loop that does not come round, caught before the watchdog bites, so that the record says where. The alarm's handler looks how
// long ago the loop was last alive; at 7/8 of the watchdog's time it raises PendSV, whose priority is the lowest: it comes when the
// handler has returned, on top of the main loop itself. Nobody serves it, so it ends in the fault handler with the main loop's place.
//
//   main loop  alive ─────────── alive ──────┤ hangs
//   alarm      │  │  │  │  │  │  │  │  │  │  │  │  │  ► PendSV ─ record ─ … watchdog
//
// What hangs with interrupts off, or in a handler, is the watchdog's alone.

import { timerNowLow } from "../hal/kinds";
import { field32, load32, store32 } from "../mmio";

/** Its lowest bit is always set; 0: nobody watches. */
@external("ram", "last_alive 4") declare const aliveWord: usize;
@external("ram", "alive_limit 4") declare const limitWord: usize;

/** DDI 0403E B3.2.4, B3.2.11; DDI 0419E B3.2.4, B3.2.11. */
const ICSR: usize = 0xe000ed04;
const PENDSVSET: u32 = 1 << 28;
const SHPR3: usize = 0xe000ed20;
const PENDSV_PRIORITY: u32 = 0xff << 16;

/** Watching begins. */
export function guardLoop(watchdogMilliseconds: u32): void {
  field32(SHPR3, PENDSV_PRIORITY, PENDSV_PRIORITY);
  store32(limitWord, watchdogMilliseconds * 875);
  loopAlive();
}

export function loopAlive(): void {
  store32(aliveWord, timerNowLow() | 1);
}

/** In the alarm's handler. */
export function checkLoop(): void {
  const alive = load32(aliveWord);
  if (alive && timerNowLow() - alive > load32(limitWord)) store32(ICSR, PENDSVSET);
}

/** Waits for the watchdog, which is due; not longer than that it must have come. */
export function awaitBite(): void {
  const began = timerNowLow();
  while (timerNowLow() - began < load32(limitWord)) {}
}
