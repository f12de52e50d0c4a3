// LSM9DS1: accelerometer and, with six channels, gyroscope (ST DS10154 rev 3). With the gyroscope on, both run at its rate. The sensor
// runs at more than twice the app's rate: a sample is new and whole (BDU), or SENSOR_NOT_READY.

import { store16 } from "../mmio";
import { I2C_OK, SENSOR_NOT_READY, SENSOR_WRONG_ID } from "../wire";
import { answerStatus, answerValue, identify, readAnswer, writeRegister } from "./registers";

@external("config", "sensor.channels") declare const channels: u32;
@external("config", "sensor.rateMilliHz") declare const rate: u32;
@external("config", "sensor.range") declare const range: u32;
@external("config", "sensor.gyroRange") declare const gyroRange: u32;

const WHO_AM_I: u32 = 0x0f; // 7.11
const IDENTITY: i32 = 0x68;
const CTRL_REG1_G: u32 = 0x10; // 7.12: ODR_G 7:5, FS_G 4:3
const STATUS_REG: u32 = 0x17; // 7.18, the gyroscope's values follow
const GDA: u32 = 1 << 1;
const CTRL_REG6_XL: u32 = 0x20; // 7.24: ODR_XL 7:5, FS_XL 4:3
const CTRL_REG8: u32 = 0x22; // 7.26
const BDU: u32 = 1 << 6;
const IF_ADD_INC: u32 = 1 << 2;
const STATUS_REG_XL: u32 = 0x27; // 7.31, the accelerometer's values follow
const XLDA: u32 = 1 << 0;

/** Tables 46 and 68: 119 Hz · 2^(code − 3) and two slower ones that differ; the first above twice the rate. */
function rateCode(): u32 {
  if (rate < 5_000) return 1;
  if (rate < 25_000) return 2;
  let code: u32 = 3;
  for (let hz: u32 = 119_000; hz <= 2 * rate && code < 6; hz <<= 1) code++;
  return code;
}

/** Table 67. */
function rangeCode(): u32 {
  return range == 2 ? 0 : range == 16 ? 1 : range == 4 ? 2 : 3;
}

/** Table 45. */
function gyroRangeCode(): u32 {
  return gyroRange == 245 ? 0 : gyroRange == 500 ? 1 : 3;
}

export function lsm9ds1_start(): i32 {
  const identity = identify(WHO_AM_I);
  if (identity < 0) return -1 - identity;
  if (identity != IDENTITY) return SENSOR_WRONG_ID;
  let code = writeRegister(CTRL_REG8, BDU | IF_ADD_INC);
  if (code == I2C_OK) code = writeRegister(CTRL_REG1_G, channels > 3 ? (rateCode() << 5) | (gyroRangeCode() << 3) : 0);
  if (code == I2C_OK) code = writeRegister(CTRL_REG6_XL, (rateCode() << 5) | (rangeCode() << 3));
  return code;
}

export function lsm9ds1_sample(into: usize): i32 {
  let code = readThree(STATUS_REG_XL, XLDA, into);
  if (code == I2C_OK && channels > 3) code = readThree(STATUS_REG, GDA, into + 6);
  return code;
}

/** A status register and the three values behind it, in one burst. */
function readThree(status: u32, wanted: u32, into: usize): i32 {
  const code = readAnswer(status, 7);
  if (code != I2C_OK) return code;
  if ((answerStatus() & wanted) == 0) return SENSOR_NOT_READY;
  for (let i: u32 = 0; i < 3; i++) store16(into + (i << 1), answerValue(i));
  return I2C_OK;
}
