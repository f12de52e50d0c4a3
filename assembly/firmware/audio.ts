// Blocks of sound, from a driver's handler (one DMA buffer is full) to whoever wants them: an app puts them into its samples
// (sampling_block), a program may measure them. The image says which serves `sound`.

import { load16, store16 } from "../mmio";
import { nextSlot, sampleWritten } from "./samples";

@external("sound", "block") declare function soundBlock(from: usize, samples: u32): void;

/** int16 samples, one channel; in the handler. */
export function audioBlock(from: usize, samples: u32): void {
  soundBlock(from, samples);
}

export function sampling_block(from: usize, samples: u32): void {
  for (const end = from + (samples << 1); from < end; from += 2) {
    store16(nextSlot(), load16(from));
    sampleWritten();
  }
}
