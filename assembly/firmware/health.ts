// What is wrong, said once at its onset and once at its end:
//
//   {"warn":"sensor silent","code":1,"t_us":…}      {"ok":"sensor silent","t_us":…}
//
// A condition is a bit; `watch` compares what is with what was said. Onset and end are lines of their own, so that a host that only
// filters by key sees both. Sampling goes on whatever happens.

import { decimal, decimal32, begin, end, put, text } from "./console";
import { deviceTime } from "./time";

@external("text", "{\"warn\":\"") declare const warnText: usize;
@external("text", "{\"ok\":\"") declare const okText: usize;
@external("text", "\",\"code\":") declare const codeText: usize;
@external("text", ",\"t_us\":") declare const timeText: usize;
@external("text", "\",\"t_us\":") declare const okTimeText: usize;
@external("text", "}\n") declare const closing: usize;

/** Said and not yet taken back. */
let said: u32 = 0;

/** `bit`: one of 1, 2, 4 …; `words`: its name; `code`: detail of the onset. */
export function watch(bit: u32, holds: bool, words: usize, code: u32): void {
  if (holds == ((said & bit) != 0)) return;
  begin();
  text(holds ? warnText : okText);
  text(words);
  if (holds) {
    text(codeText);
    decimal32(code);
    text(timeText);
  } else text(okTimeText);
  decimal(deviceTime());
  text(closing);
  // not sent: the ring is full; said again next time
  if (end()) said ^= bit;
}

/** An event without an end. */
export function warn(words: usize, code: u32): void {
  begin();
  text(warnText);
  text(words);
  text(codeText);
  decimal32(code);
  text(timeText);
  decimal(deviceTime());
  text(closing);
  end();
}
