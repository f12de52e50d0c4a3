// What a fault leaves behind: a record that survives the reset, which the next start reports as a `crash` line. The host maps its
// addresses to layer, function and source line.
//
//   frame   what the core pushed: r0 r1 r2 r3 r12 lr pc psr (DDI 0403E B1.5.6)
//   record  magic, exception, pc, lr, psr, sp, r0–r3, r12, CFSR, HFSR, BFAR, MMFAR, slice, seconds; last its complement sum

import { load32, store32 } from "../mmio";
import { cpsid } from "../cpu";
import { resetNow, timerNowLow } from "../hal/kinds";
import { RESET_WATCHDOG } from "../wire";
import { begin, decimal32, end, hexadecimal, put, text } from "./console";
import { awaitBite } from "./hang";

@external("noinit", "fault_record 72") declare const record: usize;
/** 1 + the layer that runs, 0: none. Kept as well: a watchdog may bite where nothing can be recorded. */
@external("noinit", "slice_now 4") declare const sliceNow: usize;

@external("text", "{\"crash\":{\"exception\":") declare const crash: usize;
@external("text", ",\"pc\":\"0x") declare const pcText: usize;
@external("text", "\",\"lr\":\"0x") declare const lrText: usize;
@external("text", "\",\"sp\":\"0x") declare const spText: usize;
@external("text", "\",\"psr\":\"0x") declare const psrText: usize;
@external("text", "\",\"cfsr\":\"0x") declare const cfsrText: usize;
@external("text", "\",\"address\":\"0x") declare const addressText: usize;
@external("text", "\",\"slice\":") declare const sliceText: usize;
@external("text", ",\"t_us\":") declare const timeText: usize;
@external("text", ",\"registers\":[") declare const registersText: usize;
@external("text", "]}}\n") declare const closing: usize;

const MAGIC: u32 = 0x74686c62;
const WORDS: i32 = 17;
/** The main loop hangs (hang.ts). */
const PENDSV: u32 = 14;
const ICSR: usize = 0xe000ed04;
const CFSR: usize = 0xe000ed28;
const HFSR: usize = 0xe000ed2c;
const MMFAR: usize = 0xe000ed34;
const BFAR: usize = 0xe000ed38;

@external("config", "fault.registers") declare const hasFaultRegisters: i32;

export function setSlice(index: i32): void {
  store32(sliceNow, index + 1);
}

/** `frame`: where the core pushed. Called by the fault handler and by every exception without a handler; does not return. */
export function firmware_fault(frame: usize, excReturn: u32): void {
  cpsid();
  const start = record;
  store32(start + 4, load32(ICSR) & 0x1ff);
  for (let i = 0; i < 8; i++) {
    const word = load32(frame + (i << 2));
    const place = i < 4 ? 24 + (i << 2) : i == 4 ? 40 : i == 5 ? 12 : i == 6 ? 8 : 16;
    store32(start + place, word);
  }
  store32(start + 20, <u32>frame + (excReturn & 16 ? 32 : 104));
  store32(start + 44, hasFaultRegisters ? load32(CFSR) : 0);
  store32(start + 48, hasFaultRegisters ? load32(HFSR) : 0);
  store32(start + 52, hasFaultRegisters ? load32(BFAR) : 0);
  store32(start + 56, hasFaultRegisters ? load32(MMFAR) : 0);
  store32(start + 60, load32(sliceNow));
  store32(start + 64, timerNowLow());
  seal();
  if (load32(start + 4) == PENDSV) awaitBite();
  resetNow();
}

function seal(): void {
  store32(record, MAGIC);
  store32(record + 68, ~sum());
}

function isWhole(): bool {
  return load32(record) == MAGIC && load32(record + 68) == ~sum();
}

/** First of all after a reset: a watchdog that bit before anything was recorded leaves exception 0, and the layer. */
export function recordBite(cause: i32): void {
  if (cause != RESET_WATCHDOG || isWhole()) return;
  for (let i = 0; i < WORDS; i++) store32(record + (i << 2), 0);
  store32(record + 60, load32(sliceNow));
  seal();
}

function sum(): u32 {
  let total: u32 = 0;
  for (let i = 0; i < WORDS; i++) total += load32(record + (i << 2));
  return total;
}

/** Prints the record of the run before, if there is a whole one, and forgets it. */
export function reportCrash(): void {
  const start = record;
  if (!isWhole()) return;
  const cfsr = load32(start + 44);
  begin();
  text(crash);
  decimal32(load32(start + 4));
  text(pcText);
  hexadecimal(load32(start + 8));
  text(lrText);
  hexadecimal(load32(start + 12));
  text(spText);
  hexadecimal(load32(start + 20));
  text(psrText);
  hexadecimal(load32(start + 16));
  text(cfsrText);
  hexadecimal(cfsr);
  text(addressText);
  // BFARVALID, MMARVALID: the register holds the address
  hexadecimal(cfsr & 0x8000 ? load32(start + 52) : cfsr & 0x80 ? load32(start + 56) : 0);
  text(sliceText);
  const slice = load32(start + 60);
  if (slice) decimal32(slice - 1);
  else {
    put(45);
    put(49);
  }
  text(timeText);
  decimal32(load32(start + 64));
  text(registersText);
  for (let i = 0; i < 5; i++) {
    if (i) put(44);
    decimal32(load32(start + 24 + (i << 2)));
  }
  text(closing);
  end();
  store32(start, 0);
}
