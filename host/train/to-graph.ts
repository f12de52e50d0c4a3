// A trained network as a float Graph: TFLite's operators and its layouts of weights, with the softmax at the end.
//
//   conv        [kh·kw·c, oc] → conv_2d [oc, kh, kw, c]       depthwise  [kh·kw, c] → depthwise_conv_2d [1, kh, kw, c]
//   dense       [k, units] → fully_connected [units, k]       global-average → mean over rows and columns

import type { Attributes, Graph, Operator, Shape, Tensor } from "../graph/graph.ts";
import type { Layer, NetworkLayer } from "./layers.ts";

/** Values of a layer's weights and bias in the layout of training. */
export interface LayerValues {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

interface Step {
  readonly kind: string;
  readonly attributes: Attributes;
  readonly constants: readonly Tensor[];
}

export function toGraph(
  name: string,
  input: Shape,
  layers: readonly NetworkLayer[],
  values: readonly LayerValues[],
): Graph {
  const tensors: Tensor[] = [];
  const operators: Operator[] = [];
  const add = (tensor: Omit<Tensor, "origin">): number => tensors.push({ ...tensor, origin: tensors.length }) - 1;
  const append = ({ kind, attributes, constants }: Step, label: string, shape: Shape): void => {
    const inputs = [last, ...constants.map(add)];
    last = add({ name: label, dtype: "float32", shape });
    operators.push({ kind, inputs, outputs: [last], attributes, origin: operators.length });
  };
  let last = add({ name: "input", dtype: "float32", shape: [1, ...input] });
  let next = 0;
  layers.forEach((layer, index) => {
    const label = `${layer.layer.kind}_${index}`;
    append(stepOf(layer, label, layer.parameters ? values[next++] : undefined), label, [1, ...layer.output]);
  });
  append({ kind: "softmax", attributes: { beta: 1 }, constants: [] }, "scores", tensors[last]!.shape);
  return { name, tensors, operators, inputs: [0], outputs: [last] };
}

function stepOf({ layer, input, window }: NetworkLayer, label: string, values: LayerValues | undefined): Step {
  const constant = (part: string, shape: Shape, data: Float32Array): Tensor => ({
    name: `${label}/${part}`,
    dtype: "float32",
    shape,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  });
  const weighted = (shape: Shape, weights: Float32Array): readonly Tensor[] => [
    constant("weights", shape, weights),
    constant("bias", [values!.bias.length], values!.bias),
  ];
  const channels = input.at(-1)!;
  switch (layer.kind) {
    case "conv": {
      const shape = [layer.channels, ...layer.kernel, channels];
      const constants = weighted(shape, transposed(values!.weights, layer.channels));
      return { kind: "conv_2d", attributes: slidingAttributes(layer), constants };
    }
    case "depthwise": {
      const constants = weighted([1, ...layer.kernel, channels], values!.weights);
      return {
        kind: "depthwise_conv_2d",
        attributes: { ...slidingAttributes(layer), depthMultiplier: 1 },
        constants,
      };
    }
    case "dense": {
      const constants = weighted(
        [layer.units, values!.weights.length / layer.units],
        transposed(values!.weights, layer.units),
      );
      const attributes = {
        activation: layer.activation ?? "none",
        weightsFormat: "default",
        keepNumDims: false,
        asymmetricQuantizeInputs: false,
        quantizedBiasType: "none",
      };
      return { kind: "fully_connected", attributes, constants };
    }
    case "average-pool":
    case "max-pool": {
      const [strideH, strideW] = [window!.y.stride, window!.x.stride];
      const [filterH, filterW] = layer.size;
      const attributes = { padding: "valid", strideH, strideW, filterH, filterW, activation: "none" };
      return { kind: layer.kind === "max-pool" ? "max_pool_2d" : "average_pool_2d", attributes, constants: [] };
    }
    case "global-average": {
      const axes = new Uint8Array(Int32Array.of(1, 2).buffer);
      const tensor: Tensor = { name: `${label}/axes`, dtype: "int32", shape: [2], data: axes };
      return { kind: "mean", attributes: { keepDims: false }, constants: [tensor] };
    }
  }
}

function slidingAttributes(layer: Extract<Layer, { kind: "conv" | "depthwise" }>): Attributes {
  const [strideH, strideW] = layer.stride ?? [1, 1];
  const { padding = "same", activation = "none" } = layer;
  const dilations = { dilationH: 1, dilationW: 1 };
  const biasType = layer.kind === "conv" ? { quantizedBiasType: "none" } : {};
  return { padding, strideH, strideW, activation, ...dilations, ...biasType };
}

/** [rows, columns] → [columns, rows]. */
function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}
