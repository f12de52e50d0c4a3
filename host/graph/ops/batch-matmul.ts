// BATCH_MATMUL: x [.., m, k] times y [.., k, n] (adj_x, adj_y: the last two dimensions stand transposed); leading dimensions
// broadcast. int8 and int16 by fixed-point scaling per tensor, both zero points subtracted; float32 sums over k in order.

import { elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { lowerMatrixProduct, type MatrixProduct } from "../lower-matrix.ts";
import type { CheckedNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { fitsReduced, scaleSum, scalingOf } from "../scaling.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType } from "./operands.ts";

/** Offsets, in elements, of each batch's matrices; a dimension of size 1 is repeated. */
function batchOffsets(left: Shape, right: Shape, dimensions: Shape): MatrixProduct["batches"] {
  const strides = (shape: Shape): number[] =>
    shape.map((size, i) => (size === 1 ? 0 : elementCount(shape.slice(i + 1))));
  const [ls, rs] = [strides(left), strides(right)];
  return Array.from({ length: elementCount(dimensions.slice(0, -2)) }, (_, batch) => {
    let rest = batch;
    const at = { left: 0, right: 0 };
    for (let i = dimensions.length - 3; i >= 0; i--) {
      const index = rest % dimensions[i]!;
      rest = Math.floor(rest / dimensions[i]!);
      at.left += index * ls[i]!;
      at.right += index * rs[i]!;
    }
    return at;
  });
}

function extended(shape: Shape, rank: number): Shape {
  return [...Array<number>(rank - shape.length).fill(1), ...shape];
}

function outputShape(node: Node): Shape {
  const [x, y] = [node.input(0).shape, node.input(1).shape];
  const rank = Math.max(x.length, y.length);
  const [left, right] = [extended(x, rank), extended(y, rank)];
  const rows = node.attributes["adjX"] ? left.at(-1)! : left.at(-2)!;
  const columns = node.attributes["adjY"] ? right.at(-2)! : right.at(-1)!;
  return [...left.slice(0, -2).map((size, i) => (size === 1 ? right[i]! : size)), rows, columns];
}

function matrixProduct(node: Node): MatrixProduct {
  const shape = outputShape(node);
  const [left, right] = [extended(node.input(0).shape, shape.length), extended(node.input(1).shape, shape.length)];
  const { adjX, adjY } = node.attributes;
  const quantised = node.input(0).dtype !== "float32";
  const scaling = {
    input: node.input(0),
    weights: node.input(1),
    output: node.output(0),
    channels: 1,
    activation: "none",
    product: "binary32",
  } as const;
  return {
    rows: shape.at(-2)!,
    columns: shape.at(-1)!,
    depth: adjX ? left.at(-2)! : left.at(-1)!,
    batches: batchOffsets(left, right, shape),
    leftStrides: adjX ? [1, left.at(-1)!] : [left.at(-1)!, 1],
    rightStrides: adjY ? [1, right.at(-1)!] : [right.at(-1)!, 1],
    scaling: quantised ? scalingOf(scaling) : undefined,
    bias: undefined,
  };
}

function checkShapes(node: CheckedNode): boolean {
  const [x, y] = [node.input(0).shape, node.input(1).shape];
  const rank = Math.max(x.length, y.length);
  const [left, right] = [extended(x, rank), extended(y, rank)];
  const deep = node.attributes["adjX"] ? left.at(-2) : left.at(-1);
  const wide = node.attributes["adjY"] ? right.at(-1) : right.at(-2);
  const batches = left.slice(0, -2).every((size, i) => size === right[i] || size === 1 || right[i] === 1);
  if (x.length >= 2 && y.length >= 2 && deep === wide && batches && elementCount([...x, ...y]) > 0) return true;
  const found = `[${x.join(", ")}] times [${y.join(", ")}]`;
  const wanted = "matrices that can be multiplied";
  node.problem(error("attribute", { kind: "batch_matmul", attribute: "shapes", found, wanted }));
  return false;
}

function checkTypes(node: CheckedNode): void {
  if (!inputHasType(node, 0, ["int8", "int16", "float32"])) return;
  const { dtype } = node.input(0);
  if (!inputHasType(node, 1, [dtype]) || !outputHasType(node, 0, [dtype]) || dtype === "float32") return;
  const operands = [isQuantizedPerTensor(node, "input", 0), isQuantizedPerTensor(node, "input", 1)];
  if (!isQuantizedPerTensor(node, "output", 0) || operands.includes(false) || dtype !== "int16") return;
  const zeros = [node.input(0), node.input(1), node.output(0)].map(({ quantization }) => quantization!.zeroPoints[0]);
  const [x, y, out] = [node.input(0), node.input(1), node.output(0)].map(
    ({ quantization }) => quantization!.scales[0]!,
  );
  const factor = Math.fround(x! * y!) / out!;
  if (!fitsReduced(factor)) {
    const what = "the rescaling factor";
    node.problem(error("type-mismatch", { kind: "batch_matmul", what, found: `${factor}`, wanted: "below 128" }));
  }
  if (zeros.every((zero) => zero === 0)) return;
  const found = zeros.join(", ");
  node.problem(error("type-mismatch", { kind: "batch_matmul", what: "int16 zero points", found, wanted: "0" }));
}

function run(node: RunNode): void {
  const f = Math.fround;
  const product = matrixProduct(node);
  const { scaling, rows, columns, depth } = product;
  const [left, right] = [node.value(0) as Float32Array, node.value(1) as Float32Array];
  const out = node.result(0) as Float32Array;
  const [lr, lk] = product.leftStrides;
  const [rk, rc] = product.rightStrides;
  let at = 0;
  for (const batch of product.batches) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const a = left[batch.left + row * lr + k * lk]!;
          const b = right[batch.right + k * rk + column * rc]!;
          sum = scaling ? sum + (a - scaling.inputZeroPoint) * (b - scaling.weightZeroPoint) : f(sum + f(a * b));
        }
        out[at++] = scaling ? scaleSum(scaling, sum, 0) : sum;
      }
    }
  }
}

export const batchMatmul: OperatorDefinition = {
  kind: "batch_matmul",
  tflite: [
    {
      builtin: 126,
      name: "BATCH_MATMUL",
      options: {
        tag: 101,
        fields: {
          adjX: { slot: 0, type: "bool", default: false },
          adjY: { slot: 1, type: "bool", default: false },
          asymmetricQuantizeInputs: { slot: 2, type: "bool", default: false },
        },
      },
    },
  ],
  check(node) {
    if (hasArity(node, 2) && checkShapes(node)) checkTypes(node);
  },
  infer: (node) => [outputShape(node)],
  reference: run,
  macs: (node) => elementCount(outputShape(node)) * matrixProduct(node).depth,
  lower: (node) => lowerMatrixProduct(node, matrixProduct(node)),
};
