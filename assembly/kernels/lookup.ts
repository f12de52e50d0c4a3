// Element functions by table: one byte to one byte, and int16 by interpolation between 513 values. Tables are made at build
// time (host/graph/ops/unary.ts). out may be x: each element, or word of elements, is read before it is written.

/** out[i] = table[x[i]], bytes; four at a time where both addresses are word-aligned. */
export function lookup_8(out: usize, x: usize, n: i32, table: usize): void {
  let rest = n;
  if (((out | x) & 3) == 0 && n >= 4) {
    let words = n >> 2;
    do {
      const w = load<u32>(x);
      const a: u32 = <u32>load<u8>(table + (w & 255));
      const b: u32 = <u32>load<u8>(table + ((w >> 8) & 255));
      const c: u32 = <u32>load<u8>(table + ((w >> 16) & 255));
      const d: u32 = <u32>load<u8>(table + (w >> 24));
      store<u32>(out, a | (b << 8) | (c << 16) | (d << 24));
      x += 4;
      out += 4;
    } while (--words);
    rest = n & 3;
    if (rest == 0) return;
  }
  do {
    store<u8>(out, <u32>load<u8>(table + <u32>load<u8>(x)));
    x += 1;
    out += 1;
  } while (--rest);
}

/** Q0.15 between the table's values at multiples of 128; the table's first entry belongs to −32768. */
export function lookup_16(out: usize, x: usize, n: i32, table: usize): void {
  do {
    const q = <i32>load<i16>(x);
    const p = table + ((256 + (q >> 7)) << 1);
    const base = <i32>load<i16>(p);
    const slope = ((<i32>load<i16>(p, 2) - base) << 16) >> 16;
    store<u16>(out, base + ((slope * (q & 127) + 64) >> 7));
    x += 2;
    out += 2;
  } while (--n);
}
