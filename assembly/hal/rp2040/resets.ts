// Taking peripherals out of reset (RP2040 Datasheet 2.14), and their pins (2.19).

import { load32, store32 } from "../../mmio";
import {
  ATOMIC_CLEAR,
  IO_BANK0,
  IO_BANK0_GPIO0_CTRL,
  PADS_BANK0,
  PADS_BANK0_GPIO0,
  RESETS,
  RESETS_RESET,
  RESETS_RESET_DONE,
  RESETS_RESET_IO_BANK0,
  RESETS_RESET_PADS_BANK0,
} from "./registers";

/** Looks at RESET_DONE: a few cycles of the slowest clock would do. */
const PATIENCE: u32 = 1000;

/** False: not all came out of reset; a clock is missing. */
export function release(peripherals: u32): bool {
  store32(RESETS + ATOMIC_CLEAR + RESETS_RESET, peripherals);
  for (let looks: u32 = 0; looks < PATIENCE; looks++)
    if ((load32(RESETS + RESETS_RESET_DONE) & peripherals) == peripherals) return true;
  return false;
}

/** A pin's function and pad; its bank comes out of reset first. */
export function usePin(pin: u32, select: u32, pad: u32): void {
  release(RESETS_RESET_IO_BANK0 | RESETS_RESET_PADS_BANK0);
  store32(PADS_BANK0 + PADS_BANK0_GPIO0 + (pin << 2), pad);
  store32(IO_BANK0 + IO_BANK0_GPIO0_CTRL + (pin << 3), select);
}
