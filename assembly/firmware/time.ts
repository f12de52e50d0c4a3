// The time that lines carry: of the device, or, while samples are replayed, of the window that is next: the same however fast they come.

import { timerNow } from "../hal/kinds";
import { replaying } from "./replay";
import { windowEndSample } from "./windows";

@external("config", "sensor.periodUs") declare const periodUs: u32;

export function deviceTime(): u64 {
  return replaying() ? <u64>windowEndSample() * periodUs : timerNow();
}
