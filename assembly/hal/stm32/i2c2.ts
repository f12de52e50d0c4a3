// stm32_i2c2: the controller of the second generation (L4; RM0432 49), polled, fast mode. A transfer is one or two parts, each a number of bytes
// that the controller counts itself; the last part ends with a stop of its own (AUTOEND). SCL is stretched wherever the program comes late.
//
//   write n, read k    START, NBYTES = n: TXIS … TC    START, RD_WRN, NBYTES = k, AUTOEND: RXNE … STOPF
//
// Every wait ends: by NACKF, BERR, ARLO, or by the time that the bytes may take. After a time-out the controller is switched off and on.

import { clear32, load32, load8, set32, store32, store8 } from "../../mmio";
import { I2C_ARBITRATION, I2C_NACK, I2C_OK, I2C_STUCK, I2C_TIMEOUT } from "../../wire";
import { clockHz, timerNowLow } from "../kinds";
import { pause } from "../pause";
import { dataHigh, freeLines, routeLines } from "./i2c-lines";
import {
  I2C2_CR1,
  I2C2_CR1_PE,
  I2C2_CR2,
  I2C2_CR2_AUTOEND,
  I2C2_CR2_RD_WRN,
  I2C2_CR2_START,
  I2C2_ICR,
  I2C2_ISR,
  I2C2_ISR_ARLO,
  I2C2_ISR_BERR,
  I2C2_ISR_NACKF,
  I2C2_ISR_RXNE,
  I2C2_ISR_STOPF,
  I2C2_ISR_TC,
  I2C2_ISR_TXIS,
  I2C2_RXDR,
  I2C2_TIMINGR,
  I2C2_TXDR,
} from "./registers";

@external("config", "i2c.base") declare const base: usize;
@external("config", "board.clockHz") declare const boardHz: u32;
/** Of the transfer under way: when it began, and how many µs it may take. */
@external("ram", "stm32_i2c2_wait 8") declare const wait: usize;

const ERRORS: u32 = I2C2_ISR_NACKF | I2C2_ISR_BERR | I2C2_ISR_ARLO;
const CLEARABLE: u32 = ERRORS | I2C2_ISR_STOPF;
const MOST: u32 = 255;

/**
 * In eighths of a microsecond: SCL low for 11, high for 7, data 1 after the edge and 4 before; filters and synchronisation add 0.25 µs at
 * 120 MHz: 400 kHz (49.4.9). Below 8 MHz in quarters, as table 49.4.11 has it for 100 kHz: 20 and 16.
 */
function timing(hz: u32): u32 {
  if (hz < 8_000_000) return ((hz / 4_000_000 - 1) << 28) | (4 << 20) | (2 << 16) | (15 << 8) | 19;
  return ((hz / 8_000_000 - 1) << 28) | (3 << 20) | (1 << 16) | (6 << 8) | 10;
}

function restart(): void {
  clear32(base + I2C2_CR1, I2C2_CR1_PE);
  // PE must be low for three cycles of the bus (49.4.6)
  load32(base + I2C2_CR1);
  load32(base + I2C2_CR1);
  set32(base + I2C2_CR1, I2C2_CR1_PE);
}

export function stm32_i2c2_start(): i32 {
  routeLines();
  store32(base + I2C2_CR1, 0);
  store32(base + I2C2_TIMINGR, timing(clockHz()));
  restart();
  return dataHigh() ? I2C_OK : I2C_STUCK;
}

function flag(wanted: u32): i32 {
  let flags = load32(base + I2C2_ISR);
  while (!(flags & (ERRORS | wanted))) {
    if (timerNowLow() - load32(wait) > load32(wait + 4)) return I2C_TIMEOUT;
    pause(boardHz >> 20); // 4 cycles each: 4 µs; a byte takes 22 µs
    flags = load32(base + I2C2_ISR);
  }
  if (flags & ERRORS) return flags & I2C2_ISR_NACKF ? I2C_NACK : I2C_ARBITRATION;
  return I2C_OK;
}

function begin(address: u32, bytes: u32, more: u32): void {
  store32(base + I2C2_CR2, (address << 1) | (bytes << 16) | more | I2C2_CR2_START);
}

function writeAll(address: u32, from: usize, bytes: u32, more: u32): i32 {
  begin(address, bytes, more);
  for (let i: u32 = 0; i < bytes; i++) {
    const code = flag(I2C2_ISR_TXIS);
    if (code) return code;
    store32(base + I2C2_TXDR, load8(from + i));
  }
  return flag(I2C2_ISR_TC | I2C2_ISR_STOPF);
}

function readAll(address: u32, into: usize, bytes: u32): i32 {
  begin(address, bytes, I2C2_CR2_RD_WRN | I2C2_CR2_AUTOEND);
  for (let i: u32 = 0; i < bytes; i++) {
    const code = flag(I2C2_ISR_RXNE);
    if (code) return code;
    store8(into + i, load32(base + I2C2_RXDR));
  }
  return flag(I2C2_ISR_STOPF);
}

export function stm32_i2c2_transfer(address: u32, from: usize, writeBytes: u32, into: usize, readBytes: u32): i32 {
  if (!(writeBytes | readBytes)) return I2C_OK;
  if (writeBytes > MOST || readBytes > MOST) return I2C_TIMEOUT;
  store32(wait, timerNowLow());
  // twice the bits of 100 kHz, and 1 ms for stretching
  store32(wait + 4, 1000 + (writeBytes + readBytes + 3) * 180);
  store32(base + I2C2_ICR, CLEARABLE);
  let code = I2C_OK;
  if (writeBytes) code = writeAll(address, from, writeBytes, readBytes ? 0 : I2C2_CR2_AUTOEND);
  if (!code && readBytes) code = readAll(address, into, readBytes);
  // who does not answer gets a stop by itself
  if (code == I2C_NACK) {
    store32(base + I2C2_ICR, I2C2_ISR_NACKF);
    if (flag(I2C2_ISR_STOPF)) code = I2C_TIMEOUT;
  }
  if (code <= I2C_NACK) return code;
  restart();
  return dataHigh() ? code : I2C_STUCK;
}

export function stm32_i2c2_recover(): i32 {
  clear32(base + I2C2_CR1, I2C2_CR1_PE);
  const code = freeLines();
  restart();
  return code;
}
