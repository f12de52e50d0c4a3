// MAXIMUM and MINIMUM, element-wise with broadcasting. Quantised values are compared as they stand: TFLite requires both
// inputs and the output to share scale and zero point, and so does `check`.

import { error } from "../errors.ts";
import type { CheckedNode, OperatorDefinition } from "../operator.ts";
import { type BinaryRow, binaryOperator } from "./elementwise.ts";
import { sameQuantization } from "./operands.ts";

const types = ["int8", "int16", "int32", "float32"] as const;
const options = { tag: 39, fields: {} };
// The kernel's comparison, so that NaN and -0 fall the same way.
// biome-ignore lint/complexity/useMathMinMax: see above
const greater = (x: number, y: number): number => (x > y ? x : y);
// biome-ignore lint/complexity/useMathMinMax: see above
const smaller = (x: number, y: number): number => (x < y ? x : y);

const rows: readonly BinaryRow[] = [
  { kind: "maximum", builtin: 55, name: "MAXIMUM", options, types, quantized: greater, whole: greater, real: greater },
  { kind: "minimum", builtin: 57, name: "MINIMUM", options, types, quantized: smaller, whole: smaller, real: smaller },
];

function checkScales(node: CheckedNode): void {
  const wanted = "the scale and zero point of input 0";
  const { quantization } = node.input(0);
  const others = [node.input(1).quantization, node.output(0).quantization];
  if (others.every((other) => sameQuantization(quantization, other))) return;
  node.problem(error("attribute", { kind: node.operator.kind, attribute: "quantisation", found: "different", wanted }));
}

export const extrema: readonly OperatorDefinition[] = rows.map(binaryOperator).map((row) => ({
  ...row,
  check(node) {
    row.check(node);
    if (node.operator.inputs.length === 2 && node.has(0) && node.has(1)) checkScales(node);
  },
}));
