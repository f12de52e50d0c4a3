// HARD_SWISH: x · min(max(x + 3, 0), 6) / 6. int8 by TFLite's 16-bit fixed-point method (reference/hard_swish.h): the input
// shifted left by 7, once scaled to the output's scale, once to [−1, 1] at ±3 ("reluish"), and both multiplied.

import { error } from "../errors.ts";
import { clamp, type Multiplier, quantizeMultiplier, roundingDivideByPot } from "../fixed-point.ts";
import type { Node } from "../operator.ts";
import { perTensor } from "./operands.ts";
import { type ElementFunction, floatForm, unaryOperator } from "./unary.ts";

const f = Math.fround;

const saturate16 = (x: number): number => clamp(x, -32768, 32767);

/** a · b / 2^15, rounded to nearest; halves towards +∞ as gemmlowp's (−½ rounds to 0). */
function roundingHigh16(a: number, b: number): number {
  if (a === -32768 && b === -32768) return 32767;
  const product = a * b;
  return Math.trunc((product + (product >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15);
}

/** The same towards zero. */
function truncatingHigh16(a: number, b: number): number {
  return a === -32768 && b === -32768 ? 32767 : Math.trunc((a * b) / 2 ** 15);
}

/** A 32-bit multiplier rounded to 16 bits. */
function narrow({ multiplier, shift }: Multiplier): Multiplier {
  return { multiplier: multiplier >= 2 ** 31 - 1 - 2 ** 15 ? 32767 : (multiplier + 2 ** 15) >> 16, shift };
}

function multipliersOf(node: Node): { readonly output: Multiplier; readonly reluish: Multiplier } {
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const hires = f(input.scale / 128);
  return {
    output: narrow(quantizeMultiplier(f(hires / output.scale))),
    reluish: narrow(quantizeMultiplier(f(hires / f(3 / 32768)))),
  };
}

/** Input step, shifted left by 7 → [0, 1] in Q15: 0 at −3, 1 at 3. */
function reluishOf(hires: number, { multiplier, shift }: Multiplier): number {
  const raised = shift > 0 ? saturate16(hires * 2 ** (shift - 1)) : hires;
  const product = roundingHigh16(raised, multiplier);
  const scaled = shift > 0 ? saturate16(product * 2) : roundingDivideByPot(product, -shift);
  return (scaled + 32768) >> 1;
}

function int8Element(node: Node): ElementFunction {
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const multipliers = multipliersOf(node);
  return (q) => {
    const hires = (q - input.zeroPoint) * 128;
    const linear = roundingHigh16(hires, multipliers.output.multiplier);
    const product = truncatingHigh16(reluishOf(hires, multipliers.reluish), linear);
    return clamp(roundingDivideByPot(product, -multipliers.output.shift) + output.zeroPoint, -128, 127);
  };
}

export const hardSwish = unaryOperator({
  kind: "hard_swish",
  tflite: [{ builtin: 117, name: "HARD_SWISH", options: { tag: 91, fields: {} } }],
  forms: {
    int8: { element: int8Element },
    float32: floatForm("hard_swish", (x) => f(f(x * clamp(f(x + 3), 0, 6)) / 6)),
  },
  check(node) {
    if (node.input(0).dtype !== "int8" || multipliersOf(node).output.shift <= 0) return;
    const facts = { kind: "hard_swish", attribute: "input scale / output scale", found: "above 128", wanted: "below" };
    node.problem(error("attribute", facts));
  },
});
