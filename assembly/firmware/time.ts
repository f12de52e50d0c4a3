// The time that lines carry: of the device, or, while samples are replayed, of the samples.

import { timerNow } from "../hal/kinds";
import { replaying } from "./replay";
import { sampleHead } from "./samples";

@external("config", "sensor.periodUs") declare const periodUs: u32;

export function deviceTime(): u64 {
  return replaying() ? <u64>sampleHead() * periodUs : timerNow();
}
