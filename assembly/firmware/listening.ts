// Live sampling of sound: the audio driver hands over blocks at its own pace, and the alarm of the time base only looks whether they come.
// Ten times a second; the second look in a row that finds no new sample is an error of the sensor, as sampling.ts counts them: the first
// look comes with the start, before any block can be full.
//
//   block │ block │ block │ …   two buffers take turns: a handler that comes a whole block late finds one overwritten, and says so
//         due     due     due   the grid follows the handler's earliest times, and slowly a converter whose clock is another

import { timerAlarm, timerNowLow } from "../hal/kinds";
import { load16, load32, store16, store32 } from "../mmio";
import { SENSOR_NOT_READY, SENSOR_OVERRUN } from "../wire";
import { slotAfter } from "./front-end";
import { checkLoop } from "./hang";
import { nextSlot, sampleHead, samplesWritten } from "./samples";
import { countSensorError, reading, sampling } from "./sampling";

@external("ram", "listening_head 4") declare const headSeen: usize;
/** Looks without a new sample. */
@external("ram", "listening_quiet 4") declare const quietWord: usize;

/** When the next block is full; 0: after the first. */
@external("ram", "listening_due 4") declare const dueWord: usize;
@external("config", "sensor.periodUs") declare const periodUs: u32;
@external("config", "sensor.periodFraction") declare const periodFraction: u32;

const LOOK_US: u32 = 100_000;

export function listening_alarm(): void {
  timerAlarm(timerNowLow() + LOOK_US);
  checkLoop();
  const head = sampleHead();
  const quiet: u32 = reading() && head == load32(headSeen) ? load32(quietWord) + 1 : 0;
  if (quiet > 1) countSensorError(SENSOR_NOT_READY);
  store32(quietWord, quiet);
  store32(headSeen, head);
}

/** The converter starts. */
export function listeningStarts(): void {
  store32(dueWord, 0);
}

export function listening_lost(): void {
  if (reading()) countSensorError(SENSOR_OVERRUN);
}

function followGrid(samples: u32): void {
  const now = timerNowLow();
  const blockUs = samples * periodUs + ((samples * periodFraction) >> 16);
  const due = load32(dueWord);
  const late = <i32>(now - due);
  if (due && late >= <i32>blockUs) listening_lost();
  store32(dueWord, (due == 0 || late < 0 ? now : due + (late >> 4)) + blockUs);
}

/** int16 samples of one channel, in the driver's handler. During a replay the ring belongs to the host. */
export function listening_block(from: usize, samples: u32): void {
  followGrid(samples);
  if (!sampling()) return;
  let slot = nextSlot();
  for (const end = from + (samples << 1); from < end; from += 2) {
    store16(slot, load16(from));
    slot = slotAfter(slot);
  }
  samplesWritten(samples);
}
