// MIRROR_PAD: the border repeats the input mirrored at its edge; SYMMETRIC mirrors the edge element too, REFLECT does not.
//
//   1 2 3, two before:  REFLECT 3 2 | 1 2 3   SYMMETRIC 2 1 | 1 2 3

import { gather, strides } from "../movement.ts";
import type { Node } from "../operator.ts";
import { movementOperator } from "./data-movement.ts";
import { hasArity } from "./operands.ts";
import { checkPaddings, inferPadded, paddings } from "./pad.ts";

const edge = (node: Node): number => (node.attributes["mode"] === "reflect" ? 1 : 0);

/** Input index of each output index of a dimension. */
function mirrored(size: number, before: number, after: number, skip: number): readonly number[] {
  return Array.from({ length: before + size + after }, (_, i) => {
    const index = i - before;
    if (index < 0) return -index - 1 + skip;
    return index < size ? index : 2 * size - 1 - index - skip;
  });
}

export const mirrorPad = movementOperator({
  kind: "mirror_pad",
  tflite: [
    {
      builtin: 100,
      name: "MIRROR_PAD",
      options: {
        tag: 77,
        fields: { mode: { slot: 0, type: "enum", names: ["reflect", "symmetric"], default: "reflect" } },
      },
    },
  ],
  check: (node) => hasArity(node, 2) && checkPaddings(node, (size) => size - edge(node)),
  infer: inferPadded,
  transfers(node) {
    const { shape } = node.input(0);
    const from = strides(shape);
    const tables = paddings(node).map(([before, after], i) =>
      mirrored(shape[i]!, before, after, edge(node)).map((index) => index * from[i]!),
    );
    return [{ input: 0, output: 0, movement: gather(node.output(0).shape, tables) }];
  },
});
