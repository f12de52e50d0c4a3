// rp2040_i2c: the DesignWare controller (RP2040 Datasheet 4.3), polled: a transfer is a list of commands, one per byte, that go through a FIFO
// of 16. Every wait ends: by an abort (nobody acknowledged, somebody else drives), or by the time that the bytes may take.
//
//   write byte   DAT            read byte   CMD            first after the other direction   RESTART            last   STOP
//
// A target that stretches the clock or holds SDA leaves the controller in the middle: it is switched off, and the lines tell which.

import { timerNowLow } from "../kinds";
import { load32, load8, store32, store8 } from "../../mmio";
import { I2C_ARBITRATION, I2C_NACK, I2C_OK, I2C_STUCK, I2C_TIMEOUT } from "../../wire";
import { clockHz } from "../kinds";
import {
  FUNCTION_I2C,
  FUNCTION_SIO,
  I2C0,
  I2C0_IC_CLR_INTR,
  I2C0_IC_CLR_TX_ABRT,
  I2C0_IC_CON,
  I2C0_IC_CON_IC_RESTART_EN,
  I2C0_IC_CON_IC_SLAVE_DISABLE,
  I2C0_IC_CON_MASTER_MODE,
  I2C0_IC_CON_TX_EMPTY_CTRL,
  I2C0_IC_DATA_CMD,
  I2C0_IC_DATA_CMD_CMD,
  I2C0_IC_DATA_CMD_RESTART,
  I2C0_IC_DATA_CMD_STOP,
  I2C0_IC_ENABLE,
  I2C0_IC_ENABLE_ENABLE,
  I2C0_IC_FS_SCL_HCNT,
  I2C0_IC_FS_SCL_LCNT,
  I2C0_IC_FS_SPKLEN,
  I2C0_IC_INTR_MASK,
  I2C0_IC_RAW_INTR_STAT,
  I2C0_IC_RAW_INTR_STAT_STOP_DET,
  I2C0_IC_RAW_INTR_STAT_TX_ABRT,
  I2C0_IC_RXFLR,
  I2C0_IC_SDA_HOLD,
  I2C0_IC_TAR,
  I2C0_IC_TXFLR,
  I2C0_IC_TX_ABRT_SOURCE,
  I2C0_IC_TX_ABRT_SOURCE_ARB_LOST,
  PADS_BANK0_GPIO0_IE,
  PADS_BANK0_GPIO0_PUE,
  PADS_BANK0_GPIO0_SCHMITT,
  RESETS_RESET_I2C0,
  RESETS_RESET_I2C1,
  SIO,
  SIO_GPIO_IN,
  SIO_GPIO_OE_CLR,
  SIO_GPIO_OE_SET,
  SIO_GPIO_OUT_CLR,
} from "./registers";
import { pause } from "../pause";
import { release, usePin } from "./resets";

@external("config", "i2c.base") declare const base: usize;
@external("config", "i2c.hz") declare const busHz: u32;
@external("config", "i2c.data") declare const data: u32;
@external("config", "i2c.clock") declare const clock: u32;

const DEPTH: u32 = 16;
/** SPEED = fast (2): its counts serve any speed from 100 kHz up. */
const CONTROL: u32 =
  I2C0_IC_CON_MASTER_MODE |
  (2 << 1) |
  I2C0_IC_CON_IC_RESTART_EN |
  I2C0_IC_CON_IC_SLAVE_DISABLE |
  I2C0_IC_CON_TX_EMPTY_CTRL;
const PAD: u32 = (1 << 4) | PADS_BANK0_GPIO0_IE | PADS_BANK0_GPIO0_PUE | PADS_BANK0_GPIO0_SCHMITT;
/** Half a period of recovery's clock, in µs, and how many looks at the time that is at most. */
const HALF: u32 = 5;
const LOOKS: u32 = 10_000;

export function rp2040_i2c_start(): i32 {
  if (!release(base == I2C0 ? RESETS_RESET_I2C0 : RESETS_RESET_I2C1)) return I2C_TIMEOUT;
  const hz = clockHz();
  const period = (hz + (busHz >> 1)) / busHz;
  const low = (period * 3) / 5;
  store32(base + I2C0_IC_ENABLE, 0);
  store32(base + I2C0_IC_CON, CONTROL);
  store32(base + I2C0_IC_FS_SCL_LCNT, low);
  store32(base + I2C0_IC_FS_SCL_HCNT, period - low);
  store32(base + I2C0_IC_FS_SPKLEN, low < 16 ? 1 : low >> 4);
  // 300 ns of hold after SCL falls (4.3.14.2: below 1 MHz)
  store32(base + I2C0_IC_SDA_HOLD, hz / 3_333_333 + 1);
  store32(base + I2C0_IC_INTR_MASK, 0);
  route();
  return lineHigh(data) ? I2C_OK : I2C_STUCK;
}

function route(): void {
  usePin(data, FUNCTION_I2C, PAD);
  usePin(clock, FUNCTION_I2C, PAD);
}

function lineHigh(pin: u32): bool {
  return (load32(SIO + SIO_GPIO_IN) & (1 << pin)) != 0;
}

export function rp2040_i2c_transfer(address: u32, from: usize, writeBytes: u32, into: usize, readBytes: u32): i32 {
  const total = writeBytes + readBytes;
  store32(base + I2C0_IC_ENABLE, 0);
  store32(base + I2C0_IC_TAR, address);
  store32(base + I2C0_IC_ENABLE, I2C0_IC_ENABLE_ENABLE);
  load32(base + I2C0_IC_CLR_INTR);
  const began = timerNowLow();
  // twice the bits and their clocks, and 1 ms for stretching
  const patience: u32 = 1000 + ((total + 2) * 18_000_000) / busHz;
  let issued: u32 = 0;
  let taken: u32 = 0;
  let code = I2C_OK;
  for (;;) {
    const raw = load32(base + I2C0_IC_RAW_INTR_STAT);
    if (raw & I2C0_IC_RAW_INTR_STAT_TX_ABRT) {
      const source = load32(base + I2C0_IC_TX_ABRT_SOURCE);
      load32(base + I2C0_IC_CLR_TX_ABRT);
      code = source & I2C0_IC_TX_ABRT_SOURCE_ARB_LOST ? I2C_ARBITRATION : I2C_NACK;
      break;
    }
    while (taken < readBytes && load32(base + I2C0_IC_RXFLR)) store8(into + taken++, load32(base + I2C0_IC_DATA_CMD));
    if (issued == total && taken == readBytes && raw & I2C0_IC_RAW_INTR_STAT_STOP_DET) break;
    const readsIssued = issued > writeBytes ? issued - writeBytes : 0;
    if (issued < total && load32(base + I2C0_IC_TXFLR) < DEPTH && readsIssued - taken < DEPTH)
      store32(base + I2C0_IC_DATA_CMD, command(issued++, from, writeBytes, total));
    else if (timerNowLow() - began > patience) {
      code = lineHigh(data) ? I2C_TIMEOUT : I2C_STUCK;
      break;
    } else pause(200); // a byte takes 22 µs at 400 kHz
  }
  store32(base + I2C0_IC_ENABLE, 0);
  return code;
}

function command(index: u32, from: usize, writeBytes: u32, total: u32): u32 {
  const stop: u32 = index + 1 == total ? I2C0_IC_DATA_CMD_STOP : 0;
  if (index < writeBytes) return stop | load8(from + index);
  const restart: u32 = index && index == writeBytes ? I2C0_IC_DATA_CMD_RESTART : 0;
  return stop | restart | I2C0_IC_DATA_CMD_CMD;
}

function wait(): void {
  const began = timerNowLow();
  for (let looks: u32 = 0; looks < LOOKS; looks++) if (timerNowLow() - began >= HALF) return;
}

/** Open drain by hand: driven low, or let go. */
function pull(pin: u32, low: bool): void {
  store32(SIO + (low ? SIO_GPIO_OE_SET : SIO_GPIO_OE_CLR), 1 << pin);
  wait();
}

export function rp2040_i2c_recover(): i32 {
  store32(base + I2C0_IC_ENABLE, 0);
  store32(SIO + SIO_GPIO_OUT_CLR, (1 << data) | (1 << clock));
  store32(SIO + SIO_GPIO_OE_CLR, (1 << data) | (1 << clock));
  usePin(data, FUNCTION_SIO, PAD);
  usePin(clock, FUNCTION_SIO, PAD);
  for (let i = 0; i < 9; i++) {
    pull(clock, true);
    pull(clock, false);
  }
  // stop: SDA rises while SCL is high
  pull(clock, true);
  pull(data, true);
  pull(clock, false);
  pull(data, false);
  const free = lineHigh(data);
  route();
  return free ? I2C_OK : I2C_STUCK;
}
