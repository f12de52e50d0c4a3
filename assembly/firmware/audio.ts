// Blocks of sound, from a driver's handler (one DMA buffer is full) to whoever wants them: an app puts them into its samples
// (listening.ts), a program may measure them. The image says which serves `sound`.

@external("sound", "block") declare function soundBlock(from: usize, samples: u32): void;
@external("sound", "lost") declare function soundLost(): void;

/** int16 samples, one channel; in the handler. */
export function audioBlock(from: usize, samples: u32): void {
  soundBlock(from, samples);
}

/** The converter or the DMA says that samples were overwritten; in the handler. */
export function audioLost(): void {
  soundLost();
}
