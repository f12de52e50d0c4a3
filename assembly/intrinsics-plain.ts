// The bodies that stand in for intrinsics.ts where a core has no such instruction: same names, same bits, plain code.
// Formulas are the operation pseudocode of DDI 0403E.e, A7.7; test/wasm/intrinsics.test.ts checks each against a second
// formula on random and extreme operands.

// @ts-ignore: decorator
@inline function lo(x: i32): i32 {
  return (x << 16) >> 16;
}
// @ts-ignore: decorator
@inline function hi(x: i32): i32 {
  return x >> 16;
}
// @ts-ignore: decorator
@inline function pack(low: i32, high: i32): i32 {
  return (low & 0xffff) | (high << 16);
}
// @ts-ignore: decorator
@inline function clamp(x: i32, low: i32, high: i32): i32 {
  return max(min(x, high), low);
}

export function smlad(n: i32, m: i32, a: i32): i32 {
  return a + lo(n) * lo(m) + hi(n) * hi(m);
}
export function smladx(n: i32, m: i32, a: i32): i32 {
  return a + lo(n) * hi(m) + hi(n) * lo(m);
}
export function smlsd(n: i32, m: i32, a: i32): i32 {
  return a + lo(n) * lo(m) - hi(n) * hi(m);
}
export function smuad(n: i32, m: i32): i32 {
  return lo(n) * lo(m) + hi(n) * hi(m);
}
export function smuadx(n: i32, m: i32): i32 {
  return lo(n) * hi(m) + hi(n) * lo(m);
}
export function smusd(n: i32, m: i32): i32 {
  return lo(n) * lo(m) - hi(n) * hi(m);
}
export function smlald(n: i32, m: i32, a: i64): i64 {
  return a + <i64>(lo(n) * lo(m)) + <i64>(hi(n) * hi(m));
}

export function smulbb(n: i32, m: i32): i32 {
  return lo(n) * lo(m);
}
export function smulbt(n: i32, m: i32): i32 {
  return lo(n) * hi(m);
}
export function smultb(n: i32, m: i32): i32 {
  return hi(n) * lo(m);
}
export function smultt(n: i32, m: i32): i32 {
  return hi(n) * hi(m);
}
export function smlabb(n: i32, m: i32, a: i32): i32 {
  return a + lo(n) * lo(m);
}
export function smlabt(n: i32, m: i32, a: i32): i32 {
  return a + lo(n) * hi(m);
}
export function smlatb(n: i32, m: i32, a: i32): i32 {
  return a + hi(n) * lo(m);
}
export function smlatt(n: i32, m: i32, a: i32): i32 {
  return a + hi(n) * hi(m);
}
export function smulwb(n: i32, m: i32): i32 {
  return <i32>((<i64>n * <i64>lo(m)) >> 16);
}
export function smulwt(n: i32, m: i32): i32 {
  return <i32>((<i64>n * <i64>hi(m)) >> 16);
}
export function smlawb(n: i32, m: i32, a: i32): i32 {
  return a + <i32>((<i64>n * <i64>lo(m)) >> 16);
}

export function smmul(n: i32, m: i32): i32 {
  return <i32>((<i64>n * <i64>m) >> 32);
}
export function smmulr(n: i32, m: i32): i32 {
  return <i32>((<i64>n * <i64>m + 0x80000000) >> 32);
}
export function smmla(n: i32, m: i32, a: i32): i32 {
  return a + <i32>((<i64>n * <i64>m) >> 32);
}
export function smmlar(n: i32, m: i32, a: i32): i32 {
  return a + <i32>((<i64>n * <i64>m + 0x80000000) >> 32);
}

export function sxtb16(m: i32): i32 {
  return pack((m << 24) >> 24, (m << 8) >> 24);
}
export function sxtb16_ror8(m: i32): i32 {
  return pack((m << 16) >> 24, m >> 24);
}
export function uxtb16(m: i32): i32 {
  return m & 0x00ff00ff;
}
export function uxtb16_ror8(m: i32): i32 {
  return (m >>> 8) & 0x00ff00ff;
}
export function sxtab16(n: i32, m: i32): i32 {
  return pack(n + ((m << 24) >> 24), hi(n) + ((m << 8) >> 24));
}
export function sxtab16_ror8(n: i32, m: i32): i32 {
  return pack(n + ((m << 16) >> 24), hi(n) + (m >> 24));
}

export function pkhbt(n: i32, m: i32): i32 {
  return (n & 0xffff) | (m & 0xffff0000);
}
export function pkhbt_lsl8(n: i32, m: i32): i32 {
  return (n & 0xffff) | ((m << 8) & 0xffff0000);
}
export function pkhbt_lsl16(n: i32, m: i32): i32 {
  return (n & 0xffff) | (m << 16);
}
export function pkhtb(n: i32, m: i32): i32 {
  return (n & 0xffff0000) | (m & 0xffff);
}
export function pkhtb_asr16(n: i32, m: i32): i32 {
  return (n & 0xffff0000) | (m >>> 16);
}

export function ssat(x: i32, bits: i32): i32 {
  const high = 0x7fffffff >>> (32 - bits);
  return clamp(x, ~high, high);
}
export function usat(x: i32, bits: i32): i32 {
  return clamp(x, 0, (1 << bits) - 1);
}
export function ssat16(x: i32, bits: i32): i32 {
  const high = 0x7fffffff >>> (32 - bits);
  return pack(clamp(lo(x), ~high, high), clamp(hi(x), ~high, high));
}
export function qadd(a: i32, b: i32): i32 {
  const sum = a + b;
  // overflow: both operands differ in sign from the sum; then the result is the bound of a's sign
  return ((a ^ sum) & (b ^ sum)) < 0 ? (a >> 31) ^ 0x7fffffff : sum;
}
export function qsub(a: i32, b: i32): i32 {
  const difference = a - b;
  return ((a ^ b) & (a ^ difference)) < 0 ? (a >> 31) ^ 0x7fffffff : difference;
}
export function qadd16(a: i32, b: i32): i32 {
  return pack(clamp(lo(a) + lo(b), -32768, 32767), clamp(hi(a) + hi(b), -32768, 32767));
}
export function qsub16(a: i32, b: i32): i32 {
  return pack(clamp(lo(a) - lo(b), -32768, 32767), clamp(hi(a) - hi(b), -32768, 32767));
}

export function sadd16(n: i32, m: i32): i32 {
  return pack(n + m, hi(n) + hi(m));
}
export function ssub16(n: i32, m: i32): i32 {
  return pack(n - m, hi(n) - hi(m));
}
export function shadd16(n: i32, m: i32): i32 {
  return pack((lo(n) + lo(m)) >> 1, (hi(n) + hi(m)) >> 1);
}

export function rev(x: i32): i32 {
  return bswap<i32>(x);
}
export function rev16(x: i32): i32 {
  return ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
}
export function rbit(x: i32): i32 {
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  return bswap<i32>(x);
}
