// AMG8833: 8 × 8 thermal array, 0.25 °C a step (Panasonic Grid-EYE AMG88 specification, 2016). It has neither an identification register
// nor a data-ready flag: that the frame rate reads back as written stands for the one, and an image may be read twice.

import { load16, store16 } from "../mmio";
import { I2C_OK, SENSOR_WRONG_ID } from "../wire";
import { identify, readRegister, readRegisters, writeRegister } from "./registers";

@external("config", "sensor.rateMilliHz") declare const rate: u32;

const PCTL: u32 = 0x00;
const NORMAL_MODE: u32 = 0x00;
const RST: u32 = 0x01;
const FLAG_RESET: u32 = 0x30;
const FPSC: u32 = 0x02;
const T01L: u32 = 0x80;
const PIXELS: u32 = 64;

/** 1 image a second, or 10. */
function frameRate(): u32 {
  return rate <= 1_000 ? 1 : 0;
}

export function amg8833_start(): i32 {
  const power = identify(PCTL);
  if (power < 0) return -1 - power;
  let code = writeRegister(PCTL, NORMAL_MODE);
  if (code == I2C_OK) code = writeRegister(RST, FLAG_RESET);
  if (code == I2C_OK) code = writeRegister(FPSC, frameRate());
  if (code != I2C_OK) return code;
  const back = readRegister(FPSC);
  if (back < 0) return -1 - back;
  return back == frameRate() ? I2C_OK : SENSOR_WRONG_ID;
}

/** 12 bits, two's complement. */
export function amg8833_sample(into: usize): i32 {
  const code = readRegisters(T01L, into, 2 * PIXELS);
  if (code != I2C_OK) return code;
  for (let i: u32 = 0; i < PIXELS; i++) {
    const at = into + (i << 1);
    store16(at, ((load16(at) << 20) as i32) >> 20);
  }
  return I2C_OK;
}
