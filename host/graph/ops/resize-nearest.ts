// RESIZE_NEAREST_NEIGHBOR: each output row and column takes one input row and column; which one is computed in binary32 at
// build time (TFLite, reference/resize_nearest_neighbor.h), so that at run time it is a copy by tables.

import { roundAway } from "../fixed-point.ts";
import { gather, strides } from "../movement.ts";
import { movementOperator } from "./data-movement.ts";
import { checkResize, resizedShape, type Sampling, sampling, samplingFields } from "./resize.ts";

function nearest(i: number, size: number, resized: number, { alignCorners, halfPixelCenters }: Sampling): number {
  const corners = alignCorners && resized > 1;
  const scale = Math.fround(corners ? (size - 1) / (resized - 1) : size / resized);
  const at = Math.fround((i + (halfPixelCenters ? 0.5 : 0)) * scale);
  return Math.max(0, Math.min(alignCorners ? roundAway(at) : Math.floor(at), size - 1));
}

export const resizeNearestNeighbor = movementOperator({
  kind: "resize_nearest_neighbor",
  tflite: [{ builtin: 97, name: "RESIZE_NEAREST_NEIGHBOR", options: { tag: 74, fields: samplingFields(0) } }],
  check: checkResize,
  infer: (node) => [resizedShape(node)],
  transfers(node) {
    const { shape } = node.input(0);
    const resized = node.output(0).shape;
    const from = strides(shape);
    const table = (d: 1 | 2): readonly number[] =>
      Array.from({ length: resized[d]! }, (_, i) => nearest(i, shape[d]!, resized[d]!, sampling(node)) * from[d]!);
    return [{ input: 0, output: 0, movement: gather(resized, [from[0]!, table(1), table(2), from[3]!]) }];
  },
});
