// dwt: cycles by the data watchpoint unit (DDI 0403E C1.8), Armv7-M and Armv8-M mainline. 32 bits wrap every 67 s at 64 MHz: `now` is called
// far more often from the main loop and counts the wraps. It need not count in sleep. QEMU has the registers, but they stay 0.

import { load32, set32, store32 } from "../../mmio";

const DEMCR: usize = 0xe000edfc;
const TRCENA: u32 = 1 << 24;
const DWT_CTRL: usize = 0xe0001000;
const CYCCNTENA: u32 = 1 << 0;
const CYCCNT: usize = 0xe0001004;

let wraps: u32 = 0;
let last: u32 = 0;
let counts: i32 = 0;

export function dwt_start(): void {
  set32(DEMCR, TRCENA);
  store32(CYCCNT, 0);
  set32(DWT_CTRL, CYCCNTENA);
  wraps = 0;
  last = 0;
  counts = load32(CYCCNT) != load32(CYCCNT) ? 1 : 0;
}

export function dwt_now(): u64 {
  const low = load32(CYCCNT);
  if (low < last) wraps++;
  last = low;
  return ((<u64>wraps) << 32) | low;
}

export function dwt_known(): i32 {
  return counts;
}
