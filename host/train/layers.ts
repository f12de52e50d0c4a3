// The layers that can be trained, and a network of them: shapes worked out, parameters laid out, all checked.
//
//   conv        parameters [kh · kw · c, channels] (rows in the order of the taps) and [channels]: one matrix product
//   depthwise   [kh · kw, c] and [c]: a sum of shifted inputs
//   dense       [k, units] and [units]; an image is taken as one row of values
//   average-pool, max-pool, global-average: none
//
// A network ends in logits; the softmax belongs to the loss, and to the Graph that is made (to-graph.ts).

import type { Shape } from "../graph/graph.ts";
import { type Window, windowOf } from "../graph/graph.ts";
import { error } from "./errors.ts";

type Pair = readonly [y: number, x: number];
export type Activation = "none" | "relu" | "relu6";

export type Layer =
  | {
      readonly kind: "conv";
      readonly channels: number;
      readonly kernel: Pair;
      readonly stride?: Pair;
      readonly padding?: "same" | "valid";
      readonly activation?: Activation;
    }
  | {
      readonly kind: "depthwise";
      readonly kernel: Pair;
      readonly stride?: Pair;
      readonly padding?: "same" | "valid";
      readonly activation?: Activation;
    }
  | { readonly kind: "dense"; readonly units: number; readonly activation?: Activation }
  | { readonly kind: "average-pool" | "max-pool"; readonly size: Pair; readonly stride?: Pair } // valid padding
  | { readonly kind: "global-average" };

export interface NetworkLayer {
  readonly layer: Layer;
  /** Without the batch: [h, w, c] or [k]. */
  readonly input: Shape;
  readonly output: Shape;
  /** Of layers that slide over an image. */
  readonly window?: Window;
  /** Shapes of weights and bias; undefined where there are none. */
  readonly parameters?: { readonly weights: Pair; readonly bias: number; readonly fanIn: number };
}

/** The layers with their shapes, from an input [h, w, c] or [k] to `classes` logits. */
export function network(input: Shape, layers: readonly Layer[], classes: number): NetworkLayer[] {
  if (layers.length === 0) throw error("bad-data", { what: "layers", found: 0, wanted: "1 or more" });
  let shape = input;
  const made = layers.map((layer, index) => {
    const found = networkLayer(layer, index, shape);
    shape = found.output;
    return found;
  });
  if (shape.length === 1 && shape[0] === classes) return made;
  const problem = `the last layer gives [${shape.join(", ")}], the data has ${classes} classes`;
  throw error("bad-layer", { layer: layers.length - 1, kind: layers.at(-1)!.kind, problem });
}

function networkLayer(layer: Layer, index: number, input: Shape): NetworkLayer {
  const fail = (problem: string) => error("bad-layer", { layer: index, kind: layer.kind, problem });
  if (layer.kind === "dense") {
    const size = input.reduce((product, dimension) => product * dimension, 1);
    if (!isSize(layer.units)) throw fail(`${layer.units} units`);
    return { layer, input, output: [layer.units], parameters: parameters(size, layer.units) };
  }
  if (input.length !== 3) throw fail(`its input is [${input.join(", ")}], it needs [height, width, channels]`);
  const [height, width, channels] = input as [number, number, number];
  if (layer.kind === "global-average") return { layer, input, output: [channels] };
  const kernel = isPool(layer) ? layer.size : layer.kernel;
  const [strideH, strideW] = layer.stride ?? (isPool(layer) ? layer.size : [1, 1]);
  if (![...kernel, strideH, strideW].every(isSize)) throw fail(`kernel ${kernel}, stride ${strideH},${strideW}`);
  const padding = isPool(layer) ? "valid" : (layer.padding ?? "same");
  const window = windowOf({ padding, strideH, strideW }, { y: height, x: width }, { y: kernel[0], x: kernel[1] });
  const [rows, columns] = [window.y.output, window.x.output];
  if (rows < 1 || columns < 1) throw fail(`a kernel of ${kernel[0]} × ${kernel[1]} on ${height} × ${width}`);
  const taps = kernel[0] * kernel[1];
  if (isPool(layer)) return { layer, input, output: [rows, columns, channels], window };
  if (layer.kind === "depthwise")
    return { layer, input, output: [rows, columns, channels], window, parameters: parameters(taps, channels) };
  if (!isSize(layer.channels)) throw fail(`${layer.channels} channels`);
  const output = [rows, columns, layer.channels];
  return { layer, input, output, window, parameters: parameters(taps * channels, layer.channels) };
}

type Pool = Extract<Layer, { readonly kind: "average-pool" | "max-pool" }>;

function isPool(layer: Layer): layer is Pool {
  return layer.kind === "average-pool" || layer.kind === "max-pool";
}

function parameters(fanIn: number, outputs: number): NonNullable<NetworkLayer["parameters"]> {
  return { weights: [fanIn, outputs], bias: outputs, fanIn };
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
