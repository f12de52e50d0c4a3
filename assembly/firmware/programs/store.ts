// Proves the flash driver on one sector (`store.at`): erases it, programs one unit twice (the second clears more bits), reads it, then
// asks for what must be refused. A line says every code and the word read. RAM and time must go on as if nothing had happened.

import {
  clockStart,
  consolePoll,
  consoleStart,
  flashErase,
  flashProgram,
  timerNowLow,
  timerStart,
} from "../../hal/kinds";
import { cpsie, wfi } from "../../cpu";
import { load32, store32 } from "../../mmio";
import { begin, decimal32, end, hexadecimal, put, signed, text } from "../console";
import { enableInterrupts } from "../interrupts";

@external("config", "store.at") declare const at: u32;
/** Smallest write. */
@external("config", "store.unit") declare const unit: u32;
@external("ram", "store_page 256") declare const page: usize;
@external("text", "store ") declare const storeText: usize;
@external("text", " us ") declare const timeText: usize;

function fill(word: u32): void {
  for (let i: u32 = 0; i < unit; i += 4) store32(page + i, word + i);
}

export function store_main(): void {
  clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  const began = timerNowLow();
  const erased = flashErase(at);
  fill(0x12345600);
  const programmed = flashProgram(at, page, unit);
  const word = load32(at);
  const took = timerNowLow() - began;
  const outside = flashErase(0xf000_0000);
  const odd = flashProgram(at + 1, page, unit);
  begin();
  text(storeText);
  signed(erased);
  put(32);
  signed(programmed);
  put(32);
  hexadecimal(word);
  put(32);
  signed(outside);
  put(32);
  signed(odd);
  text(timeText);
  decimal32(took);
  put(10);
  end();
  for (;;) {
    consolePoll();
    wfi();
  }
}
