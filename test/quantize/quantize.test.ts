// The int8 model against the float model it was made from: values, numbers of the quantisation, refusals.

import { describe, expect, it } from "vitest";
import { exportTflite } from "../../host/export/export.ts";
import { elementCount, type Graph, runReference, toValues } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { quantize } from "../../host/quantize/quantize.ts";
import { engines } from "../engines.ts";
import { FloatGraph, samplesFor } from "./float-graph.ts";

const pool = { padding: "valid", strideH: 2, strideW: 2, filterH: 2, filterW: 2, activation: "none" };

/** Convolutions, pools, a sum, a concatenation, a mean, a dense layer, a softmax. */
function network(): Graph {
  const net = new FloatGraph();
  const a = net.convolution(net.input([1, 8, 8, 3]), 6, { activation: "relu" });
  const b = net.operator("add", [a, net.depthwise(a)], [1, 8, 8, 6], { activation: "none", potScaleInt16: true });
  const c = net.operator("max_pool_2d", [b], [1, 4, 4, 6], pool);
  const d = net.operator("average_pool_2d", [b], [1, 4, 4, 6], pool);
  const e = net.operator("concatenation", [c, d], [1, 4, 4, 12], { axis: 3, activation: "none" });
  const f = net.operator("tanh", [net.convolution(e, 8, { kernel: 1 })], [1, 4, 4, 8]);
  const g = net.operator("mean", [f, net.integers([1, 2])], [1, 8], { keepDims: false });
  return net.graph(net.operator("softmax", [net.dense(g, 4)], [1, 4], { beta: 1 }));
}

const toInt8 = (graph: Graph, input: Float32Array, i = 0): Int8Array<ArrayBuffer> => {
  const { scales, zeroPoints } = graph.tensors[graph.inputs[i]!]!.quantization!;
  return Int8Array.from(input, (x) => Math.max(-128, Math.min(127, Math.round(x / scales[0]!) + zeroPoints[0]!)));
};

const quantizationOf = (graph: Graph, tensor: number) => graph.tensors[tensor]!.quantization!;

describe("quantize", () => {
  it("computes what the float model computes, tensor by tensor", () => {
    const float = network();
    const int8 = quantize(float, samplesFor(float, 30));
    for (const sample of samplesFor(float, 5, 77)) {
      const right = runReference(float, sample);
      const got = runReference(int8, [toInt8(int8, sample[0]!)]);
      for (const { outputs } of float.operators) {
        const [tensor] = outputs as [number];
        const { scales, zeroPoints } = quantizationOf(int8, tensor);
        const want = Array.from(right[tensor] as Float32Array);
        const errors = want.map((x, i) => (Number(got[tensor]![i]) - zeroPoints[0]!) * scales[0]! - x);
        const spread = Math.max(...want) - Math.min(...want) + 10 * scales[0]!;
        const rms = Math.hypot(...errors) / Math.sqrt(errors.length);
        expect(rms / spread, float.tensors[tensor]!.name).toBeLessThan(0.03);
      }
    }
  });

  it("makes a model that survives the file format and runs alike on every engine", async () => {
    const float = network();
    const int8 = importModel(exportTflite(quantize(float, samplesFor(float, 10))));
    expect(int8.tensors[int8.inputs[0]!]!.dtype).toBe("int8");
    const input = new Uint8Array(toInt8(int8, samplesFor(float, 1, 3)[0]![0]!).buffer);
    const outputs = [];
    for (const engine of Object.values(engines)) outputs.push((await engine(int8)).invoke([input]).outputs[0]);
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  });

  it("quantises weights per channel around 0, biases by input times weights", () => {
    const float = network();
    const int8 = quantize(float, samplesFor(float, 5));
    const axes: Record<string, number> = { conv_2d: 0, depthwise_conv_2d: 3, fully_connected: -1 };
    const weighted = int8.operators.filter(({ kind }) => kind in axes);
    expect(weighted.length).toBe(4);
    for (const { kind, inputs } of weighted) {
      const [x, w, b] = inputs as [number, number, number];
      const { scales, zeroPoints, axis } = quantizationOf(int8, w);
      expect(scales.length).toBe(axes[kind]! < 0 ? 1 : int8.tensors[w]!.shape[axes[kind]!]);
      if (scales.length > 1) expect(axis).toBe(axes[kind]);
      expect(new Set(zeroPoints)).toEqual(new Set([0]));
      const steps = new Int8Array(int8.tensors[w]!.data!);
      expect(Math.max(...steps.map(Math.abs))).toBe(127);
      expect(int8.tensors[b]!.dtype).toBe("int32");
      const inputScale = quantizationOf(int8, x).scales[0]!;
      expect(quantizationOf(int8, b).scales).toEqual(scales.map((scale) => Math.fround(scale * inputScale)));
      const real = toValues("float32", float.tensors[b]!.data!, elementCount(float.tensors[b]!.shape));
      const held = toValues("int32", int8.tensors[b]!.data!, real.length);
      held.forEach((step: number | bigint, i: number) => {
        const scale = inputScale * scales[scales.length === 1 ? 0 : i]!;
        expect(Math.abs(Number(step) * scale - Number(real[i]))).toBeLessThanOrEqual(scale);
      });
    }
  });

  it("holds 0 exactly in every range", () => {
    const cases: [low: number, high: number, zeroPoint: number][] = [
      [0.5, 3, -128],
      [-3, -0.5, 127],
      [-1, 1, 0],
      [-1, 3, -64],
      [0, 0, 0],
      [-1e-38, 1e-38, -128],
    ];
    for (const [low, high, zeroPoint] of cases) {
      const net = new FloatGraph();
      const float = net.graph(net.operator("relu", [net.input([1, 2])], [1, 2]));
      const int8 = quantize(float, [[Float32Array.of(low, high)]]);
      const { scales, zeroPoints } = quantizationOf(int8, 0);
      expect(Math.abs(zeroPoints[0]! - zeroPoint)).toBeLessThanOrEqual(1);
      expect(scales[0]).toBeGreaterThan(0);
      const steps = toInt8(int8, Float32Array.of(low, high));
      const back = Array.from(steps, (q) => (q - zeroPoints[0]!) * scales[0]!);
      expect(Math.abs(back[0]! - low)).toBeLessThanOrEqual(scales[0]!);
      expect(Math.abs(back[1]! - high)).toBeLessThanOrEqual(scales[0]!);
    }
  });

  it("gives channels without weights, and with a bias far above them, an exact enough bias", () => {
    const net = new FloatGraph();
    const x = net.input([1, 1, 1, 2]);
    const weights = net.constant([3, 1, 1, 2], [0, 0, 1e-9, 1e-9, 1, 1]);
    const operands = [x, weights, net.constant([3], [0.75, -0.5, 0.25])];
    const attributes = { padding: "valid", strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, activation: "none" };
    const float = net.graph(
      net.operator("conv_2d", operands, [1, 1, 1, 3], { ...attributes, quantizedBiasType: "none" }),
    );
    const int8 = quantize(float, [[Float32Array.of(-1, 1)], [Float32Array.of(1, 1)]]);
    const output = float.outputs[0]!;
    const { scales, zeroPoints } = quantizationOf(int8, output);
    const got = runReference(int8, [toInt8(int8, Float32Array.of(-1, 1))])[output] as Int8Array;
    const real = Array.from(got, (q) => (q - zeroPoints[0]!) * scales[0]!);
    [0.75, -0.5, 0.25].forEach((want, i) => {
      expect(Math.abs(real[i]! - want)).toBeLessThanOrEqual(2 * scales[0]!);
    });
  });

  it("shares scales where elements keep their bits, and requantises where it cannot", () => {
    const net = new FloatGraph();
    const x = net.input([1, 4]);
    const wide = net.dense(x, 4);
    const scores = net.operator("softmax", [wide], [1, 4], { beta: 1 });
    const both = net.operator("concatenation", [wide, scores], [1, 8], { axis: 1, activation: "none" });
    const shaped = net.operator("reshape", [both, net.integers([2, 4])], [2, 4], { newShape: [2, 4] });
    const alone = net.operator("reshape", [scores, net.integers([4])], [4], { newShape: [4] });
    const float = net.graph(shaped, alone);
    const int8 = quantize(float, samplesFor(float, 20));
    expect(quantizationOf(int8, scores)).toEqual({ scales: [1 / 256], zeroPoints: [-128], axis: 0 });
    expect(quantizationOf(int8, alone)).toEqual(quantizationOf(int8, scores));
    expect(quantizationOf(int8, both)).toEqual(quantizationOf(int8, wide));
    expect(quantizationOf(int8, shaped)).toEqual(quantizationOf(int8, wide));
    expect(int8.operators.map(({ kind }) => kind)).toEqual([
      "fully_connected",
      "softmax",
      "quantize",
      "concatenation",
      "reshape",
      "reshape",
    ]);
  });

  it("quantises one constant for each reader", () => {
    const net = new FloatGraph();
    const [x, y] = [net.input([1, 4]), net.input([1, 4])];
    const weights = net.constant([4, 4]);
    const bias = net.constant([4]);
    const attributes = { activation: "none", weightsFormat: "default", keepNumDims: false };
    const rest = { asymmetricQuantizeInputs: false, quantizedBiasType: "none" };
    const a = net.operator("fully_connected", [x, weights, bias], [1, 4], { ...attributes, ...rest });
    const b = net.operator("fully_connected", [y, weights, bias], [1, 4], { ...attributes, ...rest });
    const float = net.graph(a, b);
    const samples = samplesFor(float, 5).map(([p, q]) => [p!, q!.map((value) => 10 * value)]);
    const int8 = quantize(float, samples);
    const [first, second] = int8.operators.map(({ inputs }) => inputs);
    expect(first![1]).toBe(second![1]);
    expect(first![2]).not.toBe(second![2]);
  });
});

describe("quantize refuses", () => {
  const relu = (): Graph => {
    const net = new FloatGraph();
    return net.graph(net.operator("relu", [net.input([1, 2])], [1, 2]));
  };
  const refusal = (run: () => unknown): Record<string, unknown> => {
    try {
      run();
    } catch (cause) {
      const { code, exit, also } = cause as { code: string; exit: number; also: { code: string }[] };
      return { code, exit, also: also.map((other) => other.code) };
    }
    return {};
  };

  it("what it has no int8 form for, all problems at once", () => {
    const net = new FloatGraph();
    const x = net.input([1, 2]);
    const sine = net.operator("sin", [x], [1, 2]);
    const graph = net.graph(net.operator("floor", [sine], [1, 2]));
    const code = "quantize/unsupported-op";
    expect(refusal(() => quantize(graph, samplesFor(graph, 1)))).toEqual({ code, exit: 3, also: [code] });
  });

  it("models that are not float", () => {
    const net = new FloatGraph();
    const graph = net.graph(net.operator("relu", [net.input([1, 2], "int32")], [1, 2]));
    expect(refusal(() => quantize(graph, []))).toMatchObject({ code: "quantize/not-float", exit: 3 });
  });

  it("weights that are computed", () => {
    const net = new FloatGraph();
    const attributes = { activation: "none", weightsFormat: "default", keepNumDims: false };
    const graph = net.graph(
      net.operator("fully_connected", [net.input([1, 2]), net.input([2, 2])], [1, 2], attributes),
    );
    expect(refusal(() => quantize(graph, samplesFor(graph, 1)))).toMatchObject({ code: "quantize/computed-weights" });
  });

  it("samples that are missing, of the wrong size or number, or not finite", () => {
    const cases: [string, Float32Array[][]][] = [
      ["quantize/no-samples", []],
      ["quantize/sample-count", [[]]],
      ["quantize/sample-size", [[new Float32Array(3)]]],
      ["quantize/not-finite", [[Float32Array.of(1, Number.NaN)]]],
      ["quantize/not-finite", [[Float32Array.of(1, Number.POSITIVE_INFINITY)]]],
    ];
    for (const [code, samples] of cases)
      expect(
        refusal(() => quantize(relu(), samples)),
        code,
      ).toMatchObject({ code });
  });
});
