// nrf_twim: I2C by EasyDMA at 390 kHz (nRF52840 PS 6.31). A transaction runs by itself once started:
//
//   write        STARTTX ─ LASTTX ─► STOP ─► STOPPED          write, read    STARTTX ─ LASTTX ─► STARTRX ─ LASTRX ─► STOP ─► STOPPED
//   read         STARTRX ─ LASTRX ─► STOP ─► STOPPED
//
// Bytes to write are copied: the DMA reads RAM only, and they may lie in flash. Every wait ends: after twice the time of the bits and
// a millisecond the controller is stopped and switched off; SDA low then means that a target holds the bus.

import { dmb } from "../../cpu";
import { load32, store32, store8 } from "../../mmio";
import { I2C_ARBITRATION, I2C_NACK, I2C_OK, I2C_STUCK, I2C_TIMEOUT } from "../../wire";
import { timerNowLow } from "../kinds";
import { pause } from "../pause";
import { openDrain, pinHigh, pinIn, pinLow, restHigh } from "../nrf/pins";
import {
  TWIM_ADDRESS,
  TWIM_ENABLE,
  TWIM_ENABLE_ENABLED,
  TWIM_ERRORSRC,
  TWIM_ERRORSRC_ANACK,
  TWIM_ERRORSRC_DNACK,
  TWIM_EVENTS_ERROR,
  TWIM_EVENTS_STOPPED,
  TWIM_FREQUENCY,
  TWIM_FREQUENCY_K400,
  TWIM_PSEL_SCL,
  TWIM_PSEL_SDA,
  TWIM_RXD_MAXCNT,
  TWIM_RXD_PTR,
  TWIM_SHORTS,
  TWIM_SHORTS_LASTRX_STOP,
  TWIM_SHORTS_LASTTX_STARTRX,
  TWIM_SHORTS_LASTTX_STOP,
  TWIM_TASKS_STARTRX,
  TWIM_TASKS_STARTTX,
  TWIM_TASKS_STOP,
  TWIM_TXD_MAXCNT,
  TWIM_TXD_PTR,
} from "../nrf/registers";

@external("config", "i2c.base") declare const base: usize;
@external("config", "i2c.scl") declare const scl: u32;
@external("config", "i2c.sda") declare const sda: u32;
/** Pins that feed the sensors and their pull-ups, driven high; −1: none. */
@external("config", "i2c.power") declare const powerPin: i32;
@external("config", "i2c.pullups") declare const pullupPin: i32;
@external("ram", "nrf_twim_out 32") declare const out: usize;

const OUT_BYTES: u32 = 32;
/** Sensors answer this long after power came. */
const POWER_UP_US: u32 = 20_000;

function waitUntil(start: u32, microseconds: u32): void {
  while (timerNowLow() - start < microseconds) {}
}

function enable(): void {
  openDrain(scl, false);
  openDrain(sda, false);
  store32(base + TWIM_PSEL_SCL, scl);
  store32(base + TWIM_PSEL_SDA, sda);
  store32(base + TWIM_FREQUENCY, TWIM_FREQUENCY_K400);
  store32(base + TWIM_ENABLE, TWIM_ENABLE_ENABLED);
}

export function nrf_twim_start(): i32 {
  if (powerPin >= 0) restHigh(powerPin);
  if (pullupPin >= 0) restHigh(pullupPin);
  if (powerPin >= 0) waitUntil(timerNowLow(), POWER_UP_US);
  enable();
  return pinIn(sda) ? I2C_OK : nrf_twim_recover();
}

export function nrf_twim_transfer(address: u32, from: usize, writeBytes: u32, into: usize, readBytes: u32): i32 {
  if (!(writeBytes | readBytes)) return I2C_OK;
  if (writeBytes > OUT_BYTES) return I2C_TIMEOUT;
  for (let i: u32 = 0; i < writeBytes; i++) store8(out + i, <u32>load<u8>(from + i));
  dmb();
  store32(base + TWIM_EVENTS_STOPPED, 0);
  store32(base + TWIM_EVENTS_ERROR, 0);
  store32(base + TWIM_ERRORSRC, load32(base + TWIM_ERRORSRC));
  store32(base + TWIM_ADDRESS, address);
  store32(base + TWIM_TXD_PTR, <u32>out);
  store32(base + TWIM_TXD_MAXCNT, writeBytes);
  store32(base + TWIM_RXD_PTR, <u32>into);
  store32(base + TWIM_RXD_MAXCNT, readBytes);
  const after = readBytes ? TWIM_SHORTS_LASTTX_STARTRX : TWIM_SHORTS_LASTTX_STOP;
  store32(base + TWIM_SHORTS, after | TWIM_SHORTS_LASTRX_STOP);
  store32(base + (writeBytes ? TWIM_TASKS_STARTTX : TWIM_TASKS_STARTRX), 1);
  return finish(1000 + (writeBytes + readBytes + 3) * 50);
}

function finish(limit: u32): i32 {
  const start = timerNowLow();
  while (!load32(base + TWIM_EVENTS_STOPPED)) {
    if (load32(base + TWIM_EVENTS_ERROR)) {
      store32(base + TWIM_EVENTS_ERROR, 0);
      store32(base + TWIM_TASKS_STOP, 1);
    }
    if (timerNowLow() - start > limit) return giveUp();
    pause(100); // 5 µs; a byte takes 22 µs at 400 kHz
  }
  dmb();
  const errors = load32(base + TWIM_ERRORSRC);
  if (!errors) return I2C_OK;
  store32(base + TWIM_ERRORSRC, errors);
  return errors & (TWIM_ERRORSRC_ANACK | TWIM_ERRORSRC_DNACK) ? I2C_NACK : I2C_ARBITRATION;
}

/** Switched off and on the controller forgets what it waited for. */
function giveUp(): i32 {
  store32(base + TWIM_TASKS_STOP, 1);
  store32(base + TWIM_ENABLE, 0);
  const held = !pinIn(sda);
  store32(base + TWIM_ENABLE, TWIM_ENABLE_ENABLED);
  return held ? I2C_STUCK : I2C_TIMEOUT;
}

/** By hand, at 100 kHz. */
export function nrf_twim_recover(): i32 {
  store32(base + TWIM_ENABLE, 0);
  pinHigh(scl);
  pinHigh(sda);
  openDrain(scl, true);
  openDrain(sda, false);
  for (let clocks = 0; clocks < 9 && !pinIn(sda); clocks++) {
    pinLow(scl);
    waitUntil(timerNowLow(), 6);
    pinHigh(scl);
    waitUntil(timerNowLow(), 6);
  }
  const free = pinIn(sda) != 0;
  // stop: SDA rises while SCL is high
  pinLow(scl);
  pinLow(sda);
  openDrain(sda, true);
  waitUntil(timerNowLow(), 6);
  pinHigh(scl);
  waitUntil(timerNowLow(), 6);
  pinHigh(sda);
  waitUntil(timerNowLow(), 6);
  enable();
  return free ? I2C_OK : I2C_STUCK;
}
