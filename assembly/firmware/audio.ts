// Blocks of sound, from a driver's handler (one DMA buffer is full) to whoever wants them: an app puts them into its samples
// (listening_block), a program may measure them. The image says which serves `sound`.

@external("sound", "block") declare function soundBlock(from: usize, samples: u32): void;

/** int16 samples, one channel; in the handler. */
export function audioBlock(from: usize, samples: u32): void {
  soundBlock(from, samples);
}
