// GATHER_ND: the last dimension of the indices is an address of the input's first dimensions, each address brings the slice
// that lies there. Constant or computed indices as in GATHER; computed ones outside are taken as the nearest inside.

import { elementBytes, elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import type { Shape, Values } from "../graph.ts";
import { lowerMovement, type Movement, moveValues, strides } from "../movement.ts";
import type { CheckedNode, Lowering, LowerNode, Node, OperatorDefinition } from "../operator.ts";
import { movable } from "./data-movement.ts";
import { hasArity, inputHasType, outputHasType } from "./operands.ts";

interface Layout {
  /** Dimensions that an address names. */
  readonly named: Shape;
  readonly addresses: number;
  readonly inner: number;
}

function layoutOf(node: Node): Layout {
  const { shape } = node.input(0);
  const indices = node.input(1).shape;
  const depth = indices.at(-1) ?? 0;
  return {
    named: shape.slice(0, depth),
    addresses: elementCount(indices.slice(0, -1)),
    inner: elementCount(shape.slice(depth)),
  };
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 2) || !inputHasType(node, 0, movable) || !inputHasType(node, 1, ["int32", "int64"])) return;
  outputHasType(node, 0, [node.input(0).dtype]);
  const { kind } = node.operator;
  const depth = node.input(1).shape.at(-1) ?? 0;
  const rank = node.input(0).shape.length;
  if (depth < 1 || depth > rank) {
    node.problem(
      error("attribute", { kind, attribute: "numbers in an address", found: depth, wanted: `1 to ${rank}` }),
    );
    return;
  }
  const { named } = layoutOf(node);
  const values = node.constant(1);
  const outside =
    values &&
    Array.from(values as ArrayLike<number | bigint>, Number).findIndex(
      (index, i) => !(index >= 0 && index < named[i % depth]!),
    );
  if (outside === undefined || outside < 0) return;
  const wanted = `from 0 to ${named[outside % depth]! - 1}`;
  node.problem(error("attribute", { kind, attribute: `index ${outside}`, found: Number(values![outside]), wanted }));
}

function infer(node: Node): readonly Shape[] {
  const indices = node.input(1).shape;
  return [[...indices.slice(0, -1), ...node.input(0).shape.slice(indices.at(-1) ?? 0)]];
}

function movement({ named, addresses, inner }: Layout, indices: Values): Movement {
  const depth = named.length;
  const steps = strides(named).map((stride) => stride * inner);
  const from = Array.from({ length: addresses }, (_, n) =>
    steps.reduce((sum, step, i) => {
      const index = Math.min(Math.max(Number(indices[n * depth + i]), 0), named[i]! - 1);
      return sum + index * step;
    }, 0),
  );
  return {
    axes: [
      { count: addresses, to: inner, from },
      { count: inner, to: 1, from: 1 },
    ],
  };
}

/** Pairs of i32 for each named dimension: its size, bytes from one index to the next. */
function lowerRunTime(node: LowerNode): Lowering {
  const { named, addresses, inner } = layoutOf(node);
  const row = inner * elementBytes(node.input(0).dtype);
  const pairs = new Int32Array(named.flatMap((size, i) => [size, strides(named)[i]! * row]));
  const dimensions = { constant: new Uint8Array(pairs.buffer), label: "dimensions", align: 4 } as const;
  const indexBytes = elementBytes(node.input(1).dtype);
  const places = [node.out(0), node.in(0), node.in(1)];
  return {
    calls: [{ kernel: "gather_nd", arguments: [...places, indexBytes, addresses, dimensions, named.length, row] }],
  };
}

export const gatherNd: OperatorDefinition = {
  kind: "gather_nd",
  tflite: [{ builtin: 107, name: "GATHER_ND", options: { tag: 83, fields: {} } }],
  check,
  infer,
  reference: (node) => moveValues(movement(layoutOf(node), node.value(1)), node.value(0), node.result(0)),
  lower(node) {
    const indices = node.constant(1);
    if (!indices) return lowerRunTime(node);
    const bytes = elementBytes(node.input(0).dtype);
    const [to, from] = [(offset: number) => node.out(0, offset), (offset: number) => node.in(0, offset)];
    return { calls: [lowerMovement(movement(layoutOf(node), indices), bytes, to, from)] };
  },
};
