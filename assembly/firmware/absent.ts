// The sensor of a board that has none (QEMU's machines): samples come by replay only.

import { SENSOR_ABSENT } from "../wire";

export function absent_start(): i32 {
  return SENSOR_ABSENT;
}

export function absent_sample(_into: usize): i32 {
  return SENSOR_ABSENT;
}
