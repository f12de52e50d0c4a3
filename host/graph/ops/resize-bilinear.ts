// RESIZE_BILINEAR: each output pixel mixes four input pixels. Rows, columns and weights depend on shapes alone and are tables
// made here; what is left at run time is the weighted sum per channel.
//
//   integers   weights with 10 fraction bits, sum with 20, rounded to nearest, halves away from zero
//   float32    weights and sum in binary32, in the order of TFLite's reference/resize_bilinear.h

import { elementBytes } from "../dtype.ts";
import { roundAway } from "../fixed-point.ts";
import type { DType } from "../graph.ts";
import type { KernelArgument, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { inputHasType, outputHasType } from "./operands.ts";
import { checkResize, resizedShape, sampling, samplingFields } from "./resize.ts";

const f = Math.fround;

/** Two neighbours along a dimension and the second one's weight: in 1/1024 for integers, binary32 for floats. */
interface Mix {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

function integerMix(node: Node, d: 1 | 2): readonly Mix[] {
  const { alignCorners, halfPixelCenters } = sampling(node);
  const size = node.input(0).shape[d]!;
  const resized = node.output(0).shape[d]!;
  const [from, to] = alignCorners && resized > 1 ? [size - 1, resized - 1] : [size, resized];
  const scale = Math.trunc((1024 * from + Math.trunc(to / 2)) / to);
  return Array.from({ length: resized }, (_, i) => {
    const at = i * scale + (halfPixelCenters ? Math.trunc(scale / 2) - 512 : 0);
    // A scale rounded up can point past the last row, where TFLite reads outside: the last row is meant.
    const low = Math.min(Math.max(Math.trunc(at / 1024), 0), size - 1);
    const high = Math.min(Math.trunc((at + 1023) / 1024), size - 1);
    return { low, high, weight: low === high ? 0 : at - 1024 * low };
  });
}

function floatMix(node: Node, d: 1 | 2): readonly Mix[] {
  const { alignCorners, halfPixelCenters } = sampling(node);
  const size = node.input(0).shape[d]!;
  const resized = node.output(0).shape[d]!;
  const scale = f(alignCorners && resized > 1 ? (size - 1) / (resized - 1) : size / resized);
  return Array.from({ length: resized }, (_, i) => {
    const at = halfPixelCenters ? f(f(f(i + 0.5) * scale) - 0.5) : f(i * scale);
    const low = Math.min(Math.max(Math.floor(at), 0), size - 1);
    const high = Math.min(Math.ceil(at), size - 1);
    return { low, high, weight: f(at - low) };
  });
}

type Sum = (a: number, b: number, c: number, d: number, y: number, x: number) => number;

/** a, b: upper row left and right; c, d: lower row; y, x: weights of the lower row and the right column. */
const integerSum: Sum = (a, b, c, d, y, x) => {
  const sum = a * (1024 - y) * (1024 - x) + c * y * (1024 - x) + b * (1024 - y) * x + d * y * x;
  return roundAway(sum / 2 ** 20);
};

const floatSum: Sum = (a, b, c, d, y, x) => {
  const [above, left] = [f(1 - y), f(1 - x)];
  const upper = f(f(f(a * above) * left) + f(f(c * y) * left));
  return f(f(upper + f(f(b * above) * x)) + f(f(d * y) * x));
};

function reference(node: RunNode): void {
  const isFloat = node.input(0).dtype === "float32";
  const [rows, columns] = [1, 2].map((d) => (isFloat ? floatMix : integerMix)(node, d as 1 | 2)) as [
    readonly Mix[],
    readonly Mix[],
  ];
  const [batches, height, width, channels] = node.input(0).shape as [number, number, number, number];
  const from = node.value(0) as Int8Array;
  const to = node.result(0) as Int8Array;
  const sum = isFloat ? floatSum : integerSum;
  let out = 0;
  for (let batch = 0; batch < batches; batch++)
    for (const row of rows)
      for (const column of columns)
        for (let c = 0; c < channels; c++) {
          const pixel = (y: number, x: number): number => from[((batch * height + y) * width + x) * channels + c]!;
          const [a, b] = [pixel(row.low, column.low), pixel(row.low, column.high)];
          const [p, q] = [pixel(row.high, column.low), pixel(row.high, column.high)];
          to[out++] = sum(a, b, p, q, row.weight, column.weight);
        }
}

/** Per row or column 12 bytes: byte offsets of both neighbours (i32), weight (i32 or f32). */
function mixTable(mixes: readonly Mix[], stride: number, isFloat: boolean): KernelArgument {
  const table = new DataView(new ArrayBuffer(12 * mixes.length));
  mixes.forEach(({ low, high, weight }, i) => {
    table.setInt32(12 * i, low * stride, true);
    table.setInt32(12 * i + 4, high * stride, true);
    if (isFloat) table.setFloat32(12 * i + 8, weight, true);
    else table.setInt32(12 * i + 8, weight, true);
  });
  return { constant: new Uint8Array(table.buffer), label: "neighbours", align: 4 };
}

const kernels: Partial<Record<DType, string>> = {
  int8: "resize_bilinear_s8",
  int16: "resize_bilinear_s16",
  float32: "resize_bilinear_f32",
};
const types = Object.keys(kernels) as DType[];

export const resizeBilinear: OperatorDefinition = {
  kind: "resize_bilinear",
  tflite: [{ builtin: 23, name: "RESIZE_BILINEAR", options: { tag: 15, fields: samplingFields(2) } }],
  check(node) {
    if (!checkResize(node) || !inputHasType(node, 0, types)) return;
    outputHasType(node, 0, [node.input(0).dtype]);
  },
  infer: (node) => [resizedShape(node)],
  reference,
  lower(node) {
    const { dtype, shape } = node.input(0);
    const [batches, height, width, channels] = shape as [number, number, number, number];
    const isFloat = dtype === "float32";
    const pixel = channels * elementBytes(dtype);
    const mix = isFloat ? floatMix : integerMix;
    const rows = mixTable(mix(node, 1), width * pixel, isFloat);
    const columns = mixTable(mix(node, 2), pixel, isFloat);
    const [outHeight, outWidth] = [node.output(0).shape[1]!, node.output(0).shape[2]!];
    const calls = Array.from({ length: batches }, (_, batch) => ({
      kernel: kernels[dtype]!,
      arguments: [
        node.out(0, batch * outHeight * outWidth * pixel),
        node.in(0, batch * height * width * pixel),
        rows,
        outHeight,
        columns,
        outWidth,
        channels,
      ],
    }));
    return { calls };
  },
};
