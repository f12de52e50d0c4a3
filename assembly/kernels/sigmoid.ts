// LOGISTIC and TANH of int16 by a table of sigmoid(i / 24) in Q0.16 (host/graph/ops/sigmoid.ts has the formulas and the
// reference). multiplier and shift bring an input step to 1/12288, the unit of the interpolation; 0 ≤ shift ≤ 31.

/** |x| as a sum of 256 table steps, `bits` fraction bits each; beyond the table: end. */
// @ts-ignore: decorator
@inline
function interpolate(magnitude: i32, bits: i32, end: i32, table: usize): i32 {
  const index = magnitude >> bits;
  if (index >= 255) return end;
  const p = table + (index << 1);
  const base = <i32>load<u16>(p);
  return (base << bits) + (magnitude & ((1 << bits) - 1)) * (<i32>load<u16>(p, 2) - base);
}

// @ts-ignore: decorator
@inline
function table_units(q: i32, multiplier: i32, shift: i32): i32 {
  const half = shift > 0 ? 1 << (shift - 1) : 0;
  return (q * multiplier + half) >> shift;
}

export function logistic_s16(out: usize, x: usize, n: i32, multiplier: i32, shift: i32, table: usize): void {
  do {
    const at = table_units(<i32>load<i16>(x), multiplier, shift);
    const magnitude = at < 0 ? -at : at;
    const y = interpolate(magnitude, 9, 0x7fff << 10, table);
    const q: i32 = (at >= 0 ? y + 512 : (1 << 25) - y + 511) >> 10;
    store<u16>(out, q);
    x += 2;
    out += 2;
  } while (--n);
}

export function tanh_s16(out: usize, x: usize, n: i32, multiplier: i32, shift: i32, table: usize): void {
  do {
    const at = table_units(<i32>load<i16>(x), multiplier, shift);
    const magnitude = at < 0 ? -at : at;
    const y = interpolate(magnitude, 8, 0xffff << 8, table);
    // in its own variable: inside store<u16> the literal 1 would be a u16
    const q: i32 = (at >= 0 ? y - (1 << 23) + 128 : (1 << 23) - y + 127) >> 8;
    store<u16>(out, q);
    x += 2;
    out += 2;
  } while (--n);
}
