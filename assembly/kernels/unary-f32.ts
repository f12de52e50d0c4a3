// float32 operators of one operand, element by element: (out, x, n). out may be x. The functions are those of
// assembly/runtime/f32.ts; each operation is rounded to binary32, in the order of host/graph/ops (relu.ts, sigmoid.ts,
// hard-swish.ts, transcendental.ts), so that every engine has the same bits.

import {
  cos_f32 as cos,
  erf_f32 as erf,
  exp_f32 as exp,
  expm1_f32 as expm1,
  log_f32 as log,
  logistic_f32 as logistic,
  rsqrt_f32 as rsqrt,
  sin_f32 as sin,
  tanh_f32 as tanh,
} from "../runtime/f32";

const ABS = 0, NEG = 1, SQUARE = 2, SQRT = 3, RSQRT = 4, EXP = 5, LOG = 6, LOGISTIC = 7, TANH = 8, ELU = 9, GELU = 10;
const GELU_TANH = 11, HARD_SWISH = 12, SIN = 13, COS = 14, FLOOR = 15, CEIL = 16, ROUND = 17;

// @ts-ignore: decorator
@inline
function gelu_tanh(x: f32): f32 {
  const cube: f32 = <f32>0.044715 * x * x * x;
  return <f32>0.5 * x * (<f32>1 + tanh(<f32>0.7978846 * (x + cube)));
}

// @ts-ignore: decorator
@inline
function hard_swish(x: f32): f32 {
  let t: f32 = x + <f32>3;
  if (t < <f32>0) t = 0;
  else if (t > <f32>6) t = 6;
  return (x * t) / <f32>6;
}

/** One branch is left after inlining: op is a constant in each kernel below. */
// @ts-ignore: decorator
@inline
function apply(op: i32, x: f32): f32 {
  if (op == ABS) return abs<f32>(x);
  if (op == NEG) return -x;
  if (op == SQUARE) return x * x;
  if (op == SQRT) return x < <f32>0 ? f32.NaN : sqrt<f32>(x);
  if (op == RSQRT) return x < <f32>0 ? f32.NaN : rsqrt(x);
  if (op == EXP) return exp(x);
  if (op == LOG) return log(x);
  if (op == LOGISTIC) return x > <f32>16.619047164916992 ? <f32>1 : x < <f32>-9 ? exp(x) : logistic(x);
  if (op == TANH) return tanh(x);
  if (op == ELU) return x < <f32>0 ? expm1(x) : x;
  if (op == GELU) return <f32>0.5 * x * (<f32>1 + erf(x * <f32>0.70710677));
  if (op == GELU_TANH) return gelu_tanh(x);
  if (op == HARD_SWISH) return hard_swish(x);
  if (op == SIN) return sin(x);
  if (op == COS) return cos(x);
  if (op == FLOOR) return floor<f32>(x);
  if (op == CEIL) return ceil<f32>(x);
  return nearest<f32>(x);
}

// @ts-ignore: decorator
@inline
function each(op: i32, out: usize, x: usize, n: i32): void {
  do {
    store<f32>(out, apply(op, load<f32>(x)));
    x += 4;
    out += 4;
  } while (--n);
}

export function abs_f32(out: usize, x: usize, n: i32): void {
  each(ABS, out, x, n);
}
export function neg_f32(out: usize, x: usize, n: i32): void {
  each(NEG, out, x, n);
}
export function square_f32(out: usize, x: usize, n: i32): void {
  each(SQUARE, out, x, n);
}
export function sqrt_f32(out: usize, x: usize, n: i32): void {
  each(SQRT, out, x, n);
}
export function rsqrt_f32(out: usize, x: usize, n: i32): void {
  each(RSQRT, out, x, n);
}
export function exp_f32(out: usize, x: usize, n: i32): void {
  each(EXP, out, x, n);
}
export function log_f32(out: usize, x: usize, n: i32): void {
  each(LOG, out, x, n);
}
export function logistic_f32(out: usize, x: usize, n: i32): void {
  each(LOGISTIC, out, x, n);
}
export function tanh_f32(out: usize, x: usize, n: i32): void {
  each(TANH, out, x, n);
}
export function elu_f32(out: usize, x: usize, n: i32): void {
  each(ELU, out, x, n);
}
export function gelu_f32(out: usize, x: usize, n: i32): void {
  each(GELU, out, x, n);
}
export function gelu_tanh_f32(out: usize, x: usize, n: i32): void {
  each(GELU_TANH, out, x, n);
}
export function hard_swish_f32(out: usize, x: usize, n: i32): void {
  each(HARD_SWISH, out, x, n);
}
export function sin_f32(out: usize, x: usize, n: i32): void {
  each(SIN, out, x, n);
}
export function cos_f32(out: usize, x: usize, n: i32): void {
  each(COS, out, x, n);
}
export function floor_f32(out: usize, x: usize, n: i32): void {
  each(FLOOR, out, x, n);
}
export function ceil_f32(out: usize, x: usize, n: i32): void {
  each(CEIL, out, x, n);
}
export function round_f32(out: usize, x: usize, n: i32): void {
  each(ROUND, out, x, n);
}

/** RELU, RELU6 …: above high is high, below low is low; NaN stays. */
export function clamp_f32(out: usize, x: usize, n: i32, low: f32, high: f32): void {
  do {
    const value = load<f32>(x);
    store<f32>(out, value > high ? high : value < low ? low : value);
    x += 4;
    out += 4;
  } while (--n);
}

export function leaky_relu_f32(out: usize, x: usize, n: i32, alpha: f32): void {
  do {
    const value = load<f32>(x);
    store<f32>(out, value > <f32>0 ? value : value * alpha);
    x += 4;
    out += 4;
  } while (--n);
}
