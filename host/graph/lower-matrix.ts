// Products of two matrices that are both in memory as they stand: batched products, and dense layers whose weights are
// computed at run time or have a zero point. Kernels: assembly/kernels/matrix.ts; strides make transposing free.

import { floatClamp } from "./activation.ts";
import type { Values } from "./graph.ts";
import type { KernelArgument, Lowering, LowerNode } from "./operator.ts";
import { reducedMultiplier, type Scaling } from "./scaling.ts";
import { bytesOfFloat32, bytesOfInt32 } from "./words.ts";

export interface MatrixProduct {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Offsets in elements of the matrices of each batch; the output's follow each other. */
  readonly batches: readonly { readonly left: number; readonly right: number }[];
  /** Elements between rows, and between steps of depth, of the left operand. */
  readonly leftStrides: readonly [row: number, depth: number];
  /** Elements between steps of depth, and between columns, of the right operand. */
  readonly rightStrides: readonly [depth: number, column: number];
  readonly scaling: Scaling | undefined;
  /** One value a column. */
  readonly bias: Values | undefined;
}

export function lowerMatrixProduct(node: LowerNode, product: MatrixProduct): Lowering {
  const { rows, columns, depth, batches, scaling } = product;
  const dtype = node.input(0).dtype;
  const size = { int8: 1, int16: 2, float32: 4 }[dtype as "int8"];
  const offsets = bytesOfInt32(batches.flatMap(({ left, right }) => [left * size, right * size]));
  const biases = Array.from({ length: columns }, (_, i) => Number(product.bias?.[i] ?? 0));
  const bias = scaling ? bytesOfInt32(biases) : bytesOfFloat32(biases);
  const [lr, lk] = product.leftStrides.map((stride) => stride * size) as [number, number];
  const [rk, rc] = product.rightStrides.map((stride) => stride * size) as [number, number];
  const shape: KernelArgument[] = [
    node.out(0),
    node.in(0),
    node.in(1),
    { constant: bias, label: "bias", align: 4 },
    { constant: offsets, label: "batches", align: 4 },
    ...[batches.length, rows, columns, depth, lr, lk, rk, rc],
  ];
  if (!scaling) {
    const [low, high] = floatClamp(node.attributes["activation"] ?? "none");
    return { calls: [{ kernel: "matrix_product_f32", arguments: [...shape, { f32: low }, { f32: high }] }] };
  }
  const { multiplier, shift } = scaling.multipliers[0]!;
  if (scaling.accumulator === 64) {
    const tail = [reducedMultiplier({ multiplier, shift }), 15 - shift, scaling.low, scaling.high];
    return { calls: [{ kernel: "matrix_product_s16", arguments: [...shape, ...tail] }] };
  }
  const zeros = [scaling.inputZeroPoint, scaling.weightZeroPoint, scaling.outputZeroPoint];
  const tail = [...zeros, multiplier, shift, scaling.low, scaling.high];
  return { calls: [{ kernel: "matrix_product_s8", arguments: [...shape, ...tail] }] };
}
