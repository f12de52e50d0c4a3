// Registers of a sensor on the I2C bus, by 8-bit number. Two buffers in RAM, because a driver may be in the alarm's handler; starting and
// sampling never overlap (sampling.ts).
//
//   write   S address W ─ register ─ value ─ P
//   read    S address W ─ register ─ Sr address R ─ byte … ─ P        the sensor counts the register up by itself

import { i2cRecover, i2cStart, i2cTransfer, timerNowLow } from "../hal/kinds";
import { load16, load8, store8 } from "../mmio";
import { I2C_NACK, I2C_OK } from "../wire";

@external("config", "sensor.address") declare const address: u32;
/** What is sent. */
@external("ram", "sensor_command 4") declare const command: usize;
/** What came: 15 bytes at most, one in front so that 16-bit values behind a status byte are aligned. */
@external("ram", "sensor_answer 16") declare const answer: usize;

/** A sensor that has just been switched on is silent for up to this long (LSM6DSOX: 10 ms, DS12814 table 4). */
const SILENT_US: u32 = 12_000;

export function writeRegister(register: u32, value: u32): i32 {
  store8(command, register);
  store8(command + 1, value);
  return i2cTransfer(address, command, 2, answer, 0);
}

export function readRegisters(register: u32, into: usize, bytes: u32): i32 {
  store8(command, register);
  return i2cTransfer(address, command, 1, into, bytes);
}

/** The value, or −1 − why not. */
export function readRegister(register: u32): i32 {
  const code = readRegisters(register, answer, 1);
  return code == I2C_OK ? <i32>load8(answer) : -1 - code;
}

/** Into the answer, from its second byte: a status byte and 16-bit values. */
export function readAnswer(register: u32, bytes: u32): i32 {
  return readRegisters(register, answer + 1, bytes);
}

export function answerStatus(): u32 {
  return load8(answer + 1);
}

/** The i-th 16-bit value behind the status byte, low byte first. */
export function answerValue(i: u32): u32 {
  return load16(answer + 2 + (i << 1));
}

/** The bus works and the sensor answers what its identification register must say; −1 − code, or the value. A held bus is freed once. */
export function identify(register: u32): i32 {
  let code = i2cStart();
  if (code != I2C_OK) {
    i2cRecover();
    code = i2cStart();
    if (code != I2C_OK) return -1 - code;
  }
  const since = timerNowLow();
  let value = readRegister(register);
  while (value == -1 - I2C_NACK && timerNowLow() - since < SILENT_US) value = readRegister(register);
  if (value >= 0 || value == -1 - I2C_NACK) return value;
  i2cRecover();
  return readRegister(register);
}
