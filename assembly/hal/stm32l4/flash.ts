// stm32l4_flash: the chip's own flash (RM0432 3.3), two banks of 256 pages of 4 KB, double words with ECC: each is written once between erases.
// While a bank works, fetches from it wait: the core stands still by itself (22 ms a page, 82 µs a double word).

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
  FLASH_CR_BKER,
  FLASH_CR_LOCK,
  FLASH_CR_PER,
  FLASH_CR_PG,
  FLASH_CR_STRT,
  FLASH_KEYR,
  FLASH_SR,
  FLASH_SR_BSY,
  FLASH_SR_EOP,
  FLASH_SR_PGAERR,
  FLASH_SR_PGSERR,
  FLASH_SR_PROGERR,
  FLASH_SR_SIZERR,
  FLASH_SR_WRPERR,
} from "./registers";

@external("config", "flash.end") declare const end: u32;

const BASE: u32 = 0x0800_0000;
const KEY1: u32 = 0x4567_0123;
const KEY2: u32 = 0xcdef_89ab;
const PAGE: u32 = 4096;
const BANK: u32 = 1 << 20;
const ERRORS: u32 =
  FLASH_SR_PROGERR | FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_SIZERR | FLASH_SR_PGSERR;
/** In µs: twice the longest of a page or a double word (STM32L4R5xx datasheet 6.3.12). Code in the other bank runs on. */
const LONGEST_US: u32 = 50_000;

function idle(): bool {
  const began = timerNowLow();
  while (load32(FLASH + FLASH_SR) & FLASH_SR_BSY) if (timerNowLow() - began > LONGEST_US) return false;
  return true;
}

function open(command: u32): bool {
  if (!idle()) return false;
  if (load32(FLASH + FLASH_CR) & FLASH_CR_LOCK) {
    store32(FLASH + FLASH_KEYR, KEY1);
    store32(FLASH + FLASH_KEYR, KEY2);
  }
  // an error that stands stops the next operation (3.3.7)
  store32(FLASH + FLASH_SR, ERRORS | FLASH_SR_EOP);
  store32(FLASH + FLASH_CR, command);
  return true;
}

/** What the caches hold of it is no longer true (3.3.4); they are emptied while off. */
function close(): i32 {
  const errors = load32(FLASH + FLASH_SR) & ERRORS;
  store32(FLASH + FLASH_CR, FLASH_CR_LOCK);
  const access = load32(FLASH + FLASH_ACR);
  store32(FLASH + FLASH_ACR, access & ~(FLASH_ACR_ICEN | FLASH_ACR_DCEN));
  set32(FLASH + FLASH_ACR, FLASH_ACR_ICRST | FLASH_ACR_DCRST);
  store32(FLASH + FLASH_ACR, access);
  return errors ? FLASH_REFUSED : FLASH_OK;
}

export function stm32l4_flash_erase(address: u32): i32 {
  const offset = address - BASE;
  if (address < BASE || address >= end || offset & (PAGE - 1)) return FLASH_REFUSED;
  const command = FLASH_CR_PER | (((offset & (BANK - 1)) / PAGE) << 3) | (offset >= BANK ? FLASH_CR_BKER : 0);
  if (!open(command)) return FLASH_TIMEOUT;
  store32(FLASH + FLASH_CR, command | FLASH_CR_STRT);
  const done = idle();
  const code = close();
  if (!done || code) return done ? code : FLASH_TIMEOUT;
  for (let at: u32 = 0; at < PAGE; at += 4) if (load32(address + at) != 0xffff_ffff) return FLASH_VERIFY;
  return FLASH_OK;
}

/** Whole double words. */
export function stm32l4_flash_program(address: u32, from: usize, bytes: u32): i32 {
  if ((address | bytes) & 7 || address < BASE || address >= end || bytes > end - address) return FLASH_REFUSED;
  if (!open(FLASH_CR_PG)) return FLASH_TIMEOUT;
  let done = true;
  for (let at: u32 = 0; at < bytes && done; at += 8) {
    store32(address + at, load<u32>(from + at, 0, 1));
    store32(address + at + 4, load<u32>(from + at, 4, 1));
    done = idle();
  }
  const code = close();
  if (!done || code) return done ? code : FLASH_TIMEOUT;
  for (let at: u32 = 0; at < bytes; at += 4) if (load32(address + at) != load<u32>(from + at, 0, 1)) return FLASH_VERIFY;
  return FLASH_OK;
}
