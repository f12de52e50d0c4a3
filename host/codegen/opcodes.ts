// The plain WASM instructions as rows: opcode → operand letters, result letter, and what it becomes. Control, variables,
// constants and calls are in build-ssa.ts. Letters: i = i32, I = i64, f = f32, F = f64 (refused).
//
// WebAssembly Core Specification 2.0, 5.4.

import type { Op } from "./ir.ts";

export interface MemoryRow {
  readonly op: Op;
  readonly letter: "i" | "I" | "f" | "F";
  readonly bytes: number;
  /** For i64 loads: how the high word is made. */
  readonly high?: "zero" | "sign" | "load";
}

export const loads: Readonly<Record<number, MemoryRow>> = {
  40: { op: "load32", letter: "i", bytes: 4 },
  41: { op: "load32", letter: "I", bytes: 8, high: "load" },
  42: { op: "loadF32", letter: "f", bytes: 4 },
  43: { op: "load32", letter: "F", bytes: 8 },
  44: { op: "load8S", letter: "i", bytes: 1 },
  45: { op: "load8U", letter: "i", bytes: 1 },
  46: { op: "load16S", letter: "i", bytes: 2 },
  47: { op: "load16U", letter: "i", bytes: 2 },
  48: { op: "load8S", letter: "I", bytes: 1, high: "sign" },
  49: { op: "load8U", letter: "I", bytes: 1, high: "zero" },
  50: { op: "load16S", letter: "I", bytes: 2, high: "sign" },
  51: { op: "load16U", letter: "I", bytes: 2, high: "zero" },
  52: { op: "load32", letter: "I", bytes: 4, high: "sign" },
  53: { op: "load32", letter: "I", bytes: 4, high: "zero" },
};

export const stores: Readonly<Record<number, MemoryRow>> = {
  54: { op: "store32", letter: "i", bytes: 4 },
  55: { op: "store32", letter: "I", bytes: 8, high: "load" },
  56: { op: "storeF32", letter: "f", bytes: 4 },
  57: { op: "store32", letter: "F", bytes: 8 },
  58: { op: "store8", letter: "i", bytes: 1 },
  59: { op: "store16", letter: "i", bytes: 2 },
  60: { op: "store8", letter: "I", bytes: 1 },
  61: { op: "store16", letter: "I", bytes: 2 },
  62: { op: "store32", letter: "I", bytes: 4 },
};

/** i32 operators with one machine-level meaning; `swap` exchanges the operands (gt is lt the other way round). */
export const integer: Readonly<Record<number, { readonly op: Op; readonly arity: 1 | 2; readonly swap?: true }>> = {
  70: { op: "eq", arity: 2 },
  71: { op: "ne", arity: 2 },
  72: { op: "ltS", arity: 2 },
  73: { op: "ltU", arity: 2 },
  74: { op: "ltS", arity: 2, swap: true },
  75: { op: "ltU", arity: 2, swap: true },
  76: { op: "leS", arity: 2 },
  77: { op: "leU", arity: 2 },
  78: { op: "leS", arity: 2, swap: true },
  79: { op: "leU", arity: 2, swap: true },
  103: { op: "clz", arity: 1 },
  104: { op: "ctz", arity: 1 },
  105: { op: "popcnt", arity: 1 },
  106: { op: "add", arity: 2 },
  107: { op: "sub", arity: 2 },
  108: { op: "mul", arity: 2 },
  113: { op: "and", arity: 2 },
  114: { op: "or", arity: 2 },
  115: { op: "xor", arity: 2 },
  116: { op: "shl", arity: 2 },
  117: { op: "shrS", arity: 2 },
  118: { op: "shrU", arity: 2 },
  120: { op: "rotr", arity: 2 },
  192: { op: "ext8S", arity: 1 },
  193: { op: "ext16S", arity: 1 },
};

export const division: Readonly<
  Record<number, { readonly op: Op; readonly signed: boolean; readonly remainder: boolean }>
> = {
  109: { op: "divS", signed: true, remainder: false },
  110: { op: "divU", signed: false, remainder: false },
  111: { op: "remS", signed: true, remainder: true },
  112: { op: "remU", signed: false, remainder: true },
};

/** i64 comparisons: less-than of the pair, with operands swapped or the result negated. */
export const compare64: Readonly<
  Record<number, { readonly op: "lt64S" | "lt64U"; readonly swap: boolean; readonly not: boolean }>
> = {
  83: { op: "lt64S", swap: false, not: false },
  84: { op: "lt64U", swap: false, not: false },
  85: { op: "lt64S", swap: true, not: false },
  86: { op: "lt64U", swap: true, not: false },
  87: { op: "lt64S", swap: true, not: true },
  88: { op: "lt64U", swap: true, not: true },
  89: { op: "lt64S", swap: false, not: true },
  90: { op: "lt64U", swap: false, not: true },
};

/** i64 operators that are calls of assembly/runtime. */
export const runtime64: Readonly<Record<number, string>> = {
  127: "i64_div_s",
  128: "i64_div_u",
  129: "i64_rem_s",
  130: "i64_rem_u",
};

/** f32 operators: the FPU's operator, and the name of the soft-float function where there is no FPU. */
export const float: Readonly<
  Record<
    number,
    { readonly op: Op; readonly soft: string; readonly arity: 1 | 2; readonly swap?: true; readonly result: "i" | "f" }
  >
> = {
  91: { op: "feq", soft: "f32_eq", arity: 2, result: "i" },
  92: { op: "fne", soft: "f32_ne", arity: 2, result: "i" },
  93: { op: "flt", soft: "f32_lt", arity: 2, result: "i" },
  94: { op: "flt", soft: "f32_lt", arity: 2, swap: true, result: "i" },
  95: { op: "fle", soft: "f32_le", arity: 2, result: "i" },
  96: { op: "fle", soft: "f32_le", arity: 2, swap: true, result: "i" },
  141: { op: "fceil", soft: "f32_ceil", arity: 1, result: "f" },
  142: { op: "ffloor", soft: "f32_floor", arity: 1, result: "f" },
  143: { op: "ftrunc", soft: "f32_trunc", arity: 1, result: "f" },
  144: { op: "fnearest", soft: "f32_nearest", arity: 1, result: "f" },
  145: { op: "fsqrt", soft: "f32_sqrt", arity: 1, result: "f" },
  146: { op: "fadd", soft: "f32_add", arity: 2, result: "f" },
  147: { op: "fsub", soft: "f32_sub", arity: 2, result: "f" },
  148: { op: "fmul", soft: "f32_mul", arity: 2, result: "f" },
  149: { op: "fdiv", soft: "f32_div", arity: 2, result: "f" },
  150: { op: "fmin", soft: "f32_min", arity: 2, result: "f" },
  151: { op: "fmax", soft: "f32_max", arity: 2, result: "f" },
};

/** Conversions between integers and f32; 0x1NN are 0xfc-prefixed. `wide` results or operands are i64 and always soft. */
export const conversions: Readonly<
  Record<
    number,
    { readonly op?: Op; readonly soft: string; readonly from: "i" | "I" | "f"; readonly to: "i" | "I" | "f" }
  >
> = {
  168: { op: "i32FromF32S", soft: "i32_trunc_f32_s", from: "f", to: "i" },
  169: { op: "i32FromF32U", soft: "i32_trunc_f32_u", from: "f", to: "i" },
  174: { soft: "i64_trunc_f32_s", from: "f", to: "I" },
  175: { soft: "i64_trunc_f32_u", from: "f", to: "I" },
  178: { op: "f32FromI32S", soft: "f32_convert_i32_s", from: "i", to: "f" },
  179: { op: "f32FromI32U", soft: "f32_convert_i32_u", from: "i", to: "f" },
  180: { soft: "f32_convert_i64_s", from: "I", to: "f" },
  181: { soft: "f32_convert_i64_u", from: "I", to: "f" },
  256: { op: "i32FromF32SatS", soft: "i32_trunc_sat_f32_s", from: "f", to: "i" },
  257: { op: "i32FromF32SatU", soft: "i32_trunc_sat_f32_u", from: "f", to: "i" },
  260: { soft: "i64_trunc_sat_f32_s", from: "f", to: "I" },
  261: { soft: "i64_trunc_sat_f32_u", from: "f", to: "I" },
};
