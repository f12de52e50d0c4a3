// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, LEAKY_RELU, ABS, NEG: straight lines through real 0, perhaps clamped. On quantised
// values one form: with v = q − zero point of the input, out = zero point + v · factor, where the factor for v < 0 may
// differ (LEAKY_RELU) or be negative (ABS, NEG), then the clamp.
//
// A rescaled RELU6 is rescaled here, as by TFLite; TFLite Micro forgets to (data/README.md calls that wrong).

import { integerClamp } from "../activation.ts";
import { error } from "../errors.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import type { DType } from "../graph.ts";
import type { Node, OperatorDefinition, TfliteRow } from "../operator.ts";
import { perTensor } from "./operands.ts";
import { type ElementFunction, type UnaryForm, unaryOperator } from "./unary.ts";

const f = Math.fround;

/** Rounding is not symmetric, so it matters whether a sign is turned before scaling (ABS) or after (a negative slope). */
interface Factor extends Multiplier {
  readonly before: 1 | -1;
  readonly after: 1 | -1;
}

interface Slope {
  readonly real: number;
  readonly turned?: boolean;
}

interface Lines {
  readonly inputZeroPoint: number;
  readonly outputZeroPoint: number;
  readonly above: Factor;
  /** For values below real 0. */
  readonly below: Factor;
  readonly low: number;
  readonly high: number;
}

interface Slopes {
  readonly above: Slope;
  readonly below: Slope;
  readonly activation?: string;
  /** How input scale · slope / output scale is computed: TFLite Micro keeps double precision, TFLite rounds to binary32. */
  readonly product?: "double" | "binary32";
}

function linesOf(node: Node, { above, below, activation = "none", product = "double" }: Slopes): Lines {
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const [low, high] = integerClamp(activation, node.output(0));
  const factor = ({ real, turned }: Slope): Factor => {
    const scaled = product === "double" ? (input.scale * real) / output.scale : f(f(input.scale * real) / output.scale);
    return { ...quantizeMultiplier(Math.abs(scaled)), before: turned ? -1 : 1, after: scaled < 0 ? -1 : 1 };
  };
  return {
    inputZeroPoint: input.zeroPoint,
    outputZeroPoint: output.zeroPoint,
    above: factor(above),
    below: factor(below),
    low,
    high,
  };
}

function onLines(lines: Lines): ElementFunction {
  const { inputZeroPoint, outputZeroPoint, above, below, low, high } = lines;
  return (q) => {
    const value = q - inputZeroPoint;
    const line = value >= 0 ? above : below;
    const scaled = line.after * multiplyByQuantizedMultiplier(line.before * value, line);
    return clamp((scaled + outputZeroPoint) | 0, low, high);
  };
}

function quantizedForms(lines: (node: Node) => Lines): Partial<Record<DType, UnaryForm>> {
  const element = (node: Node): ElementFunction => onLines(lines(node));
  return {
    int8: { element },
    int16: {
      element,
      kernel(node) {
        const { inputZeroPoint, outputZeroPoint, above, below, low, high } = lines(node);
        const factors = [above, below].flatMap((line) => [line.multiplier, line.shift, line.before, line.after]);
        return { name: "lines_s16", arguments: [inputZeroPoint, ...factors, outputZeroPoint, low, high] };
      },
    },
  };
}

interface Clamped {
  readonly kind: string;
  readonly builtin: number;
  readonly low: number;
  readonly high: number;
}

const up: Slope = { real: 1 };
const down: Slope = { real: 1, turned: true };

function clampOperator({ kind, builtin, low, high }: Clamped): OperatorDefinition {
  // RELU has Micro's bits; the others are TFLite's: Micro has none, or a wrong one (RELU6)
  const product = kind === "relu" ? "double" : "binary32";
  return unaryOperator({
    kind,
    tflite: [{ builtin, name: kind.toUpperCase() }],
    forms: {
      ...quantizedForms((node) => linesOf(node, { above: up, below: up, activation: kind, product })),
      float32: {
        element: () => (x) => (x > high ? high : x < low ? low : x),
        kernel: () => ({ name: "clamp_f32", arguments: [{ f32: low }, { f32: high }] }),
      },
    },
  });
}

const alphaOf = (node: Node): number => node.attributes["alpha"] as number;

const leakyRelu = unaryOperator({
  kind: "leaky_relu",
  tflite: [
    {
      builtin: 98,
      name: "LEAKY_RELU",
      options: { tag: 75, fields: { alpha: { slot: 0, type: "float32", default: 0 } } },
    },
  ],
  forms: {
    ...quantizedForms((node) => linesOf(node, { above: up, below: { real: alphaOf(node) } })),
    float32: {
      element: (node) => {
        const alpha = alphaOf(node);
        return (x) => (x > 0 ? x : f(x * alpha));
      },
      kernel: (node) => ({ name: "leaky_relu_f32", arguments: [{ f32: alphaOf(node) }] }),
    },
  },
  check(node) {
    if (Number.isFinite(alphaOf(node))) return;
    const facts = { kind: "leaky_relu", attribute: "alpha", found: alphaOf(node), wanted: "a finite number" };
    node.problem(error("attribute", facts));
  },
});

const plainInteger = (name: string, element: ElementFunction): UnaryForm => ({
  element: () => element,
  kernel: () => ({ name, arguments: [] }),
  plain: true,
});

const row = (builtin: number, name: string, tag: number): TfliteRow => ({
  builtin,
  name,
  options: { tag, fields: {} },
});

const abs = unaryOperator({
  kind: "abs",
  tflite: [row(101, "ABS", 78)],
  forms: {
    ...quantizedForms((node) => linesOf(node, { above: up, below: down })),
    int32: plainInteger("abs_s32", (x) => Math.abs(x) | 0),
    float32: { element: () => Math.abs, kernel: () => ({ name: "abs_f32", arguments: [] }) },
  },
});

const neg = unaryOperator({
  kind: "neg",
  tflite: [row(59, "NEG", 42)],
  forms: {
    ...quantizedForms((node) => linesOf(node, { above: down, below: down })),
    int32: plainInteger("neg_s32", (x) => -x | 0),
    float32: { element: () => (x) => -x, kernel: () => ({ name: "neg_f32", arguments: [] }) },
  },
});

export const lines: readonly OperatorDefinition[] = [
  clampOperator({ kind: "relu", builtin: 19, low: 0, high: Number.POSITIVE_INFINITY }),
  clampOperator({ kind: "relu6", builtin: 21, low: 0, high: 6 }),
  clampOperator({ kind: "relu_n1_to_1", builtin: 20, low: -1, high: 1 }),
  clampOperator({ kind: "relu_0_to_1", builtin: 152, low: 0, high: 1 }),
  leakyRelu,
  abs,
  neg,
];
