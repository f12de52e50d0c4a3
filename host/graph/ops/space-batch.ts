// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: every block-th element of the spatial dimensions becomes an image of its own, and
// back; used by converters around dilated convolutions. With p = index + padding (or crop) of a spatial dimension:
//
//   batch[(p_0 % block_0 · block_1 + p_1 % block_1 …) · B + b, p_0 / block_0, p_1 / block_1 …, c] = space[b, i_0, i_1 …, c]
//
// Padding is real 0, the zero point (TFLite; TFLite Micro writes 0 there, which data/README.md calls wrong).

import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { type Axis, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { certain, movementOperator } from "./data-movement.ts";
import { constantIntegers, hasArity, integersAreConstant } from "./operands.ts";
import { zeroElement } from "./pad.ts";

interface Blocks {
  readonly sizes: readonly number[];
  /** Paddings or crops, before and after, of each spatial dimension. */
  readonly edges: readonly (readonly [before: number, after: number])[];
  readonly total: number;
}

function blocksOf(node: Node): Blocks {
  const sizes = certain(constantIntegers(node, 1));
  const values = certain(constantIntegers(node, 2));
  const edges = sizes.map((_, i): readonly [number, number] => [values[2 * i]!, values[2 * i + 1]!]);
  return { sizes, edges, total: sizes.reduce((product, size) => product * size, 1) };
}

function check(node: CheckedNode, edgeName: string, fits: (shape: Shape, blocks: Blocks) => boolean): boolean {
  if (!hasArity(node, 3)) return false;
  const { shape } = node.input(0);
  const spatial = node.input(1).shape[0] ?? 0;
  const known = [
    integersAreConstant(node, 1, "block_shape", spatial),
    integersAreConstant(node, 2, edgeName, 2 * spatial),
  ];
  if (known.includes(false)) return false;
  const blocks = blocksOf(node);
  const sound = blocks.sizes.every((size) => size >= 1) && blocks.edges.flat().every((size) => size >= 0);
  if (spatial >= 1 && shape.length > spatial && sound && fits(shape, blocks)) return true;
  const found = `[${blocks.sizes.join(", ")}] and [${blocks.edges.flat().join(", ")}] on [${shape.join(", ")}]`;
  const attribute = `block_shape and ${edgeName}`;
  const wanted = "blocks that divide the dimensions evenly";
  node.problem(error("attribute", { kind: node.operator.kind, attribute, found, wanted }));
  return false;
}

/** Axes of the spatial form, with strides there and offsets in the batch form. */
function walk(
  space: Shape,
  batch: Shape,
  { sizes, edges }: Blocks,
): readonly { axis: Axis; batch: readonly number[] }[] {
  const [s, b] = [strides(space), strides(batch)];
  return space.map((count, i) => {
    const block = sizes[i - 1];
    const axis: Axis = { count, to: s[i]!, from: s[i]! };
    if (i === 0 || block === undefined) return { axis, batch: Array.from({ length: count }, (_, k) => k * b[i]!) };
    const images = sizes.slice(i).reduce((product, size) => product * size, space[0]!);
    const offsets = Array.from({ length: count }, (_, k) => {
      const p = k + edges[i - 1]![0];
      return (p % block) * images * b[0]! + Math.floor(p / block) * b[i]!;
    });
    return { axis, batch: offsets };
  });
}

export const spaceToBatch = movementOperator({
  kind: "space_to_batch_nd",
  tflite: [{ builtin: 38, name: "SPACE_TO_BATCH_ND", options: { tag: 25, fields: {} } }],
  check: (node) =>
    check(node, "paddings", (shape, { sizes, edges }) =>
      sizes.every((size, i) => (shape[i + 1]! + edges[i]![0] + edges[i]![1]) % size === 0),
    ),
  infer(node) {
    const { sizes, edges, total } = blocksOf(node);
    return [
      node.input(0).shape.map((count, i) => {
        const edge = edges[i - 1];
        return i === 0 ? count * total : edge ? (count + edge[0] + edge[1]) / sizes[i - 1]! : count;
      }),
    ];
  },
  transfers(node) {
    const axes = walk(node.input(0).shape, node.output(0).shape, blocksOf(node)).map(
      ({ axis, batch }): Axis => ({ ...axis, to: batch }),
    );
    return [{ input: 0, output: 0, movement: { axes } }];
  },
  fill: (node) =>
    blocksOf(node)
      .edges.flat()
      .some((size) => size > 0)
      ? zeroElement(node)
      : undefined,
});

export const batchToSpace = movementOperator({
  kind: "batch_to_space_nd",
  tflite: [{ builtin: 37, name: "BATCH_TO_SPACE_ND", options: { tag: 24, fields: {} } }],
  check: (node) =>
    check(
      node,
      "crops",
      (shape, { sizes, edges, total }) =>
        shape[0]! % total === 0 && sizes.every((size, i) => shape[i + 1]! * size > edges[i]![0] + edges[i]![1]),
    ),
  infer(node) {
    const { sizes, edges, total } = blocksOf(node);
    return [
      node.input(0).shape.map((count, i) => {
        const edge = edges[i - 1];
        return i === 0 ? count / total : edge ? count * sizes[i - 1]! - edge[0] - edge[1] : count;
      }),
    ];
  },
  transfers(node) {
    const axes = walk(node.output(0).shape, node.input(0).shape, blocksOf(node)).map(
      ({ axis, batch }): Axis => ({ ...axis, from: batch }),
    );
    return [{ input: 0, output: 0, movement: { axes } }];
  },
});
