// A network's logits for a batch, and its loss, as JAX arrays: what is differentiated and compiled.
//
// jax-js's own convolutions are slow on a CPU, its matrix products are not, so a convolution is taken apart into taps: one
// shifted (and strided) view of the padded input per kernel position. Side by side they are the matrix of a product.
// Arrays belong to who receives them: every function here consumes its arguments, and `x.ref` keeps one for another use.

import type { numpy } from "@jax-js/jax";
import type { Window, WindowAxis } from "../graph/graph.ts";
import type { Activation, NetworkLayer } from "./layers.ts";

export type Jax = typeof import("@jax-js/jax");
export type NdArray = numpy.Array;
/** Weights and bias of each layer that has them, in order. */
export type Parameters = NdArray[][];

/** Mean softmax cross-entropy of a batch [n, …] against one-hot labels [n, classes]. */
export function loss(
  jax: Jax,
  layers: readonly NetworkLayer[],
  parameters: Parameters,
  x: NdArray,
  labels: NdArray,
): NdArray {
  const n = labels.shape[0]!;
  const likelihood = jax.nn.logSoftmax(logits(jax, layers, parameters, x), -1).mul(labels);
  return likelihood.sum().mul(-1 / n);
}

function logits(jax: Jax, layers: readonly NetworkLayer[], parameters: Parameters, x: NdArray): NdArray {
  let next = 0;
  let values = x;
  for (const layer of layers) values = apply(jax, layer, layer.parameters ? parameters[next++]! : [], values);
  return values;
}

function apply(jax: Jax, { layer, window, output }: NetworkLayer, parameters: NdArray[], x: NdArray): NdArray {
  const n = x.shape[0]!;
  const [weights, bias] = parameters as [NdArray, NdArray];
  switch (layer.kind) {
    case "dense": {
      const rows = x.reshape([n, weights.shape[0]!]);
      return activate(jax, layer.activation, jax.numpy.matmul(rows, weights).add(bias));
    }
    case "conv": {
      const depth = weights.shape[0]!;
      const pixels = n * window!.y.output * window!.x.output;
      const columns = jax.numpy.concatenate(taps(jax, x, window!), -1).reshape([pixels, depth]);
      const product = jax.numpy.matmul(columns, weights).add(bias);
      return activate(jax, layer.activation, product.reshape([n, ...output]));
    }
    case "depthwise": {
      const products = taps(jax, x, window!).map((tap, t) => tap.mul(weights.ref.slice(t)));
      weights.dispose();
      return activate(jax, layer.activation, products.reduce((a, b) => a.add(b)).add(bias));
    }
    case "average-pool": {
      const views = taps(jax, x, window!);
      return views.reduce((a, b) => a.add(b)).mul(1 / views.length);
    }
    case "max-pool":
      return taps(jax, x, window!).reduce((a, b) => jax.numpy.maximum(a, b));
    case "global-average":
      return jax.numpy.mean(x, [1, 2]);
  }
}

function activate(jax: Jax, activation: Activation | undefined, x: NdArray): NdArray {
  if (activation === "relu") return jax.nn.relu(x);
  return activation === "relu6" ? jax.nn.relu6(x) : x;
}

/**
 * The input as each kernel position sees it, [n, rows, columns, c] each. There are no strided slices: the padded image is
 * cut into strides, [n, h / s, s, w / s, s', c], where tap t is phase t mod s of the blocks from t div s on.
 */
function taps(jax: Jax, x: NdArray, { y, x: across }: Window): NdArray[] {
  const [n, , , channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [blocksOf(y), blocksOf(across)];
  const kept = x.slice([], [0, rows.kept], [0, columns.kept]);
  const padded = jax.numpy.pad(kept, [[0, 0], rows.pad, columns.pad, [0, 0]]);
  const blocks = padded.reshape([n, rows.count, y.stride, columns.count, across.stride, channels]);
  const views: NdArray[] = [];
  for (let ky = 0; ky < y.kernel; ky++) {
    for (let kx = 0; kx < across.kernel; kx++) {
      const [row, column] = [Math.floor(ky / y.stride), Math.floor(kx / across.stride)];
      const from: [number, number] = [row, row + y.output];
      const to: [number, number] = [column, column + across.output];
      views.push(blocks.ref.slice([], from, ky % y.stride, to, kx % across.stride));
    }
  }
  blocks.dispose();
  return views;
}

/** How many strides the windows of an axis reach over, which input elements are in them, and zeros on both sides. */
function blocksOf({ input, kernel, stride, output, before }: WindowAxis) {
  const count = Math.floor((kernel - 1) / stride) + output;
  const kept = Math.min(input, count * stride - before);
  const pad: [number, number] = [before, count * stride - before - kept];
  return { count, kept, pad };
}
