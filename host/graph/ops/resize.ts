// What RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR share: options, the output's height and width as a constant operand,
// NHWC shapes.

import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import type { CheckedNode, Node, TfliteField } from "../operator.ts";
import { certain } from "./data-movement.ts";
import { constantIntegers, hasArity, integersAreConstant } from "./operands.ts";

export interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export function sampling(node: Node): Sampling {
  return {
    alignCorners: node.attributes["alignCorners"] === true,
    halfPixelCenters: node.attributes["halfPixelCenters"] === true,
  };
}

export const samplingFields = (slot: number): Readonly<Record<string, TfliteField>> => ({
  alignCorners: { slot, type: "bool", default: false },
  halfPixelCenters: { slot: slot + 1, type: "bool", default: false },
});

export function checkResize(node: CheckedNode): boolean {
  if (!hasArity(node, 2) || !integersAreConstant(node, 1, "size", 2)) return false;
  const { kind } = node.operator;
  const { shape } = node.input(0);
  const size = certain(constantIntegers(node, 1));
  const problem = (attribute: string, found: unknown, wanted: string): false => {
    node.problem(error("attribute", { kind, attribute, found, wanted }));
    return false;
  };
  if (shape.length !== 4) return problem("shape of input 0", `[${shape.join(", ")}]`, "of 4 dimensions (NHWC)");
  // Coordinates are computed with 10 fraction bits in 32-bit numbers, in TFLite too.
  const limit = 2 ** 20;
  if (!size.every((n) => n >= 1 && n <= limit)) return problem("size", size.join(", "), `from 1 to ${limit}`);
  if ([shape[1]!, shape[2]!].some((n) => n > limit))
    return problem("shape of input 0", `[${shape.join(", ")}]`, `at most ${limit} wide`);
  const { alignCorners, halfPixelCenters } = sampling(node);
  if (alignCorners && halfPixelCenters) return problem("alignCorners", "true", "false when halfPixelCenters is true");
  return true;
}

export function resizedShape(node: Node): Shape {
  const [height, width] = certain(constantIntegers(node, 1)) as [number, number];
  const { shape } = node.input(0);
  return [shape[0]!, height, width, shape[3]!];
}
