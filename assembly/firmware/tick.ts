// What happens at the alarm of the time base; the handler of every timer driver calls it.

import { load32, store32 } from "../mmio";

/** Alarms since start: the main loop sees that one came. */
@external("ram", "alarms 4") declare const alarms: usize;

export function alarmFired(): void {
  store32(alarms, load32(alarms) + 1);
}

export function alarmCount(): u32 {
  return load32(alarms);
}
