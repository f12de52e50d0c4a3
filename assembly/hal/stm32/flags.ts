// A look at a flag, again and again, but not for ever.

import { load32 } from "../../mmio";

/** Looks, at least 6 cycles each: 12 ms and more at 16 MHz. */
const PATIENCE: u32 = 32_000;

export function becomes(register: usize, mask: u32, value: u32): bool {
  for (let looks: u32 = 0; looks < PATIENCE; looks++) if ((load32(register) & mask) == value) return true;
  return false;
}
