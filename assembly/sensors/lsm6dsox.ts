// LSM6DSOX: accelerometer and, with six channels, gyroscope (ST DS12814 rev 4). A sample is new and whole
// (BDU), or SENSOR_NOT_READY: the sensor runs at more than twice the app's rate, so there is always a new one while it lives.

import { store16 } from "../mmio";
import { I2C_OK, SENSOR_NOT_READY, SENSOR_WRONG_ID } from "../wire";
import { answerStatus, answerValue, identify, readAnswer, writeRegister } from "./registers";

@external("config", "sensor.channels") declare const channels: u32;
@external("config", "sensor.rateMilliHz") declare const rate: u32;
@external("config", "sensor.range") declare const range: u32;
@external("config", "sensor.gyroRange") declare const gyroRange: u32;

const WHO_AM_I: u32 = 0x0f; // 9.11
const IDENTITY: i32 = 0x6c;
const CTRL1_XL: u32 = 0x10; // 9.13: ODR_XL 7:4, FS_XL 3:2
const CTRL2_G: u32 = 0x11; // 9.14: ODR_G 7:4, FS_G 3:2, FS_125 1
const CTRL3_C: u32 = 0x12; // 9.15
const BDU: u32 = 1 << 6;
const IF_INC: u32 = 1 << 2;
const STATUS_REG: u32 = 0x1e; // 9.27
const XLDA: u32 = 1 << 0;
const GDA: u32 = 1 << 1;
const OUTX_L_G: u32 = 0x22; // 9.29
const OUTX_L_A: u32 = 0x28; // 9.32

/** Table 49: about 13 Hz · 2^(code − 1) (12.5, 26, 52 … 833, 1667), the first above twice the rate. */
function rateCode(): u32 {
  let code: u32 = 1;
  for (let hz: u32 = 13_000; hz <= 2 * rate && code < 10; hz <<= 1) code++;
  return code;
}

/** Table 50. */
function rangeCode(): u32 {
  return range == 2 ? 0 : range == 16 ? 1 : range == 4 ? 2 : 3;
}

/** Table 53, with FS_125. */
function gyroRangeBits(): u32 {
  if (gyroRange == 125) return 1 << 1;
  return (gyroRange == 250 ? 0 : gyroRange == 500 ? 1 : gyroRange == 1000 ? 2 : 3) << 2;
}

export function lsm6dsox_start(): i32 {
  const identity = identify(WHO_AM_I);
  if (identity < 0) return -1 - identity;
  if (identity != IDENTITY) return SENSOR_WRONG_ID;
  let code = writeRegister(CTRL3_C, BDU | IF_INC);
  if (code == I2C_OK) code = writeRegister(CTRL1_XL, (rateCode() << 4) | (rangeCode() << 2));
  if (code == I2C_OK) code = writeRegister(CTRL2_G, channels > 3 ? (rateCode() << 4) | gyroRangeBits() : 0);
  return code;
}

/** Status first; then 28 … 2d, or 22 … 2d with the gyroscope's in front, in one burst: all of one conversion. A burst that begins one
 *  register early leaves the values aligned. */
export function lsm6dsox_sample(into: usize): i32 {
  const wanted = channels > 3 ? XLDA | GDA : XLDA;
  let code = readAnswer(STATUS_REG, 1);
  if (code != I2C_OK) return code;
  if ((answerStatus() & wanted) != wanted) return SENSOR_NOT_READY;
  code = channels > 3 ? readAnswer(OUTX_L_G - 1, 13) : readAnswer(OUTX_L_A - 1, 7);
  if (code != I2C_OK) return code;
  for (let i: u32 = 0; i < 3; i++) {
    store16(into + (i << 1), answerValue(channels > 3 ? 3 + i : i));
    if (channels > 3) store16(into + 6 + (i << 1), answerValue(i));
  }
  return I2C_OK;
}
