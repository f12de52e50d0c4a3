// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL: element-wise with broadcasting, to bool.
// int8 operands are first brought to real values × 2^8 (each by its own scale, double rounding); other types are compared
// as they stand.

import { quantizeMultiplier } from "../fixed-point.ts";
import type { Node } from "../operator.ts";
import { type BinaryRow, binaryOperator, identity, type Rescaling, rescaled } from "./elementwise.ts";
import { perTensor } from "./operands.ts";

function rescaling(node: Node): Rescaling {
  if (node.input(0).dtype !== "int8") return identity;
  const [first, second] = [perTensor(node.input(0).quantization), perTensor(node.input(1).quantization)];
  return {
    first: { zeroPoint: first.zeroPoint, left: 8, ...quantizeMultiplier(first.scale) },
    second: { zeroPoint: second.zeroPoint, left: 8, ...quantizeMultiplier(second.scale) },
    output: identity.output,
  };
}

type Kind = "equal" | "not_equal" | "greater" | "greater_equal" | "less" | "less_equal";

function comparison(kind: Kind, builtin: number, tag: number, holds: (x: number, y: number) => boolean): BinaryRow {
  const plain = (x: number, y: number): number => (holds(x, y) ? 1 : 0);
  return {
    kind,
    builtin,
    name: kind.toUpperCase(),
    options: { tag, fields: {} },
    types: ["int8", "int16", "int32", "float32", "bool"],
    output: "bool",
    rescaling,
    quantized: (x, y, by) => (by === identity ? plain(x, y) : plain(rescaled(x, by.first), rescaled(y, by.second))),
    whole: plain,
    real: plain,
  };
}

export const comparisons = [
  comparison("equal", 71, 53, (x, y) => x === y),
  comparison("not_equal", 72, 54, (x, y) => x !== y),
  comparison("greater", 61, 44, (x, y) => x > y),
  comparison("greater_equal", 62, 45, (x, y) => x >= y),
  comparison("less", 58, 41, (x, y) => x < y),
  comparison("less_equal", 63, 46, (x, y) => x <= y),
].map(binaryOperator);
