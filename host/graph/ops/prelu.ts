// PRELU: x where x ≥ 0, alpha · x below, alpha broadcast against x. Quantised: x ≥ zero point is rescaled by
// scale(x) / scale(out), the rest multiplied by (alpha − its zero point) and rescaled by scale(x) · scale(alpha) / scale(out).

import { multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import type { Node } from "../operator.ts";
import { type BinaryRow, binaryOperator, type Rescaling } from "./elementwise.ts";
import { perTensor } from "./operands.ts";

/** `first` carries the factor of the positive side, `output` that of the negative side. */
function rescaling(node: Node): Rescaling {
  const [input, alpha] = [perTensor(node.input(0).quantization), perTensor(node.input(1).quantization)];
  const output = perTensor(node.output(0).quantization);
  return {
    first: { zeroPoint: input.zeroPoint, left: 0, ...quantizeMultiplier(input.scale / output.scale) },
    second: { zeroPoint: alpha.zeroPoint, left: 0, multiplier: 0, shift: 0 },
    output: { zeroPoint: output.zeroPoint, ...quantizeMultiplier((input.scale * alpha.scale) / output.scale) },
  };
}

const row: BinaryRow = {
  kind: "prelu",
  builtin: 54,
  name: "PRELU",
  types: ["int8", "int16", "float32"],
  second: { int16: "int8" },
  rescaling,
  quantized(x, y, { first, second, output }) {
    const value = x - first.zeroPoint;
    if (value >= 0) return (multiplyByQuantizedMultiplier(value, first) + output.zeroPoint) | 0;
    return (multiplyByQuantizedMultiplier(value * (y - second.zeroPoint), output) + output.zeroPoint) | 0;
  },
  whole: (x) => x,
  real: (x, y) => (x >= 0 ? x : Math.fround(x * y)),
};

export const prelu = binaryOperator(row);
