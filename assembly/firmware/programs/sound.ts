// Listens: every second a line with how many samples came, and how many of them were not exactly one step above the one before (a feed
// that climbs one step of the converter per sample shows lost and doubled ones).

import { audioStart, clockStart, consolePoll, consoleStart, timerAlarm, timerNowLow, timerStart } from "../../hal/kinds";
import { cpsie, wfi } from "../../cpu";
import { load16, load32, store32 } from "../../mmio";
import { begin, decimal32, end, put, signed, text } from "../console";
import { enableInterrupts } from "../interrupts";

@external("config", "sound.rate") declare const rate: u32;
@external("config", "sound.step") declare const step: u32;
@external("ram", "sound_count 4") declare const count: usize;
@external("ram", "sound_breaks 4") declare const breaks: usize;
@external("ram", "sound_last 4") declare const last: usize;
@external("text", "sound ") declare const soundText: usize;
@external("text", " breaks ") declare const breaksText: usize;
@external("text", "start ") declare const startText: usize;

export function sound_block(from: usize, samples: u32): void {
  let before = load32(last);
  for (const end = from + (samples << 1); from < end; from += 2) {
    const value = load16(from);
    if (((value - before) & 0xffff) != step) store32(breaks, load32(breaks) + 1);
    before = value;
  }
  store32(last, before);
  store32(count, load32(count) + samples);
}

/** The breaks tell. */
export function sound_lost(): void {}

export function sound_main(): void {
  clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  begin();
  text(startText);
  signed(audioStart(rate));
  put(10);
  end();
  let next = timerNowLow() + 1_000_000;
  timerAlarm(next);
  for (;;) {
    consolePoll();
    if (<i32>(timerNowLow() - next) >= 0) {
      begin();
      text(soundText);
      decimal32(load32(count));
      text(breaksText);
      decimal32(load32(breaks));
      put(10);
      end();
      next += 1_000_000;
      timerAlarm(next);
    }
    wfi();
  }
}
