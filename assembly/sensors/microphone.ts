// A microphone of whatever kind the board's `audio` driver serves: blocks come by themselves (firmware/listening.ts), nothing is read.

import { listeningStarts } from "../firmware/listening";
import { audioStart, audioStop } from "../hal/kinds";
import { I2C_OK, SENSOR_NOT_READY } from "../wire";

@external("config", "sensor.rateMilliHz") declare const rate: u32;

/** Also starts anew what has stopped. */
export function microphone_start(): i32 {
  audioStop();
  listeningStarts();
  return audioStart(rate / 1000) == 0 ? I2C_OK : SENSOR_NOT_READY;
}

export function microphone_sample(_into: usize): i32 {
  return SENSOR_NOT_READY;
}
