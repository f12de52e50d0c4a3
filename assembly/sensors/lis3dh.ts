// LIS3DH: accelerometer, 12 bits left-justified in high-resolution mode (ST DS6839 rev 3). The sensor runs at twice the app's rate or
// more: a sample is new and whole (BDU), or SENSOR_NOT_READY.

import { store16 } from "../mmio";
import { I2C_OK, SENSOR_NOT_READY, SENSOR_WRONG_ID } from "../wire";
import { answerStatus, answerValue, identify, readAnswer, writeRegister } from "./registers";

@external("config", "sensor.rateMilliHz") declare const rate: u32;
@external("config", "sensor.range") declare const range: u32;

const WHO_AM_I: u32 = 0x0f; // 8.6
const IDENTITY: i32 = 0x33;
const CTRL_REG1: u32 = 0x20; // 8.8: ODR 7:4, LPen 3, Zen Yen Xen
const ALL_AXES: u32 = 7;
const CTRL_REG4: u32 = 0x23; // 8.11: BDU 7, FS 5:4, HR 3
const BDU: u32 = 1 << 7;
const HR: u32 = 1 << 3;
const STATUS_REG: u32 = 0x27; // 8.14, the values follow
const ZYXDA: u32 = 1 << 3;
/** In the register's number: count up (6.1.1). */
const INCREMENT: u32 = 0x80;

/** Table 31, mHz; 1 … 7, then 9 (1344 Hz). */
function rateCode(): u32 {
  const wanted = 2 * rate;
  if (wanted <= 10_000) return 2;
  if (wanted <= 25_000) return 3;
  if (wanted <= 50_000) return 4;
  if (wanted < 100_000) return 5;
  if (wanted < 200_000) return 6;
  if (wanted < 400_000) return 7;
  return 9;
}

export function lis3dh_start(): i32 {
  const identity = identify(WHO_AM_I);
  if (identity < 0) return -1 - identity;
  if (identity != IDENTITY) return SENSOR_WRONG_ID;
  const rangeCode: u32 = range == 2 ? 0 : range == 4 ? 1 : range == 8 ? 2 : 3;
  const code = writeRegister(CTRL_REG4, BDU | HR | (rangeCode << 4));
  return code == I2C_OK ? writeRegister(CTRL_REG1, (rateCode() << 4) | ALL_AXES) : code;
}

export function lis3dh_sample(into: usize): i32 {
  const code = readAnswer(STATUS_REG | INCREMENT, 7);
  if (code != I2C_OK) return code;
  if ((answerStatus() & ZYXDA) == 0) return SENSOR_NOT_READY;
  for (let i: u32 = 0; i < 3; i++) store16(into + (i << 1), answerValue(i));
  return I2C_OK;
}
