// Every operator that rules.ts has a row for, alone: quantised by samples, it computes nearly what it computes in float.

import { describe, expect, it } from "vitest";
import { type Graph, runReference, type Values } from "../../host/graph/graph.ts";
import { quantize } from "../../host/quantize/quantize.ts";
import { rules } from "../../host/quantize/rules.ts";
import { randomFrom } from "../../host/train/train.ts";
import { type Case, graphOf, int32, type Operand } from "../ops/many-operators.ts";

const x = (...shape: number[]): Operand => ({ dtype: "float32", shape });
const random = randomFrom(11);
const constant = (...shape: number[]): Operand => ({
  ...x(...shape),
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1),
});
const truth: Operand = { dtype: "bool", shape: [2, 3], values: [1, 0, 0, 1, 1, 0] };
const image = x(1, 4, 4, 2);

const cases: Readonly<Record<string, Omit<Case, "kind">>> = {
  ...on(["add", "sub", "mul"], { inputs: [x(2, 3), x(2, 3)] }),
  ...on(["squared_difference", "maximum", "minimum"], { inputs: [x(2, 3), constant(3)] }),
  ...on(["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"], {
    inputs: [x(20, 3), x(20, 3)],
    outputs: [{ dtype: "bool" }],
  }),
  ...on(["relu", "relu6", "relu_n1_to_1", "relu_0_to_1", "abs", "neg", "elu", "hard_swish"], { inputs: [x(4, 9)] }),
  ...on(["exp", "log", "sqrt", "rsqrt", "logistic", "tanh", "log_softmax", "l2_normalization"], { inputs: [x(4, 9)] }),
  gelu: { inputs: [x(4, 9)], attributes: { approximate: false } },
  leaky_relu: { inputs: [x(4, 9)], attributes: { alpha: Math.fround(0.1) } },
  softmax: { inputs: [x(4, 9)], attributes: { beta: 1 } },
  prelu: { inputs: [x(1, 4, 4, 2), constant(1, 1, 2)] },
  ...on(["mean", "sum", "reduce_max", "reduce_min"], { inputs: [x(2, 5, 3), int32([1])] }),
  ...on(["arg_max", "arg_min"], { inputs: [x(9, 3), int32([1])], outputs: [{ dtype: "int32" }] }),
  batch_matmul: { inputs: [x(2, 3, 8), x(2, 8, 5)] },
  reshape: { inputs: [x(2, 3), int32([6])], attributes: { newShape: [6] } },
  squeeze: { inputs: [x(2, 1, 3)], attributes: { squeezeDims: [1] } },
  expand_dims: { inputs: [x(2, 3), int32([0], [])] },
  ...on(["average_pool_2d", "max_pool_2d"], {
    inputs: [image],
    attributes: { padding: "same", strideH: 2, strideW: 2, filterH: 2, filterW: 2 },
  }),
  concatenation: { inputs: [x(2, 3), constant(2, 1), x(2, 2)], attributes: { axis: 1 } },
  pack: { inputs: [x(2, 3), x(2, 3)], attributes: { valuesCount: 2, axis: 0 } },
  unpack: { inputs: [x(2, 3)], attributes: { num: 2, axis: 0 }, outputs: floats(2) },
  pad: { inputs: [x(2, 3), int32([1, 0, 0, 2], [2, 2])] },
  padv2: { inputs: [x(2, 3), int32([1, 0, 0, 2], [2, 2]), { ...x(), values: [-1.5] }] },
  mirror_pad: { inputs: [x(2, 3), int32([1, 0, 0, 2], [2, 2])], attributes: { mode: "reflect" } },
  slice: { inputs: [x(2, 3), int32([0, 1]), int32([2, 2])] },
  strided_slice: { inputs: [x(4, 3), int32([0, 0]), int32([4, 3]), int32([2, 1])] },
  split: { inputs: [int32([1], []), x(2, 4)], attributes: { numSplits: 2 }, outputs: floats(2) },
  split_v: { inputs: [x(2, 4), int32([1, 3]), int32([1], [])], attributes: { numSplits: 2 }, outputs: floats(2) },
  transpose: { inputs: [x(2, 3), int32([1, 0])] },
  gather: { inputs: [x(4, 3), int32([2, 0])], attributes: { axis: 0 } },
  gather_nd: { inputs: [x(4, 3), int32([2, 0], [2, 1])] },
  tile: { inputs: [x(2, 3), int32([2, 1])] },
  broadcast_to: { inputs: [x(1, 3), int32([4, 3])] },
  reverse_v2: { inputs: [x(2, 3), int32([1])] },
  ...on(["resize_bilinear", "resize_nearest_neighbor"], { inputs: [image, int32([7, 6])] }),
  ...on(["space_to_depth", "depth_to_space"], { inputs: [x(1, 4, 4, 4)], attributes: { blockSize: 2 } }),
  space_to_batch_nd: { inputs: [image, int32([2, 2]), int32([0, 0, 0, 0], [2, 2])] },
  batch_to_space_nd: { inputs: [x(4, 2, 2, 2), int32([2, 2]), int32([0, 0, 0, 0], [2, 2])] },
  ...on(["select", "select_v2"], { inputs: [truth, x(2, 3), x(2, 3)], like: 1 }),
  topk_v2: { inputs: [x(2, 9), int32([3], [])], outputs: [{ dtype: "float32" }, { dtype: "int32" }] },
  conv_2d: { inputs: [image, constant(6, 3, 3, 2), constant(6)], attributes: sliding() },
  depthwise_conv_2d: { inputs: [image, constant(1, 3, 3, 4)], attributes: { ...sliding(), depthMultiplier: 2 } },
  transpose_conv: { inputs: [int32([1, 8, 8, 3]), constant(3, 2, 2, 2), image], attributes: transposed(), like: 2 },
  fully_connected: { inputs: [x(3, 16), constant(5, 16), constant(5)] },
};

function on(kinds: readonly string[], one: Omit<Case, "kind">): Record<string, Omit<Case, "kind">> {
  return Object.fromEntries(kinds.map((kind) => [kind, one]));
}

function floats(count: number) {
  return Array.from({ length: count }, () => ({ dtype: "float32" as const }));
}

function sliding() {
  return { padding: "same", strideH: 1, strideW: 1 };
}

function transposed() {
  return { padding: "same", strideH: 2, strideW: 2 };
}

/** Roots and logarithms: away from 0 and below. */
const positive = new Set(["log", "sqrt", "rsqrt"]);

function sampleOf(graph: Graph, kind: string): Float32Array[] {
  const [low, high] = positive.has(kind) ? [0.5, 2] : [-1, 1];
  return graph.inputs.map((tensor) => {
    const length = graph.tensors[tensor]!.shape.reduce((a, b) => a * b, 1);
    return Float32Array.from({ length }, () => low + (high - low) * random());
  });
}

/** Quantised inputs, as integers and as the real numbers they stand for: the float model gets the same ones. */
function quantizedInputs(int8: Graph, sample: readonly Float32Array[]) {
  const integers = sample.map((values, i) => {
    const { scales, zeroPoints } = int8.tensors[int8.inputs[i]!]!.quantization!;
    return Int8Array.from(values, (v) => Math.max(-128, Math.min(127, Math.round(v / scales[0]!) + zeroPoints[0]!)));
  });
  return { integers, reals: integers.map((values, i) => real(int8, int8.inputs[i]!, values)) };
}

function real(int8: Graph, tensor: number, values: Values): Float32Array {
  const { quantization } = int8.tensors[tensor]!;
  if (!quantization) return Float32Array.from(values as Int8Array);
  return Float32Array.from(values as Int8Array, (q) => (q - quantization.zeroPoints[0]!) * quantization.scales[0]!);
}

describe("quantised operators", () => {
  it("has a case for every rule", () => {
    expect(Object.keys(cases).sort()).toEqual([...rules.keys()].sort());
  });

  it.each(Object.keys(cases))("%s", (kind) => {
    const float = graphOf([{ kind, ...cases[kind]! }]);
    const int8 = quantize(
      float,
      Array.from({ length: 20 }, () => sampleOf(float, kind)),
    );
    const { integers, reals } = quantizedInputs(int8, sampleOf(float, kind));
    const [want, got] = [runReference(float, reals), runReference(int8, integers)];
    for (const output of float.outputs) {
      const [a, b] = [Array.from(want[output] as Float32Array), real(int8, output, got[output]!)];
      const scale = int8.tensors[output]!.quantization?.scales[0];
      // Integers (indices, truths) are those of the float model; others are within two and a half steps, weights' steps included.
      const wrong = a.filter((value, i) => Math.abs(value - b[i]!) > (scale === undefined ? 0 : 2.5 * scale));
      expect(wrong.length / a.length, `${wrong} of ${a}, got ${b}`).toBeLessThanOrEqual(scale === undefined ? 0.05 : 0);
    }
  });
});
