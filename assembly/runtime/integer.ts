// Integer operations that ARMv6-M has no instruction for, in terms of those that it has (32-bit add, shift, MULS). Called by
// machine code as `rt.NAME`; division by zero has been ruled out by the caller (WebAssembly traps on it).

/** Leading zeros: halve the field that may hold the first one. */
export function clz(x: u32): i32 {
  if (x == 0) return 32;
  let n = 0;
  if (x < 0x10000) {
    n = 16;
    x <<= 16;
  }
  if (x < 0x1000000) {
    n += 8;
    x <<= 8;
  }
  if (x < 0x10000000) {
    n += 4;
    x <<= 4;
  }
  if (x < 0x40000000) {
    n += 2;
    x <<= 2;
  }
  return n + (x < 0x80000000 ? 1 : 0);
}

export function ctz(x: u32): i32 {
  if (x == 0) return 32;
  return 31 - clz(x & (0 - x));
}

/** Restoring division, one quotient bit a step, from the first bit that the quotient can have. */
export function div_u(n: u32, d: u32): u32 {
  if (n < d) return 0;
  let shift = clz(d) - clz(n);
  let part = d << shift;
  let quotient: u32 = 0;
  do {
    quotient <<= 1;
    if (n >= part) {
      n -= part;
      quotient |= 1;
    }
    part >>= 1;
  } while (--shift >= 0);
  return quotient;
}

export function rem_u(n: u32, d: u32): u32 {
  return n - div_u(n, d) * d;
}

/** INT_MIN / −1 has been ruled out by the caller. */
export function div_s(n: i32, d: i32): i32 {
  const quotient = div_u(n < 0 ? 0 - n : n, d < 0 ? 0 - d : d);
  return (n ^ d) < 0 ? 0 - quotient : quotient;
}

export function rem_s(n: i32, d: i32): i32 {
  const rest = rem_u(n < 0 ? 0 - n : n, d < 0 ? 0 - d : d);
  return n < 0 ? 0 - rest : rest;
}

/** High word of the unsigned product, from four 16-bit products. */
export function mul_hi_u(a: u32, b: u32): u32 {
  const al = a & 0xffff;
  const ah = a >> 16;
  const bl = b & 0xffff;
  const bh = b >> 16;
  const middle = ah * bl + ((al * bl) >> 16);
  const other = al * bh + (middle & 0xffff);
  return ah * bh + (middle >> 16) + (other >> 16);
}

/** Of signed words: the unsigned product less what the sign bits added. */
export function mul_hi_s(a: i32, b: i32): i32 {
  return mul_hi_u(a, b) - ((a >> 31) & b) - ((b >> 31) & a);
}
