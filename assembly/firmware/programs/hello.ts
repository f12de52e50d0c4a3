// The smallest firmware: clock, time base and console come up, a line says so to whoever listens, then a line every second.

import { clockHz, clockStart, consolePoll, consoleStart, timerAlarm, timerNow, timerNowLow, timerStart } from "../../hal/kinds";
import { cpsie, wfi } from "../../cpu";
import { begin, decimal, decimal32, end, greeted, put, signed, text } from "../console";
import { enableInterrupts } from "../interrupts";

@external("text", "hello from ") declare const hello: usize;
@external("text", "board") declare const board: usize;
@external("text", ", clock ") declare const clock: usize;
@external("text", ", fallback ") declare const fallback: usize;
@external("text", "time ") declare const time: usize;

export function hello_main(): void {
  const code = clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  let next = timerNowLow() + 1_000_000;
  timerAlarm(next);
  for (;;) {
    consolePoll();
    if (greeted()) {
      begin();
      text(hello);
      text(board);
      text(clock);
      decimal32(clockHz());
      text(fallback);
      signed(code);
      put(10);
      end();
    }
    if (<i32>(timerNowLow() - next) >= 0) {
      begin();
      text(time);
      decimal(timerNow());
      put(10);
      end();
      next += 1_000_000;
      timerAlarm(next);
    }
    wfi();
  }
}
