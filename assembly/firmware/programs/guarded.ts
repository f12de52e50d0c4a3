// Proves the watchdog and the reset causes: says why it started, feeds a watchdog of 100 ms twenty times, then hangs until it bites. A byte
// from the host instead: `r` resets by software, `b` asks for the boot loader.

import {
  clockStart,
  consolePoll,
  consoleStart,
  enterBootLoader,
  resetCause,
  resetNow,
  timerAlarm,
  timerNowLow,
  timerStart,
  watchdogFeed,
  watchdogStart,
} from "../../hal/kinds";
import { cpsie, wfi } from "../../cpu";
import { begin, decimal32, drained, end, nextReceived, put, signed, text } from "../console";
import { enableInterrupts } from "../interrupts";

@external("text", "cause ") declare const causeText: usize;
@external("text", "fed ") declare const fedText: usize;

const PERIOD: u32 = 50_000;
const TIMES: u32 = 20;

export function guarded_main(): void {
  const cause = resetCause();
  clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  begin();
  text(causeText);
  signed(cause);
  put(10);
  end();
  while (!drained()) wfi();
  watchdogStart(100);
  let next = timerNowLow() + PERIOD;
  timerAlarm(next);
  for (let fed: u32 = 0; ; ) {
    consolePoll();
    const byte = nextReceived();
    if (byte == 114) resetNow();
    if (byte == 98) enterBootLoader();
    if (<i32>(timerNowLow() - next) >= 0) {
      if (fed < TIMES) watchdogFeed();
      if (fed == TIMES) {
        begin();
        text(fedText);
        decimal32(fed);
        put(10);
        end();
      }
      fed++;
      next += PERIOD;
      timerAlarm(next);
    }
    wfi();
  }
}
