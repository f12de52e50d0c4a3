// LOGISTIC and TANH by TFLite Micro's integer methods (reference/integer_ops/logistic.h, tanh.h).
//
//   int8    input scaled to Q4.27, gemmlowp's fixed-point function, rounded to 8 bits; beyond the radius that Q4 holds, the
//           end value. Output scale 1/256 at −128 (LOGISTIC), 1/128 at 0 (TANH)
//   int16   input scaled so that 2^17 is 10.7, interpolation in a table of sigmoid(i / 24) · 2^16; output scale 2^−15.
//           tanh(x) = 2 · sigmoid(2x) − 1 comes from the same table
//   float32 as reference/logistic.h: 1 above 16.6, e^x below −9

import { error } from "../errors.ts";
import { exp, logistic as logisticF32, tanh as tanhF32 } from "../f32.ts";
import {
  clamp,
  frexp,
  type Multiplier,
  multiplyByQuantizedMultiplier,
  roundAway,
  roundingDivideByPot,
} from "../fixed-point.ts";
import { logistic as logisticQ, tanh as tanhQ } from "../fixed-point-functions.ts";
import type { CheckedNode, Node, OperatorDefinition } from "../operator.ts";
import { perTensor } from "./operands.ts";
import { type ElementFunction, floatForm, type UnaryForm, unaryOperator } from "./unary.ts";

const inputIntegerBits = 4;

/** Input step → Q4, and the step from which the function is at its end. */
function toQ4(scale: number): Multiplier & { readonly radius: number } {
  const { mantissa, exponent } = frexp(scale * 2 ** (31 - inputIntegerBits));
  const greatest = (2 ** inputIntegerBits - 1) * 2 ** (31 - inputIntegerBits);
  return {
    multiplier: Math.min(roundAway(mantissa * 2 ** 31), 2 ** 31 - 1),
    shift: exponent,
    radius: Math.floor(greatest / 2 ** exponent),
  };
}

/** `fractionBits` of the output; its zero point is added after rounding. */
function int8Form(q4: (raw: number, bits: number) => number, fractionBits: number, zeroPoint: number): UnaryForm {
  return {
    element(node) {
      const input = perTensor(node.input(0).quantization);
      const scaling = toQ4(input.scale);
      return (q) => {
        const value = q - input.zeroPoint;
        if (value <= -scaling.radius) return -128;
        if (value >= scaling.radius) return 127;
        const raw = q4(multiplyByQuantizedMultiplier(value, scaling), inputIntegerBits);
        return clamp(roundingDivideByPot(raw, 31 - fractionBits) + zeroPoint, -128, 127);
      };
    },
  };
}

// TFLite's table (internal/common.h, sigmoid_table_uint16) is the nearest integer but for these entries, which are one more.
const oneMore = new Set([
  4, 8, 12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 39, 40, 41, 43, 44, 45, 46, 49, 50,
  54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255,
]);

/** sigmoid(i / 24) in Q0.16, i = 0 … 255. */
export const sigmoidTable: readonly number[] = Array.from(
  { length: 256 },
  (_, i) => Math.round(65536 / (1 + Math.exp(-i / 24))) + (oneMore.has(i) ? 1 : 0),
);

export interface TableScaling {
  readonly multiplier: number;
  readonly shift: number;
}

/** Input step → 1/12288: a power of two exactly, anything else by a 15-bit factor. */
function toTable(scale: number, exactShifts: readonly number[]): TableScaling {
  const log2 = Math.fround(Math.fround(Math.log(scale)) * Math.fround(1 / Math.fround(Math.log(2))));
  const rounded = roundAway(log2);
  const left = 12 + rounded;
  if (Math.abs(log2 - rounded) < 1e-3 && exactShifts.includes(left)) return { multiplier: 3 << left, shift: 0 };
  let multiplier = scale * 4096 * 3;
  let shift = 0;
  while (multiplier <= 32767 / 2 && shift <= 30) {
    shift++;
    multiplier *= 2;
  }
  return { multiplier: Math.trunc(multiplier), shift };
}

/** 16-bit input → table units, signed. */
const scaled = (q: number, { multiplier, shift }: TableScaling): number =>
  (q * multiplier + (shift > 0 ? 2 ** (shift - 1) : 0)) >> shift;

/** sigmoid of |x| in Q0.(16 + bits), `bits` of the magnitude between two table entries. */
function interpolated(magnitude: number, bits: number, end: number): number {
  const index = magnitude >> bits;
  if (index >= 255) return end;
  const [from, to] = [sigmoidTable[index]!, sigmoidTable[index + 1]!];
  return from * 2 ** bits + (magnitude & (2 ** bits - 1)) * (to - from);
}

export function logisticS16(q: number, scaling: TableScaling): number {
  const x = scaled(q, scaling);
  const result = interpolated(Math.abs(x), 9, 0x7fff << 10);
  return (x >= 0 ? result + 512 : 2 ** 25 - result + 511) >> 10;
}

export function tanhS16(q: number, scaling: TableScaling): number {
  const x = scaled(q, scaling);
  const result = interpolated(Math.abs(x), 8, 0xffff << 8);
  return (x >= 0 ? result - 2 ** 23 + 128 : -result + 2 ** 23 + 127) >> 8;
}

function int16Form(
  name: string,
  element: (q: number, scaling: TableScaling) => number,
  exactShifts: readonly number[],
): UnaryForm {
  const scalingOf = (node: Node): TableScaling => toTable(perTensor(node.input(0).quantization).scale, exactShifts);
  return {
    element: (node): ElementFunction => {
      const scaling = scalingOf(node);
      return (q) => element(q, scaling);
    },
    kernel(node) {
      const { multiplier, shift } = scalingOf(node);
      const table = new Uint8Array(Uint16Array.from(sigmoidTable).buffer);
      return { name, arguments: [multiplier, shift, { constant: table, label: "sigmoid", align: 2 }] };
    },
  };
}

/** Methods with a fixed output scale compute no other: a different one in the file would be wrong numbers. */
function checkOutput(node: CheckedNode, int8: { readonly scale: number; readonly zeroPoint: number }): void {
  const { dtype, quantization } = node.output(0);
  if (dtype === "float32") return;
  const found = perTensor(quantization);
  const wanted = dtype === "int8" ? int8 : { scale: 2 ** -15, zeroPoint: 0 };
  const close = Math.abs(Math.log2(found.scale / wanted.scale)) < 1e-3;
  const inputIsSymmetric = dtype === "int8" || perTensor(node.input(0).quantization).zeroPoint === 0;
  const { kind } = node.operator;
  if (!close || found.zeroPoint !== wanted.zeroPoint) {
    const describe = (q: typeof wanted): string => `scale ${q.scale}, zero point ${q.zeroPoint}`;
    node.problem(error("type-mismatch", { kind, what: "output 0", found: describe(found), wanted: describe(wanted) }));
  }
  if (inputIsSymmetric) return;
  const facts = { kind, what: "input 0", found: "an int16 with a zero point", wanted: "an int16 with zero point 0" };
  node.problem(error("type-mismatch", facts));
}

const logistic = unaryOperator({
  kind: "logistic",
  tflite: [{ builtin: 14, name: "LOGISTIC" }],
  forms: {
    int8: int8Form(logisticQ, 8, -128),
    int16: int16Form("logistic_s16", logisticS16, [0]),
    float32: floatForm("logistic", (x) => (x > Math.fround(16.619047164916992) ? 1 : x < -9 ? exp(x) : logisticF32(x))),
  },
  check: (node) => checkOutput(node, { scale: 1 / 256, zeroPoint: -128 }),
});

const tanh = unaryOperator({
  kind: "tanh",
  tflite: [{ builtin: 28, name: "TANH" }],
  forms: {
    int8: int8Form(tanhQ, 7, 0),
    int16: int16Form("tanh_s16", tanhS16, [0, 1]),
    float32: floatForm("tanh", tanhF32),
  },
  check: (node) => checkOutput(node, { scale: 1 / 128, zeroPoint: 0 }),
});

export const sigmoids: readonly OperatorDefinition[] = [logistic, tanh];
