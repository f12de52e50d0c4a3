// cmsdk_clock: the FPGA's clock is there before the core is and cannot be changed (Arm DAI 0385 and its kin: 25 MHz, AN505 20 MHz).

import { CLOCK_OK } from "../../wire";

@external("config", "board.clockHz") declare const hz: u32;

export function cmsdk_clock_start(): i32 {
  return CLOCK_OK;
}

export function cmsdk_clock_hz(): u32 {
  return hz;
}
