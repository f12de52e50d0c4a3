// ELU, GELU, EXP, LOG, SQRT, RSQRT, SIN, COS and the rounding functions. float32 by host/graph/f32.ts and its twin on the
// device. int8 tables: ELU, GELU, EXP and LOG through binary32 (TFLite's LUTPopulate), SQRT truncated as TFLite does,
// RSQRT by fixed-point Newton steps (TFLite's RsqrtEvalQuantized).

import { cos, erf, exp, expm1, log, rsqrt as rsqrtF32, sin, tanh } from "../f32.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import { inverseSquareRoot } from "../fixed-point-functions.ts";
import type { Node, OperatorDefinition, TfliteRow } from "../operator.ts";
import { perTensor } from "./operands.ts";
import { type ElementFunction, floatForm, throughReal, type UnaryForm, unaryOperator } from "./unary.ts";

const f = Math.fround;

const row = (builtin: number, name: string, tag?: number): TfliteRow =>
  tag === undefined ? { builtin, name } : { builtin, name, options: { tag, fields: {} } };

const elu = unaryOperator({
  kind: "elu",
  tflite: [row(111, "ELU")],
  forms: {
    int8: throughReal(() => (x) => (x < 0 ? f(f(Math.exp(x)) - 1) : x)).int8,
    float32: floatForm("elu", (x) => (x < 0 ? expm1(x) : x)),
  },
});

/** 1 − erf(x) in double precision: Taylor's series near 0, the continued fraction of Laplace further out. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2.5) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let n = 60; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

const rootOfTwoOverPi = f(Math.SQRT2 / Math.sqrt(Math.PI));

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), each step in binary32. */
function geluByTanh(x: number, tanhOf: ElementFunction): number {
  const cube = f(f(f(f(0.044715) * x) * x) * x);
  return f(f(0.5 * x) * f(1 + tanhOf(f(rootOfTwoOverPi * f(x + cube)))));
}

const isApproximate = (node: Node): boolean => node.attributes["approximate"] === true;

const geluF32: ElementFunction = (x) => f(f(0.5 * x) * f(1 + erf(f(x * f(Math.SQRT1_2)))));

const gelu = unaryOperator({
  kind: "gelu",
  tflite: [
    {
      builtin: 150,
      name: "GELU",
      options: { tag: 116, fields: { approximate: { slot: 0, type: "bool", default: false } } },
    },
  ],
  forms: {
    ...throughReal((node) =>
      isApproximate(node)
        ? (x) => geluByTanh(x, (y) => f(Math.tanh(y)))
        : (x) => f(f(0.5 * x) * f(erfc(f(x * -f(Math.SQRT1_2))))),
    ),
    float32: {
      element: (node) => (isApproximate(node) ? (x) => geluByTanh(x, tanh) : geluF32),
      kernel: (node) => ({ name: isApproximate(node) ? "gelu_tanh_f32" : "gelu_f32", arguments: [] }),
    },
  },
});

const exponential = unaryOperator({
  kind: "exp",
  tflite: [row(47, "EXP", 33)],
  forms: { ...throughReal(() => (x) => f(Math.exp(x))), float32: floatForm("exp", exp) },
});

const logarithm = unaryOperator({
  kind: "log",
  tflite: [row(73, "LOG")],
  forms: {
    ...throughReal((node) => {
      const { scale, zeroPoint } = perTensor(node.output(0).quantization);
      const least = node.output(0).dtype === "int8" ? -128 : -32768;
      return (x) => (x <= 0 ? f((least - zeroPoint) * scale) : f(Math.log(x)));
    }),
    float32: floatForm("log", log),
  },
});

/** As TFLite: through binary32, truncated. √ of a negative value, which TFLite refuses to compute, is 0 here. */
function throughRoot(low: number, high: number): UnaryForm["element"] {
  return (node) => {
    const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
    return (q) => {
      const value = f(input.scale * (q - input.zeroPoint));
      const root = value > 0 ? f(Math.sqrt(value)) : 0;
      return clamp(Math.trunc(f(root / output.scale)) + output.zeroPoint, low, high);
    };
  };
}

const squareRoot = unaryOperator({
  kind: "sqrt",
  tflite: [row(75, "SQRT")],
  forms: {
    int8: { element: throughRoot(-128, 127) },
    int16: {
      element: throughRoot(-32768, 32767),
      kernel(node) {
        const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
        const constants = [{ f32: input.scale }, input.zeroPoint, { f32: output.scale }, output.zeroPoint];
        return { name: "sqrt_s16", arguments: constants };
      },
    },
    float32: floatForm("sqrt", (x) => (x < 0 ? Number.NaN : f(Math.sqrt(x)))),
  },
});

const headroom = 20;

interface RootScaling {
  readonly inputZeroPoint: number;
  readonly factor: Multiplier;
  readonly outputZeroPoint: number;
}

/** 1 / √x of a quantised x is 1 / √(x − zero point) times this factor. */
function rootScaling(node: Node): RootScaling {
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const factor = quantizeMultiplier(1 / (Math.sqrt(input.scale) * output.scale));
  return { inputZeroPoint: input.zeroPoint, factor, outputZeroPoint: output.zeroPoint };
}

/** Values of 0 and below, which have no root, are the greatest output. */
function inverseRootElement(low: number, high: number): UnaryForm["element"] {
  return (node) => {
    const { inputZeroPoint, factor, outputZeroPoint } = rootScaling(node);
    return (q) => {
      const value = q - inputZeroPoint;
      if (value <= 0) return high;
      const { multiplier, shift } = inverseSquareRoot(value);
      const root = multiplyByQuantizedMultiplier(1, { multiplier, shift: shift + headroom });
      const scaled = multiplyByQuantizedMultiplier(root, { ...factor, shift: factor.shift - headroom });
      return clamp((scaled + outputZeroPoint) | 0, low, high);
    };
  };
}

const inverseRoot = unaryOperator({
  kind: "rsqrt",
  tflite: [row(76, "RSQRT")],
  forms: {
    int8: { element: inverseRootElement(-128, 127) },
    int16: {
      element: inverseRootElement(-32768, 32767),
      kernel(node) {
        const { inputZeroPoint, factor, outputZeroPoint } = rootScaling(node);
        const { multiplier, shift } = factor;
        return { name: "rsqrt_s16", arguments: [inputZeroPoint, multiplier, shift, outputZeroPoint] };
      },
    },
    float32: floatForm("rsqrt", (x) => (x < 0 ? Number.NaN : rsqrtF32(x))),
  },
});

/** Halves to even, as C's nearbyint. */
function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  const up = rest > 0.5 || (rest === 0.5 && low % 2 !== 0);
  return (up ? low + 1 : low) || (x < 0 || Object.is(x, -0) ? -0 : 0);
}

/** float32 only: what TFLite has no quantised kernel for. */
const floatOnly = (kind: string, tflite: TfliteRow, element: ElementFunction): OperatorDefinition =>
  unaryOperator({ kind, tflite: [tflite], forms: { float32: floatForm(kind, element) } });

export const transcendentals: readonly OperatorDefinition[] = [
  elu,
  gelu,
  exponential,
  logarithm,
  squareRoot,
  inverseRoot,
  floatOnly("square", row(92, "SQUARE", 66), (x) => f(x * x)),
  floatOnly("sin", row(66, "SIN"), sin),
  floatOnly("cos", row(108, "COS", 84), cos),
  floatOnly("floor", row(8, "FLOOR"), Math.floor),
  floatOnly("ceil", row(104, "CEIL"), Math.ceil),
  floatOnly("round", row(116, "ROUND"), roundEven),
];

export const logicalNot = unaryOperator({
  kind: "logical_not",
  tflite: [row(87, "LOGICAL_NOT", 63)],
  forms: { bool: { element: () => (x) => (x ? 0 : 1), plain: true } },
});
