// Moving and filling bytes: what concatenation, split, pad, slice and variables come down to.
//
//   copy_bytes(dst, src, n)     dst[0..n) = src[0..n); the ranges must not overlap (the plan keeps layers' tensors apart)
//   fill_bytes(dst, value, n)   dst[0..n) = value
//
// Whole words are moved when both addresses are word-aligned; LDR/STR pairs are unrolled four deep, since an STR right
// after an LDR costs one cycle less in a run (Cortex-M4 TRM, load/store timings).

export function copy_bytes(dst: usize, src: usize, n: i32): void {
  const end = dst + n;
  if (((dst | src) & 3) == 0) {
    const blocks = dst + (n & ~15);
    while (dst < blocks) {
      const a = load<u32>(src);
      const b = load<u32>(src, 4);
      const c = load<u32>(src, 8);
      const d = load<u32>(src, 12);
      store<u32>(dst, a);
      store<u32>(dst, b, 4);
      store<u32>(dst, c, 8);
      store<u32>(dst, d, 12);
      src += 16;
      dst += 16;
    }
    const words = dst + (n & 12);
    while (dst < words) {
      store<u32>(dst, load<u32>(src));
      src += 4;
      dst += 4;
    }
  }
  while (dst < end) {
    store<u8>(dst, <i32>load<u8>(src));
    src += 1;
    dst += 1;
  }
}

export function fill_bytes(dst: usize, value: i32, n: i32): void {
  const end = dst + n;
  if ((dst & 3) == 0) {
    const word = (value & 0xff) * 0x01010101;
    const words = dst + (n & ~3);
    while (dst < words) {
      store<u32>(dst, word);
      dst += 4;
    }
  }
  while (dst < end) {
    store<u8>(dst, value);
    dst += 1;
  }
}
