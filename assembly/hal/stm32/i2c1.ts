// stm32_i2c1: the controller of the first generation (F4; RM0390 24), polled. It stretches SCL at each of its events, so a handler that comes
// in between costs time and nothing else, but for the end of a read, where ACK and STOP must be set while the last bytes are under way:
//
//   1 byte    ACK off, clear ADDR, STOP; RXNE, read                     2 bytes    POS, clear ADDR, ACK off; BTF, STOP, read, read
//   more      RXNE, read … until 3 are left; BTF, ACK off, read, STOP, read; RXNE, read                          (24.3.3)
//
// Every wait ends: by an error flag, or by the time that the bytes may take. After a time-out the controller is reset (SWRST).

import { enter, leave } from "../../cpu";
import { clear32, load32, load8, set32, store32, store8 } from "../../mmio";
import { I2C_ARBITRATION, I2C_NACK, I2C_OK, I2C_STUCK, I2C_TIMEOUT } from "../../wire";
import { clockHz, timerNowLow } from "../kinds";
import { pause } from "../pause";
import { dataHigh, freeLines, routeLines } from "./i2c-lines";
import {
  I2C1_CCR,
  I2C1_CCR_F_S,
  I2C1_CR1,
  I2C1_CR1_ACK,
  I2C1_CR1_PE,
  I2C1_CR1_POS,
  I2C1_CR1_START,
  I2C1_CR1_STOP,
  I2C1_CR1_SWRST,
  I2C1_CR2,
  I2C1_DR,
  I2C1_SR1,
  I2C1_SR1_ADDR,
  I2C1_SR1_AF,
  I2C1_SR1_ARLO,
  I2C1_SR1_BERR,
  I2C1_SR1_BTF,
  I2C1_SR1_RXNE,
  I2C1_SR1_SB,
  I2C1_SR1_TXE,
  I2C1_SR2,
  I2C1_TRISE,
} from "./registers";

@external("config", "i2c.base") declare const base: usize;
@external("config", "i2c.hz") declare const busHz: u32;
/** The core's clock over APB1's, when the core runs on the board's clock; 1 on a fallback. */
@external("config", "i2c.divider") declare const divider: u32;
@external("config", "board.clockHz") declare const boardHz: u32;

const ERRORS: u32 = I2C1_SR1_AF | I2C1_SR1_ARLO | I2C1_SR1_BERR;

/** Of the transfer under way: when it began, and how many µs it may take. */
@external("ram", "stm32_i2c1_wait 8") declare const wait: usize;

/** Forgets what it waited for; the timing stays. */
function resetController(): void {
  const frequency = load32(base + I2C1_CR2);
  const counts = load32(base + I2C1_CCR);
  const rise = load32(base + I2C1_TRISE);
  store32(base + I2C1_CR1, I2C1_CR1_SWRST);
  store32(base + I2C1_CR1, 0);
  store32(base + I2C1_CR2, frequency);
  store32(base + I2C1_CCR, counts);
  store32(base + I2C1_TRISE, rise);
  store32(base + I2C1_CR1, I2C1_CR1_PE);
}

function configure(): void {
  const hz = clockHz() == boardHz ? boardHz / divider : clockHz();
  const fast = busHz > 100_000;
  const counts = busHz * (fast ? 3 : 2);
  store32(base + I2C1_CR1, 0);
  store32(base + I2C1_CR2, hz / 1_000_000);
  store32(base + I2C1_CCR, (hz + counts - 1) / counts | (fast ? I2C1_CCR_F_S : 0));
  // rises of 300 and 1000 ns (24.6.9)
  store32(base + I2C1_TRISE, (fast ? (hz / 1000 * 3) / 10_000 : hz / 1_000_000) + 1);
  // a glitch while it was off may have left it busy
  resetController();
}

export function stm32_i2c1_start(): i32 {
  routeLines();
  configure();
  return dataHigh() ? I2C_OK : I2C_STUCK;
}

function late(): bool {
  pause(boardHz >> 20); // 4 cycles each: 4 µs; a byte takes 22 µs at 400 kHz
  return timerNowLow() - load32(wait) > load32(wait + 4);
}

/** Until that flag of SR1. */
function flag(wanted: u32): i32 {
  let flags = load32(base + I2C1_SR1);
  while (!(flags & (ERRORS | wanted))) {
    if (late()) return I2C_TIMEOUT;
    flags = load32(base + I2C1_SR1);
  }
  if (flags & ERRORS) return flags & I2C1_SR1_AF ? I2C_NACK : I2C_ARBITRATION;
  return I2C_OK;
}

/** Start or repeated start and the address; ADDR stands then. */
function open(address: u32, reading: u32): i32 {
  set32(base + I2C1_CR1, I2C1_CR1_START);
  const code = flag(I2C1_SR1_SB);
  if (code) return code;
  store32(base + I2C1_DR, (address << 1) | reading);
  return flag(I2C1_SR1_ADDR);
}

/** SR1 has been read by `flag`. */
function clearAddress(): void {
  load32(base + I2C1_SR2);
}

function writeAll(from: usize, bytes: u32): i32 {
  clearAddress();
  for (let i: u32 = 0; i < bytes; i++) {
    const code = flag(I2C1_SR1_TXE);
    if (code) return code;
    store32(base + I2C1_DR, load8(from + i));
  }
  return flag(I2C1_SR1_BTF);
}

function take(into: usize): void {
  store8(into, load32(base + I2C1_DR));
}

function stop(): void {
  set32(base + I2C1_CR1, I2C1_CR1_STOP);
}

function readOne(into: usize): i32 {
  clear32(base + I2C1_CR1, I2C1_CR1_ACK);
  const was = enter();
  clearAddress();
  stop();
  leave(was);
  const code = flag(I2C1_SR1_RXNE);
  if (!code) take(into);
  return code;
}

function readTwo(into: usize): i32 {
  const was = enter();
  clearAddress();
  clear32(base + I2C1_CR1, I2C1_CR1_ACK);
  leave(was);
  const code = flag(I2C1_SR1_BTF);
  stop();
  if (code) return code;
  take(into);
  take(into + 1);
  return I2C_OK;
}

function readMore(into: usize, bytes: u32): i32 {
  clearAddress();
  let code = I2C_OK;
  for (; bytes > 3; bytes--) {
    code = flag(I2C1_SR1_RXNE);
    if (code) return code;
    take(into++);
  }
  code = flag(I2C1_SR1_BTF);
  if (code) return code;
  const was = enter();
  clear32(base + I2C1_CR1, I2C1_CR1_ACK);
  take(into);
  stop();
  take(into + 1);
  leave(was);
  code = flag(I2C1_SR1_RXNE);
  if (!code) take(into + 2);
  return code;
}

function readAll(address: u32, into: usize, bytes: u32): i32 {
  set32(base + I2C1_CR1, I2C1_CR1_ACK | (bytes == 2 ? I2C1_CR1_POS : 0));
  const code = open(address, 1);
  if (code) return code;
  return bytes == 1 ? readOne(into) : bytes == 2 ? readTwo(into) : readMore(into, bytes);
}

export function stm32_i2c1_transfer(address: u32, from: usize, writeBytes: u32, into: usize, readBytes: u32): i32 {
  if (!(writeBytes | readBytes)) return I2C_OK;
  store32(wait, timerNowLow());
  // twice the bits and their clocks, and 1 ms for stretching
  store32(wait + 4, 1000 + ((writeBytes + readBytes + 3) * 18_000_000) / busHz);
  store32(base + I2C1_CR1, I2C1_CR1_PE);
  store32(base + I2C1_SR1, 0);
  let code = I2C_OK;
  if (writeBytes) {
    code = open(address, 0);
    if (!code) code = writeAll(from, writeBytes);
  }
  if (!code && readBytes) code = readAll(address, into, readBytes);
  // a read that went well has set it
  if (code == I2C_NACK || !readBytes) stop();
  while (code <= I2C_NACK && load32(base + I2C1_CR1) & I2C1_CR1_STOP) if (late()) code = I2C_TIMEOUT;
  if (code <= I2C_NACK) return code;
  resetController();
  return dataHigh() ? code : I2C_STUCK;
}

export function stm32_i2c1_recover(): i32 {
  store32(base + I2C1_CR1, 0);
  const code = freeLines();
  resetController();
  return code;
}
