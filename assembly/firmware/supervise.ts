// What is wrong, looked for four times a second, said by health.ts, and mended where firmware can mend it:
//
//   sensor      it did not start, or readings fail   windows rest; each look frees the bus and starts it anew
//   samples     stuck or saturated (signal.ts)       windows rest; a stuck sensor is started anew
//   overload    windows are overtaken by later ones  every second, third … is used (windows.ts)
//   console in  bytes that belong to no frame        nothing: they are skipped
//   console out lines that found no room             nothing: they are counted
//   clock       it runs on a fallback                asked for again every second; console and sensor then count in the new one
//
// A sensor is sound again after a look without a failure; windows go on behind the last bad sample, on the same grid, with averages that
// begin anew. What is noticed in the moment ends a second after the last time.

import { clockStart, consoleStart, timerNow } from "../hal/kinds";
import {
  I2C_ARBITRATION,
  I2C_NACK,
  I2C_STUCK,
  I2C_TIMEOUT,
  SENSOR_ABSENT,
  SENSOR_OVERRUN,
  SENSOR_WRONG_ID,
} from "../wire";
import { drained, linesDropped, receivedLost } from "./console";
import { forgetScores } from "./decision";
import { said, watch } from "./health";
import { replaying } from "./replay";
import { sampleHead } from "./samples";
import { holdSampling, sampling, sensorErrors, startSampling, takeSensorError } from "./sampling";
import { signalSaturated, signalStuck } from "./signal";
import { bytesRefused } from "./smp";
import { lateWindows, skipWindowsTo, windowsBehind } from "./windows";

@external("sensor", "start") declare function sensorStart(): i32;
@external("config", "sensor.periodUs") declare const periodUs: u32;
@external("config", "window.hop") declare const hop: u32;
@external("text", "clock fallback") declare const clockWords: usize;
@external("text", "i2c nack") declare const nackWords: usize;
@external("text", "i2c timeout") declare const timeoutWords: usize;
@external("text", "i2c stuck") declare const busWords: usize;
@external("text", "i2c arbitration") declare const arbitrationWords: usize;
@external("text", "sensor wrong id") declare const identityWords: usize;
@external("text", "sensor silent") declare const silentWords: usize;
@external("text", "sensor overrun") declare const overrunWords: usize;
@external("text", "sensor stuck") declare const stuckWords: usize;
@external("text", "sensor saturated") declare const saturatedWords: usize;
@external("text", "overload") declare const overloadWords: usize;
@external("text", "received garbage") declare const garbageWords: usize;
@external("text", "lines dropped") declare const droppedWords: usize;

const CLOCK: u32 = 1;
const SENSOR: u32 = 2;
const STUCK: u32 = 4;
const SATURATED: u32 = 8;
const OVERLOAD: u32 = 16;
const GARBAGE: u32 = 32;
const DROPPED: u32 = 64;

const SECOND: u64 = 1_000_000;
/** A UART's FIFO and shift register are empty by then. */
const LAST_BYTES_US: u64 = 5_000;

let clockCode: i32 = 0;
let lastTry: u64 = 0;
/** Why the sensor did not start the last time. */
let startCode: i32 = 0;
let errorsSeen: u32 = 0;
/** It failed, and no sample has come since. */
let broken: bool = false;
/** The name under which that was said. */
let sensorWords: usize = 0;
let signalWasBad: bool = false;
/** Windows rest. */
let failing: bool = false;
/** Number of the first sample behind the last bad one. */
let goodFrom: u32 = 0;
let lateSeen: u32 = 0;
let lastLate: u64 = 0;
let refusedSeen: u32 = 0;
let lastRefused: u64 = 0;
let droppedSeen: u32 = 0;
let lastDropped: u64 = 0;

/** `code`: clockStart's. */
export function superviseClock(code: i32): void {
  clockCode = code;
  watch(CLOCK, code != 0, clockWords, code);
}

/** The sensor begins, whether it answers or not; a board that has none waits for a replay. */
export function goLive(): void {
  startCode = sensorStart();
  if (startCode == SENSOR_ABSENT) return;
  failing = broken = startCode != 0;
  signalWasBad = false;
  goodFrom = 0;
  errorsSeen = sensorErrors();
  startSampling();
}

/** Windows that end now hold samples that are none. */
export function samplesBad(): bool {
  return !replaying() && (failing || sensorErrors() != errorsSeen);
}

/** A few times a second. */
export function supervise(inferring: bool): void {
  const now = timerNow();
  lookAtConsole(now);
  watch(CLOCK, clockCode != 0, clockWords, clockCode);
  if (replaying() || !sampling()) return;
  lookAtSensor();
  const late = lateWindows() + windowsBehind(inferring);
  if (late != lateSeen) lastLate = now;
  lateSeen = late;
  const twoHops = <u64>(2 * hop) * periodUs;
  watch(OVERLOAD, late != 0 && now - lastLate < (twoHops > SECOND ? twoHops : SECOND), overloadWords, late);
}

function lookAtSensor(): void {
  const errors = sensorErrors();
  const fails = startCode != 0 || errors != errorsSeen;
  const first = takeSensorError();
  const code = startCode ? startCode : first;
  broken = fails || (broken && sampleHead() == goodFrom);
  if (broken && !said(SENSOR)) sensorWords = nameOf(code);
  watch(SENSOR, broken, sensorWords, code);
  // samples that were not read repeat the last one
  const saturated = !broken && signalSaturated();
  const stuck = !broken && signalStuck();
  watch(STUCK, stuck && !saturated, stuckWords, 0);
  watch(SATURATED, saturated, saturatedWords, 0);
  if (fails || stuck) restartSensor();
  errorsSeen = sensorErrors();
  if (fails || signalWasBad) goodFrom = sampleHead();
  signalWasBad = stuck || saturated;
  if (broken || signalWasBad) failing = true;
  else if (failing) {
    failing = false;
    skipWindowsTo(goodFrom);
    forgetScores();
  }
}

function restartSensor(): void {
  holdSampling(true);
  startCode = sensorStart();
  holdSampling(false);
}

function nameOf(code: i32): usize {
  if (code == I2C_NACK) return nackWords;
  if (code == I2C_TIMEOUT) return timeoutWords;
  if (code == I2C_STUCK) return busWords;
  if (code == I2C_ARBITRATION) return arbitrationWords;
  if (code == SENSOR_WRONG_ID) return identityWords;
  return code == SENSOR_OVERRUN ? overrunWords : silentWords;
}

function lookAtConsole(now: u64): void {
  const refused = bytesRefused() + receivedLost();
  if (refused != refusedSeen) lastRefused = now;
  refusedSeen = refused;
  watch(GARBAGE, refused != 0 && now - lastRefused < SECOND, garbageWords, refused);
  const dropped = linesDropped();
  if (dropped != droppedSeen) lastDropped = now;
  droppedSeen = dropped;
  watch(DROPPED, dropped != 0 && now - lastDropped < SECOND, droppedWords, dropped);
}

/** Each turn: where lines are many, the console is between two of them for moments only. */
export function retryClock(now: u64): void {
  if (!clockCode || now - lastTry < SECOND || !drained()) return;
  lastTry = now;
  while (timerNow() - now < LAST_BYTES_US) {}
  const code = clockStart();
  if (code == clockCode) return;
  clockCode = code;
  consoleStart();
  if (sampling()) restartSensor();
}
