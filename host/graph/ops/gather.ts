// GATHER: slices of the input along an axis, in the order of a list of indices; with batch_dims the first dimensions go
// together. Constant indices become a table of offsets; computed ones are looked up at run time, where an index outside
// is taken as the nearest inside (TFLite stops the inference; a device has nobody to tell).

import { elementBytes, elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import type { Shape, Values } from "../graph.ts";
import { type Axis, lowerMovement, type Movement, moveValues } from "../movement.ts";
import type { CheckedNode, KernelCall, LowerNode, Node, OperatorDefinition } from "../operator.ts";
import { movable } from "./data-movement.ts";
import { axisExists, constantIntegers, hasArity, inputHasType, outputHasType, positiveAxis } from "./operands.ts";

/** input [batch, outer, size, inner], indices [batch, count] → output [batch, outer, count, inner] */
interface Layout {
  readonly axis: number;
  readonly batchDims: number;
  readonly batch: number;
  readonly outer: number;
  readonly size: number;
  readonly count: number;
  readonly inner: number;
}

function layoutOf(node: Node): Layout {
  const { shape } = node.input(0);
  const indices = node.input(1).shape;
  const axis = positiveAxis(node.attributes["axis"] as number, shape.length);
  const batchDims = positiveAxis(node.attributes["batchDims"] as number, indices.length);
  return {
    axis,
    batchDims,
    batch: elementCount(shape.slice(0, batchDims)),
    outer: elementCount(shape.slice(batchDims, axis)),
    size: shape[axis] ?? 0,
    count: elementCount(indices.slice(batchDims)),
    inner: elementCount(shape.slice(axis + 1)),
  };
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 2) || !inputHasType(node, 0, movable) || !inputHasType(node, 1, ["int32", "int64"])) return;
  outputHasType(node, 0, [node.input(0).dtype]);
  const { shape } = node.input(0);
  const indices = node.input(1).shape;
  if (!axisExists(node, node.attributes["axis"] as number, shape.length)) return;
  const { axis, batchDims, size } = layoutOf(node);
  const { kind } = node.operator;
  const together = batchDims >= 0 && batchDims <= Math.min(axis, indices.length);
  if (!together || indices.slice(0, batchDims).some((count, i) => count !== shape[i])) {
    const found = `${node.attributes["batchDims"]} of [${shape.join(", ")}] and [${indices.join(", ")}]`;
    node.problem(error("attribute", { kind, attribute: "batchDims", found, wanted: "dimensions that both have" }));
    return;
  }
  const outside = constantIntegers(node, 1)?.find((index) => !(index >= 0 && index < size));
  if (outside === undefined) return;
  node.problem(error("attribute", { kind, attribute: "indices", found: outside, wanted: `from 0 to ${size - 1}` }));
}

function infer(node: Node): readonly Shape[] {
  const { axis, batchDims } = layoutOf(node);
  const { shape } = node.input(0);
  return [[...shape.slice(0, axis), ...node.input(1).shape.slice(batchDims), ...shape.slice(axis + 1)]];
}

/** One movement a batch: its own list of indices. */
function movements({ batch, outer, size, count, inner }: Layout, indices: readonly number[]): readonly Movement[] {
  return Array.from({ length: batch }, (_, b) => {
    const offsets = indices.slice(b * count, (b + 1) * count).map((index) => index * inner);
    const axes: Axis[] = [
      { count: outer, to: count * inner, from: size * inner },
      { count, to: inner, from: offsets },
      { count: inner, to: 1, from: 1 },
    ];
    return { axes, to: b * outer * count * inner, from: b * outer * size * inner };
  });
}

/** Values of an index operand, forced inside. */
export function indicesInside(values: Values, size: number): readonly number[] {
  return Array.from(values as ArrayLike<number | bigint>, (index) => Math.min(Math.max(Number(index), 0), size - 1));
}

function lowerRunTime(node: LowerNode): readonly KernelCall[] {
  const { batch, outer, size, count, inner } = layoutOf(node);
  const bytes = elementBytes(node.input(0).dtype);
  const indexBytes = elementBytes(node.input(1).dtype);
  const row = inner * bytes;
  return Array.from({ length: batch }, (_, b) => ({
    kernel: "gather_rows",
    arguments: [
      node.out(0, b * outer * count * row),
      node.in(0, b * outer * size * row),
      node.in(1, b * count * indexBytes),
      indexBytes,
      outer,
      count,
      size,
      row,
    ],
  }));
}

export const gather: OperatorDefinition = {
  kind: "gather",
  tflite: [
    {
      builtin: 36,
      name: "GATHER",
      options: {
        tag: 23,
        fields: { axis: { slot: 0, type: "int32", default: 0 }, batchDims: { slot: 1, type: "int32", default: 0 } },
      },
    },
  ],
  check,
  infer,
  reference(node) {
    const layout = layoutOf(node);
    for (const movement of movements(layout, indicesInside(node.value(1), layout.size)))
      moveValues(movement, node.value(0), node.result(0));
  },
  lower(node) {
    const indices = constantIntegers(node, 1);
    if (!indices) return { calls: lowerRunTime(node) };
    const bytes = elementBytes(node.input(0).dtype);
    const [to, from] = [(offset: number) => node.out(0, offset), (offset: number) => node.in(0, offset)];
    return { calls: movements(layoutOf(node), indices).map((movement) => lowerMovement(movement, bytes, to, from)) };
  },
};
