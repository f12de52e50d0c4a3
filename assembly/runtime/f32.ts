// Single-precision functions for float kernels: f32 operations only (AssemblyScript's Mathf computes in f64, which the device
// does not have). The twin, line by line and bit for bit, of host/graph/f32.ts, which says where the polynomials come from
// and how exact they are. NaN in, NaN out.

const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -0.00021219444;

/** 2^k, −126 ≤ k ≤ 127. */
// @ts-ignore: decorator
@inline
function power_of_two(k: i32): f32 {
  return reinterpret<f32>((k + 127) << 23);
}

/** x · 2^k in two exact-or-final steps. */
// @ts-ignore: decorator
@inline
function scale(x: f32, k: i32): f32 {
  const half = k >> 1;
  return x * power_of_two(half) * power_of_two(k - half);
}

// @ts-ignore: decorator
@inline
function nearest_integer(x: f32): f32 {
  return x + <f32>12582912 - <f32>12582912;
}

/** x less k·ln 2. */
// @ts-ignore: decorator
@inline
function reduced(x: f32, k: f32): f32 {
  return x - k * LN2_HIGH - k * LN2_LOW;
}

/** e^r − 1 for |r| ≤ ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expm1_reduced(r: f32): f32 {
  let p: f32 = 0.000198993192;
  p = p * r + <f32>0.00139336765;
  p = p * r + <f32>0.00833329838;
  p = p * r + <f32>0.041666463;
  p = p * r + <f32>0.166666672;
  p = p * r + <f32>0.5;
  return r + r * r * p;
}

export function exp_f32(x: f32): f32 {
  if (x > <f32>88.75) return f32.POSITIVE_INFINITY;
  if (x < <f32>-104) return 0;
  if (x != x) return x;
  const k = nearest_integer(x * <f32>1.44269502);
  return scale(<f32>1 + expm1_reduced(reduced(x, k)), <i32>k);
}

export function expm1_f32(x: f32): f32 {
  if (x > <f32>17) return exp_f32(x);
  if (x < <f32>-18) return -1;
  if (x != x) return x;
  const k = nearest_integer(x * <f32>1.44269502);
  const t = expm1_reduced(reduced(x, k));
  const n = <i32>k;
  return n == 0 ? t : scale(t, n) + (power_of_two(n) - <f32>1);
}

export function log_f32(x: f32): f32 {
  if (x != x || x < <f32>0) return f32.NaN;
  if (x == <f32>0) return f32.NEGATIVE_INFINITY;
  if (x == f32.POSITIVE_INFINITY) return x;
  let exponent = 0;
  if (x < <f32>1.17549435e-38) {
    x *= <f32>8388608;
    exponent = -23;
  }
  const bits = reinterpret<i32>(x);
  exponent += (bits >> 23) - 126;
  let mantissa = reinterpret<f32>((bits & 0x7fffff) | 0x3f000000);
  if (mantissa < <f32>0.707106769) {
    mantissa *= <f32>2;
    exponent--;
  }
  const t = mantissa - <f32>1;
  const z = t * t;
  let p: f32 = 0.0714975372;
  p = p * t + <f32>-0.115712009;
  p = p * t + <f32>0.116615109;
  p = p * t + <f32>-0.124110505;
  p = p * t + <f32>0.142499372;
  p = p * t + <f32>-0.166684806;
  p = p * t + <f32>0.200007081;
  p = p * t + <f32>-0.249999896;
  p = p * t + <f32>0.333333313;
  const e = <f32>exponent;
  let tail = t * z * p;
  tail += e * LN2_LOW;
  tail -= <f32>0.5 * z;
  return t + tail + e * LN2_HIGH;
}

export function tanh_f32(x: f32): f32 {
  const magnitude = abs<f32>(x);
  if (magnitude < <f32>0.625) {
    const z = x * x;
    let p: f32 = -0.006104948;
    p = p * z + <f32>0.0210036412;
    p = p * z + <f32>-0.0538524985;
    p = p * z + <f32>0.133327827;
    p = p * z + <f32>-0.333333284;
    return x + x * z * p;
  }
  if (magnitude > <f32>9.0109135) return x < <f32>0 ? <f32>-1 : <f32>1;
  const y = <f32>1 - <f32>2 / (exp_f32(<f32>2 * magnitude) + <f32>1);
  return x < <f32>0 ? -y : y;
}

export function logistic_f32(x: f32): f32 {
  if (x < <f32>0) {
    const e = exp_f32(x);
    return e / (<f32>1 + e);
  }
  return <f32>1 / (<f32>1 + exp_f32(-x));
}

export function erf_f32(x: f32): f32 {
  const magnitude = abs<f32>(x);
  if (magnitude < <f32>1) {
    const z = x * x;
    let p: f32 = -0.00000967359028;
    p = p * z + <f32>0.000112682537;
    p = p * z + <f32>-0.00084843964;
    p = p * z + <f32>0.00522105349;
    p = p * z + <f32>-0.0268654376;
    p = p * z + <f32>0.112837829;
    p = p * z + <f32>-0.376126379;
    p = p * z + <f32>0.128379226;
    return x + x * p;
  }
  if (magnitude > <f32>4) return x < <f32>0 ? <f32>-1 : <f32>1;
  const z = <f32>1 / magnitude;
  let p: f32 = -0.0186900795;
  p = p * z + <f32>0.12443532;
  p = p * z + <f32>-0.361126453;
  p = p * z + <f32>0.582545936;
  p = p * z + <f32>-0.509692311;
  p = p * z + <f32>0.0522100739;
  p = p * z + <f32>0.557537258;
  p = p * z + <f32>0.000363852916;
  const y = <f32>1 - exp_f32(-(x * x)) * p;
  return x < <f32>0 ? -y : y;
}

export function rsqrt_f32(x: f32): f32 {
  return <f32>1 / sqrt<f32>(x);
}

/** sin(x) for quarter 0, cos(x) for quarter 1. */
// @ts-ignore: decorator
@inline
function circular(x: f32, quarter: i32): f32 {
  if (!(abs<f32>(x) <= <f32>8192)) return f32.NaN;
  const k = nearest_integer(x * <f32>0.636619747);
  let r = x - k * <f32>1.5703125;
  r = r - k * <f32>0.00048375129699707031;
  r = r - k * <f32>7.549789948768648e-8;
  const z = r * r;
  const q = (<i32>k + quarter) & 3;
  let y: f32;
  if (q & 1) {
    let p: f32 = 0.0000253999788;
    p = p * z + <f32>-0.00138950197;
    p = p * z + <f32>0.0416667722;
    y = <f32>1 - <f32>0.5 * z + z * z * p;
  } else {
    let p: f32 = -0.000195829169;
    p = p * z + <f32>0.00833272468;
    p = p * z + <f32>-0.166666642;
    y = r + r * z * p;
  }
  return q & 2 ? -y : y;
}

export function sin_f32(x: f32): f32 {
  return circular(x, 0);
}

export function cos_f32(x: f32): f32 {
  return circular(x, 1);
}
