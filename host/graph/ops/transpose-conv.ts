// TRANSPOSE_CONV: inputs are the output's shape, weights [oc, kh, kw, ic], x [n, h, w, ic], bias [oc]. Each input pixel adds
// its kernel-sized patch to the output; written as a gather, an output sums the taps whose patch covers it:
//
//   y[n, oy, ox, oc] = finish(bias[oc] + Σ ky, kx, ic  w[oc, ky, kx, ic] · (x[n, iy, ix, ic] − zero)),
//   iy = (oy + before − ky) / stride where that is a whole number inside the input; `before` as if y were convolved to x
//
// Taps are visited from the last to the first, which is TFLite's order of additions for floats.

import { activationField, floatClamp } from "../activation.ts";
import { checkFamily, checkSymmetricWeights } from "../check-convolution.ts";
import { family } from "../convolution.ts";
import { elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import { clamp } from "../fixed-point.ts";
import { lowerTransposeConv } from "../lower-transpose-conv.ts";
import type { CheckedNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { type Scaling, scaleSum, scalingOf } from "../scaling.ts";
import { paddingField, type Window, windowOf } from "../window.ts";
import { biasTypes } from "./conv-2d.ts";
import { checkWindow, hasRank } from "./mac-operands.ts";
import { hasArity, integersAreConstant } from "./operands.ts";

/** The node with its operands in the order of a convolution: x, weights, bias. */
function asConvolution<N extends Node>(node: N): N {
  const order = [2, 1, 3];
  return {
    ...node,
    input: (i: number) => node.input(order[i]!),
    has: (i: number) => node.has(order[i]!),
    constant: (i: number) => node.constant(order[i]!),
  };
}

/** The convolution that would take the output to the input. */
function transposedWindow(node: Node): Window {
  const [, kh, kw] = node.input(1).shape as [number, number, number];
  const [, height, width] = outputShape(node) as [number, number, number];
  return windowOf(node.attributes, { y: height, x: width }, { y: kh, x: kw });
}

function outputShape(node: Node): readonly number[] {
  return Array.from(node.constant(0) as ArrayLike<number | bigint>, Number);
}

function scaling(node: Node): Scaling {
  return scalingOf({
    input: node.input(2),
    weights: node.input(1),
    output: node.output(0),
    channels: node.input(1).shape[0]!,
    activation: node.attributes["activation"],
  });
}

function checkShapes(node: CheckedNode): boolean {
  const kind = "transpose_conv";
  const [batches, , , depth] = node.input(2).shape as [number, number, number, number];
  const [channels, , , weightDepth] = node.input(1).shape as [number, number, number, number];
  const wanted = outputShape(node);
  if (depth !== weightDepth) {
    node.problem(
      error("attribute", { kind, attribute: "channels of the weights", found: weightDepth, wanted: `${depth}` }),
    );
    return false;
  }
  const right = wanted[0] === batches && wanted[3] === channels && wanted.every((d) => d > 0 && d < 2 ** 16);
  if (right && elementCount(wanted) <= 2 ** 26) return true;
  const found = `[${wanted.join(", ")}]`;
  const shape = `[${batches}, h, w, ${channels}]`;
  node.problem(error("attribute", { kind, attribute: "output shape", found, wanted: shape }));
  return false;
}

type Term = (pixel: number, weight: number) => void;

/** Taps that reach output pixel (oy, ox): offsets of the input pixel and of weights [oc = 0, ky, kx]. */
function eachTap(node: Node, window: Window, n: number, oy: number, ox: number, visit: Term): void {
  const [, height, width, depth] = node.input(2).shape as [number, number, number, number];
  const { y, x } = window;
  for (let ky = y.kernel - 1; ky >= 0; ky--) {
    const iy = (oy + y.before - ky) / y.stride;
    if (!Number.isInteger(iy) || iy < 0 || iy >= height) continue;
    for (let kx = x.kernel - 1; kx >= 0; kx--) {
      const ix = (ox + x.before - kx) / x.stride;
      if (!Number.isInteger(ix) || ix < 0 || ix >= width) continue;
      visit(((n * height + iy) * width + ix) * depth, (ky * x.kernel + kx) * depth);
    }
  }
}

function eachOutput(node: RunNode, value: (n: number, oy: number, ox: number, oc: number) => number): void {
  const [batches, height, width, channels] = node.output(0).shape as [number, number, number, number];
  const out = node.result(0) as Int8Array;
  let at = 0;
  for (let n = 0; n < batches; n++) {
    for (let oy = 0; oy < height; oy++) {
      for (let ox = 0; ox < width; ox++) {
        for (let oc = 0; oc < channels; oc++) out[at++] = value(n, oy, ox, oc);
      }
    }
  }
}

function runInteger(node: RunNode): void {
  const window = transposedWindow(node);
  const scale = scaling(node);
  const [x, w] = [node.value(2) as Int8Array, node.value(1) as Int8Array];
  const bias = node.has(3) ? node.value(3) : undefined;
  const [, kh, kw, depth] = node.input(1).shape as [number, number, number, number];
  eachOutput(node, (n, oy, ox, oc) => {
    let sum = bias ? Number(bias[oc]!) : 0;
    eachTap(node, window, n, oy, ox, (pixel, weight) => {
      const at = oc * kh * kw * depth + weight;
      for (let ic = 0; ic < depth; ic++) sum += w[at + ic]! * (x[pixel + ic]! - scale.inputZeroPoint);
    });
    return scaleSum(scale, sum, oc);
  });
}

function runFloat(node: RunNode): void {
  const f = Math.fround;
  const window = transposedWindow(node);
  const [x, w] = [node.value(2) as Float32Array, node.value(1) as Float32Array];
  const bias = node.has(3) ? (node.value(3) as Float32Array) : undefined;
  const [low, high] = floatClamp(node.attributes["activation"]);
  const [, kh, kw, depth] = node.input(1).shape as [number, number, number, number];
  eachOutput(node, (n, oy, ox, oc) => {
    let sum = 0;
    eachTap(node, window, n, oy, ox, (pixel, weight) => {
      const at = oc * kh * kw * depth + weight;
      for (let ic = 0; ic < depth; ic++) sum = f(sum + f(x[pixel + ic]! * w[at + ic]!));
    });
    return clamp(f(sum + (bias?.[oc] ?? 0)), low, high);
  });
}

export const transposeConv: OperatorDefinition = {
  kind: "transpose_conv",
  tflite: [
    {
      builtin: 67,
      name: "TRANSPOSE_CONV",
      options: {
        tag: 49,
        fields: {
          padding: paddingField,
          strideW: { slot: 1, type: "int32", default: 0 },
          strideH: { slot: 2, type: "int32", default: 0 },
          activation: activationField(3),
          quantizedBiasType: { slot: 4, type: "enum", names: biasTypes, default: "none" },
        },
      },
    },
  ],
  check(node) {
    if (!hasArity(node, 3, 4) || !integersAreConstant(node, 0, "output shape", 4)) return;
    if (!hasRank(node, 1, 4) || !hasRank(node, 2, 4) || !checkShapes(node)) return;
    if (!checkWindow(node, () => transposedWindow(node))) return;
    const operands = asConvolution(node);
    if (family(operands) === "hybrid") {
      const dtype = "float32 inputs and int8 weights";
      node.problem(error("unsupported-type", { kind: "transpose_conv", what: "operands", dtype }));
      return;
    }
    const right = checkFamily(operands, 2, 0, node.input(1).shape[0]!);
    if (right && family(operands) !== "float32") checkSymmetricWeights(operands);
  },
  infer: (node) => [outputShape(node)],
  reference: (node) => (node.input(2).dtype === "float32" ? runFloat(node) : runInteger(node)),
  macs(node) {
    const [, kh, kw] = node.input(1).shape as [number, number, number];
    return elementCount(node.input(2).shape) * kh * kw * node.input(1).shape[0]!;
  },
  lower(node) {
    const scale = node.input(2).dtype === "float32" ? undefined : scaling(node);
    return lowerTransposeConv(node, transposedWindow(node), scale);
  },
};
