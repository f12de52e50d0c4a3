// What is wrong, said once at its onset and once at its end:
//
//   {"warn":"sensor silent","code":6,"t_us":…}      {"ok":"sensor silent","t_us":…}
//
// A condition is a bit; `watch` compares what is with what was said. Onset and end are lines of their own, so that a host that only
// filters by key sees both. Sampling goes on whatever happens.

import { decimal, decimal32, begin, end, put, sendRoom, text } from "./console";
import { deviceTime } from "./time";

@external("text", "{\"warn\":\"") declare const warnText: usize;
@external("text", "{\"ok\":\"") declare const okText: usize;
@external("text", "\",\"code\":") declare const codeText: usize;
@external("text", ",\"t_us\":") declare const timeText: usize;
@external("text", "\",\"t_us\":") declare const okTimeText: usize;
@external("text", "}\n") declare const closing: usize;

/** The longest of these lines. */
const LINE_BYTES: u32 = 96;

/** Conditions whose onset was said and whose end was not. */
let spoken: u32 = 0;

export function said(bit: u32): bool {
  return (spoken & bit) != 0;
}

/** `bit`: one of 1, 2, 4 …; `words`: its name; `code`: detail of the onset. */
export function watch(bit: u32, holds: bool, words: usize, code: u32): void {
  // no room: said the next time; a line that was never tried is not one that was dropped
  if (holds == said(bit) || sendRoom() < LINE_BYTES) return;
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
  if (end()) spoken ^= bit;
}
