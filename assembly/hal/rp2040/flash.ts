// rp2040_flash: the boot ROM's flash functions (RP2040 Datasheet 2.8.3.1.3). While they work the flash cannot be read: the calls are made by a
// routine in RAM, interrupts are off, and it does not return before execute in place works again. The routine is 52 bytes of Thumb:
//
//   push {r4, lr}   mov r4, r0                          r0: the block below
//   [0]()  [4]()    connect_internal_flash, flash_exit_xip
//   [8]([20], [24], [28], [32])                         flash_range_erase or flash_range_program
//   [12]() [16]()   flash_flush_cache, flash_enter_cmd_xip
//   SSIENR = 0, BAUDR = 4, SSIENR = 1                   the divider of our boot stage (link), which the ROM has changed
//   pop {r4, pc}

import { enter, leave } from "../../cpu";
import { load32, load8, store32 } from "../../mmio";
import { FLASH_OK, FLASH_REFUSED, FLASH_VERIFY } from "../../wire";
import { XIP_SSI } from "./registers";
import { callAddress, romFunction } from "./rom";

@external("ram", "rp2040_flash_routine 96") declare const routine: usize;
@external("config", "flash.end") declare const end: u32;

const ROUTINE_BYTES: u32 = 52;
const BASE: u32 = 0x1000_0000;
const SECTOR: u32 = 4096;
const PAGE: u32 = 256;
/** Two letters each (2.8.3.1.3). */
const CONNECT: u32 = 0x4649; // IF
const EXIT_XIP: u32 = 0x5845; // EX
const RANGE_ERASE: u32 = 0x4552; // RE
const RANGE_PROGRAM: u32 = 0x5052; // RP
const FLUSH_CACHE: u32 = 0x4346; // FC
const ENTER_CMD_XIP: u32 = 0x5843; // CX
/** Block erase of 64 KB, command D8h: never used for one sector. */
const BLOCK: u32 = 1 << 16;
const BLOCK_COMMAND: u32 = 0xd8;

function put(index: u32, low: u32, high: u32): void {
  store32(routine + (index << 2), low | (high << 16));
}

function writeRoutine(): void {
  put(0, 0xb510, 0x0004); // push {r4, lr}; movs r4, r0
  put(1, 0x6820, 0x4780); // ldr r0, [r4]; blx r0
  put(2, 0x6860, 0x4780); // ldr r0, [r4, #4]; blx r0
  put(3, 0x68a3, 0x469c); // ldr r3, [r4, #8]; mov r12, r3
  put(4, 0x6960, 0x69a1); // ldr r0, [r4, #20]; ldr r1, [r4, #24]
  put(5, 0x69e2, 0x6a23); // ldr r2, [r4, #28]; ldr r3, [r4, #32]
  put(6, 0x47e0, 0x68e0); // blx r12; ldr r0, [r4, #12]
  put(7, 0x4780, 0x6920); // blx r0; ldr r0, [r4, #16]
  put(8, 0x4780, 0x6a60); // blx r0; ldr r0, [r4, #36]
  put(9, 0x2100, 0x6081); // movs r1, #0; str r1, [r0, #8]
  put(10, 0x2204, 0x6142); // movs r2, #4; str r2, [r0, #20]
  put(11, 0x2101, 0x6081); // movs r1, #1; str r1, [r0, #8]
  put(12, 0xbd10, 0xbe00); // pop {r4, pc}
}

/** `operation` and its arguments, from RAM. */
function work(operation: u32, first: u32, second: u32, third: u32, fourth: u32): i32 {
  const block = routine + ROUTINE_BYTES;
  writeRoutine();
  store32(block, <u32>romFunction(CONNECT));
  store32(block + 4, <u32>romFunction(EXIT_XIP));
  store32(block + 8, <u32>romFunction(operation));
  store32(block + 12, <u32>romFunction(FLUSH_CACHE));
  store32(block + 16, <u32>romFunction(ENTER_CMD_XIP));
  for (let i: u32 = 0; i < 20; i += 4) if (!load32(block + i)) return FLASH_REFUSED;
  store32(block + 20, first);
  store32(block + 24, second);
  store32(block + 28, third);
  store32(block + 32, fourth);
  store32(block + 36, XIP_SSI);
  const was = enter();
  callAddress(routine | 1, <u32>block, 0);
  leave(was);
  return FLASH_OK;
}

export function rp2040_flash_erase(address: u32): i32 {
  if (address < BASE || address >= end || address & (SECTOR - 1)) return FLASH_REFUSED;
  const code = work(RANGE_ERASE, address - BASE, SECTOR, BLOCK, BLOCK_COMMAND);
  if (code) return code;
  for (let at: u32 = 0; at < SECTOR; at += 4) if (load32(address + at) != 0xffff_ffff) return FLASH_VERIFY;
  return FLASH_OK;
}

/** Whole pages; the source must lie in RAM: the flash cannot be read while it is written. */
export function rp2040_flash_program(address: u32, from: usize, bytes: u32): i32 {
  if (address < BASE || address >= end || bytes > end - address) return FLASH_REFUSED;
  if ((address | bytes) & (PAGE - 1) || from < 0x2000_0000) return FLASH_REFUSED;
  const code = work(RANGE_PROGRAM, address - BASE, <u32>from, bytes, 0);
  if (code) return code;
  for (let at: u32 = 0; at < bytes; at++) if (load8(address + at) != load8(from + at)) return FLASH_VERIFY;
  return FLASH_OK;
}
