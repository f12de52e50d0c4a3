// MPU-6050: accelerometer and, with six channels, gyroscope (InvenSense RM-MPU-6000A rev 4.2). Values are big-endian. The sensor runs at
// twice the app's rate or a little more: a sample is new, or SENSOR_NOT_READY.

import { store16 } from "../mmio";
import { I2C_OK, SENSOR_NOT_READY, SENSOR_WRONG_ID } from "../wire";
import { answerStatus, answerValue, identify, readAnswer, writeRegister } from "./registers";

@external("config", "sensor.channels") declare const channels: u32;
@external("config", "sensor.rateMilliHz") declare const rate: u32;
@external("config", "sensor.range") declare const range: u32;
@external("config", "sensor.gyroRange") declare const gyroRange: u32;

const SMPLRT_DIV: u32 = 0x19; // 4.2: 1 kHz / (1 + div) while the filter is on
const CONFIG: u32 = 0x1a; // 4.3: DLPF_CFG 2:0
const DLPF_184_HZ: u32 = 1;
const GYRO_CONFIG: u32 = 0x1b; // 4.4: FS_SEL 4:3
const ACCEL_CONFIG: u32 = 0x1c; // 4.5: AFS_SEL 4:3
const INT_STATUS: u32 = 0x3a; // 4.16; accelerometer 3b … 40, temperature, gyroscope 43 … 48 follow
const DATA_RDY: u32 = 1 << 0;
const PWR_MGMT_1: u32 = 0x6b; // 4.28: asleep after power-on
const CLKSEL_GYRO_X: u32 = 1;
const WHO_AM_I: u32 = 0x75; // 4.32
const IDENTITY: i32 = 0x68;

/** 0 … 255, for the first rate of 1 kHz / n above twice the app's. */
function divider(): u32 {
  const n: u32 = 1_000_000 / (2 * rate + 1);
  return n < 1 ? 0 : n > 256 ? 255 : n - 1;
}

function log2Of(multiple: u32): u32 {
  return 31 - clz(multiple);
}

export function mpu6050_start(): i32 {
  const identity = identify(WHO_AM_I);
  if (identity < 0) return -1 - identity;
  if (identity != IDENTITY) return SENSOR_WRONG_ID;
  let code = writeRegister(PWR_MGMT_1, CLKSEL_GYRO_X);
  if (code == I2C_OK) code = writeRegister(CONFIG, DLPF_184_HZ);
  if (code == I2C_OK) code = writeRegister(SMPLRT_DIV, divider());
  if (code == I2C_OK) code = writeRegister(ACCEL_CONFIG, log2Of(range / 2) << 3);
  if (code == I2C_OK && channels > 3) code = writeRegister(GYRO_CONFIG, log2Of(gyroRange / 250) << 3);
  return code;
}

export function mpu6050_sample(into: usize): i32 {
  const code = readAnswer(INT_STATUS, channels > 3 ? 15 : 7);
  if (code != I2C_OK) return code;
  if ((answerStatus() & DATA_RDY) == 0) return SENSOR_NOT_READY;
  for (let i: u32 = 0; i < channels; i++) {
    // the temperature lies between
    const value = answerValue(i < 3 ? i : i + 1);
    store16(into + (i << 1), (value >> 8) | ((value & 0xff) << 8));
  }
  return I2C_OK;
}
