// Live sampling: the alarm of the time base reads the sensor in its handler, at exact multiples of the period. What goes wrong is
// counted here and named by the main loop (health.ts): the handler never prints and never waits longer than the bus's own limits.
//
//   due   time of the next sample in µs and 2^−16 µs, so that 1/3 ms does not drift
//
// A handler that comes more than a period late (interrupts were off) takes the missed samples as repeats and counts them: an overrun.

import { load32, store32 } from "../mmio";
import { SENSOR_OVERRUN } from "../wire";
import { timerAlarm, timerNowLow } from "../hal/kinds";
import { checkLoop } from "./hang";
import { nextSlot, repeatSample, sampleWritten } from "./samples";

@external("sensor", "sample") declare function sensorSample(into: usize): i32;
@external("config", "sensor.periodUs") declare const periodUs: u32;
@external("config", "sensor.periodFraction") declare const periodFraction: u32;

@external("ram", "sample_due 4") declare const dueWord: usize;
@external("ram", "sample_fraction 4") declare const fractionWord: usize;
/** OFF: nothing is sampled, the alarm only wakes the main loop; READ; HOLD: the sensor is left alone, samples are repeated. */
@external("ram", "sampling 4") declare const samplingWord: usize;
@external("ram", "sensor_errors 4") declare const errorsWord: usize;
/** Of those since the main loop looked. */
@external("ram", "sensor_first_error 4") declare const firstErrorWord: usize;
@external("ram", "missed_samples 4") declare const missedWord: usize;

const OFF: u32 = 0;
const READ: u32 = 1;
const HOLD: u32 = 2;
const IDLE_US: u32 = 50_000;

export function startSampling(): void {
  const now = timerNowLow();
  store32(dueWord, now + periodUs);
  store32(fractionWord, 0);
  store32(samplingWord, READ);
  timerAlarm(now + periodUs);
}

export function stopSampling(): void {
  store32(samplingWord, OFF);
  timerAlarm(timerNowLow() + IDLE_US);
}

/** The main loop wants the sensor's bus to itself, and the grid of samples to go on. */
export function holdSampling(hold: bool): void {
  store32(samplingWord, hold ? HOLD : READ);
}

export function sampling(): bool {
  return load32(samplingWord) != OFF;
}

/** The sensor is expected to give samples. */
export function reading(): bool {
  return load32(samplingWord) == READ;
}

/** In a handler. */
export function countSensorError(code: u32): void {
  store32(errorsWord, load32(errorsWord) + 1);
  if (!load32(firstErrorWord)) store32(firstErrorWord, code);
}

/** In the alarm's handler. */
export function sampling_alarm(): void {
  checkLoop();
  const mode = load32(samplingWord);
  if (mode == OFF) return timerAlarm(timerNowLow() + IDLE_US);
  let due = load32(dueWord);
  const fraction = load32(fractionWord) + periodFraction;
  store32(fractionWord, fraction & 0xffff);
  const code = mode == READ ? sensorSample(nextSlot()) : 0;
  if (mode == HOLD) repeatSample();
  else if (code == 0) sampleWritten();
  else {
    repeatSample();
    countSensorError(code);
  }
  due += periodUs + (fraction >> 16);
  while (<i32>(timerNowLow() - due) >= <i32>periodUs) {
    repeatSample();
    store32(missedWord, load32(missedWord) + 1);
    countSensorError(SENSOR_OVERRUN);
    due += periodUs;
  }
  store32(dueWord, due);
  timerAlarm(due);
}

/** Errors since start; the main loop compares. */
export function sensorErrors(): u32 {
  return load32(errorsWord);
}

/** What came first since the last call: one error brings others. */
export function takeSensorError(): i32 {
  const code = load32(firstErrorWord);
  store32(firstErrorWord, 0);
  return code;
}

export function missedSamples(): u32 {
  return load32(missedWord);
}
