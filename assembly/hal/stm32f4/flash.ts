// stm32f4_flash: the chip's own flash (RM0390 3.5), words at a time, by sectors of 16 KB four times, 64 KB, then 128 KB each. While it works,
// fetches from flash wait: the core stands still by itself, and interrupts with it, up to 2 s for a large sector. The independent watchdog
// does not: whoever runs one must give it more than that, or erase small sectors only (250 ms typically).

import { load32, set32, store32 } from "../../mmio";
import { FLASH_OK, FLASH_REFUSED, FLASH_TIMEOUT, FLASH_VERIFY } from "../../wire";
import { timerNowLow } from "../kinds";
import {
  FLASH,
  FLASH_ACR,
  FLASH_ACR_DCEN,
  FLASH_ACR_DCRST,
  FLASH_ACR_ICEN,
  FLASH_ACR_ICRST,
  FLASH_CR,
  FLASH_CR_LOCK,
  FLASH_CR_PG,
  FLASH_CR_SER,
  FLASH_CR_STRT,
  FLASH_KEYR,
  FLASH_SR,
  FLASH_SR_BSY,
  FLASH_SR_EOP,
  FLASH_SR_PGAERR,
  FLASH_SR_PGPERR,
  FLASH_SR_PGSERR,
  FLASH_SR_WRPERR,
} from "./registers";

@external("config", "flash.end") declare const end: u32;

const BASE: u32 = 0x0800_0000;
const KEY1: u32 = 0x4567_0123;
const KEY2: u32 = 0xcdef_89ab;
/** PSIZE: 32 bits, for 2.7 V and more. */
const WORDS: u32 = 2 << 8;
const ERRORS: u32 = FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR;
/** In µs: at least twice the longest that a word takes and, by KB, a sector (STM32F446xC/E datasheet 6.3.12). The loop may lie in the cache and run on. */
const WORD_US: u32 = 200;
const KILOBYTE_US: u32 = 62_500;

/** Of the sector that holds an offset. */
function bytesAt(offset: u32): u32 {
  return offset < 0x10000 ? 0x4000 : offset < 0x20000 ? 0x10000 : 0x20000;
}

function indexAt(offset: u32): u32 {
  return offset < 0x10000 ? offset >> 14 : offset < 0x20000 ? 4 : 4 + (offset >> 17);
}

function idle(limit: u32): bool {
  const began = timerNowLow();
  while (load32(FLASH + FLASH_SR) & FLASH_SR_BSY) if (timerNowLow() - began > limit) return false;
  return true;
}

function open(command: u32): bool {
  if (!idle(WORD_US)) return false;
  if (load32(FLASH + FLASH_CR) & FLASH_CR_LOCK) {
    store32(FLASH + FLASH_KEYR, KEY1);
    store32(FLASH + FLASH_KEYR, KEY2);
  }
  store32(FLASH + FLASH_SR, ERRORS | FLASH_SR_EOP);
  store32(FLASH + FLASH_CR, command);
  return true;
}

/** What the caches hold of it is no longer true (3.4.2); they are emptied while off. */
function close(): i32 {
  const errors = load32(FLASH + FLASH_SR) & ERRORS;
  store32(FLASH + FLASH_CR, FLASH_CR_LOCK);
  const access = load32(FLASH + FLASH_ACR);
  store32(FLASH + FLASH_ACR, access & ~(FLASH_ACR_ICEN | FLASH_ACR_DCEN));
  set32(FLASH + FLASH_ACR, FLASH_ACR_ICRST | FLASH_ACR_DCRST);
  store32(FLASH + FLASH_ACR, access);
  return errors ? FLASH_REFUSED : FLASH_OK;
}

export function stm32f4_flash_erase(address: u32): i32 {
  const offset = address - BASE;
  if (address < BASE || address >= end || offset & (bytesAt(offset) - 1)) return FLASH_REFUSED;
  const command = FLASH_CR_SER | (indexAt(offset) << 3) | WORDS;
  if (!open(command)) return FLASH_TIMEOUT;
  store32(FLASH + FLASH_CR, command | FLASH_CR_STRT);
  const done = idle((bytesAt(offset) >> 10) * KILOBYTE_US);
  const code = close();
  if (!done || code) return done ? code : FLASH_TIMEOUT;
  for (let at: u32 = 0; at < bytesAt(offset); at += 4) if (load32(address + at) != 0xffff_ffff) return FLASH_VERIFY;
  return FLASH_OK;
}

export function stm32f4_flash_program(address: u32, from: usize, bytes: u32): i32 {
  if ((address | bytes) & 3 || address < BASE || address >= end || bytes > end - address) return FLASH_REFUSED;
  if (!open(FLASH_CR_PG | WORDS)) return FLASH_TIMEOUT;
  let done = true;
  for (let at: u32 = 0; at < bytes && done; at += 4) {
    store32(address + at, load<u32>(from + at, 0, 1));
    done = idle(WORD_US);
  }
  const code = close();
  if (!done || code) return done ? code : FLASH_TIMEOUT;
  for (let at: u32 = 0; at < bytes; at += 4) if (load32(address + at) != load<u32>(from + at, 0, 1)) return FLASH_VERIFY;
  return FLASH_OK;
}
