// Training: the arithmetic that is differentiated is the Graph's, losses fall, runs repeat, mistakes are told.

import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import type { Graph } from "../../host/graph/graph.ts";
import { type Dataset, type Layer, randomFrom, type TrainOptions, train } from "../../host/train/train.ts";

const options = { seed: 1, epochs: 1, batch: 8 };

function randomData(shape: readonly number[], classes: number, count: number, seed = 3): Dataset {
  const random = randomFrom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const inputs = Float32Array.from({ length: count * size }, () => random() * 2 - 1);
  return { shape, classes, inputs, labels: Array.from({ length: count }, (_, i) => i % classes) };
}

function scoresOf(graph: Graph, { inputs, labels }: Dataset): Float32Array[] {
  const engine = referenceEngine(graph);
  const size = inputs.length / labels.length;
  return Array.from({ length: labels.length }, (_, i) => {
    const [scores] = engine.invoke([new Uint8Array(inputs.slice(i * size, (i + 1) * size).buffer)]).outputs;
    return new Float32Array(scores!.slice().buffer);
  });
}

function crossEntropy(graph: Graph, data: Dataset): number {
  const losses = scoresOf(graph, data).map((scores, i) => -Math.log(scores[data.labels[i]!]!));
  return losses.reduce((a, b) => a + b) / losses.length;
}

describe("train", () => {
  const networks: [string, readonly number[], readonly Layer[]][] = [
    ["dense", [5], [{ kind: "dense", units: 7, activation: "relu" }]],
    ["conv, same", [5, 6, 2], [{ kind: "conv", channels: 4, kernel: [3, 2], activation: "relu" }]],
    ["conv, strides", [7, 9, 2], [{ kind: "conv", channels: 4, kernel: [3, 4], stride: [2, 3] }]],
    ["conv, stride above kernel", [7, 9, 2], [{ kind: "conv", channels: 4, kernel: [1, 2], stride: [2, 3] }]],
    ["conv, valid", [7, 9, 2], [{ kind: "conv", channels: 4, kernel: [3, 4], stride: [2, 2], padding: "valid" }]],
    ["depthwise", [6, 5, 3], [{ kind: "depthwise", kernel: [3, 3], stride: [2, 1], activation: "relu6" }]],
    ["average pool", [7, 6, 3], [{ kind: "average-pool", size: [3, 2], stride: [2, 2] }]],
    ["max pool", [7, 6, 3], [{ kind: "max-pool", size: [2, 3] }]],
    ["global average", [4, 6, 3], [{ kind: "global-average" }]],
  ];

  it.each(networks)("computes the loss of the graph it makes: %s", async (_, shape, layers) => {
    const data = randomData(shape, 3, 8);
    const all: Layer[] = [...layers, { kind: "dense", units: 3 }];
    const { graph, losses } = await train(data, { ...options, layers: all, learningRate: 0 });
    expect(losses[0]).toBeCloseTo(crossEntropy(graph, data), 4);
  });

  it("follows the gradient: a small step lowers the loss by rate times gradient", async () => {
    // One step of Adam moves each parameter by the rate against the sign of its gradient.
    const data = randomData([4, 4, 2], 2, 8);
    const layers: Layer[] = [
      { kind: "conv", channels: 3, kernel: [3, 3], stride: [2, 2], activation: "relu" },
      { kind: "depthwise", kernel: [2, 2] },
      { kind: "max-pool", size: [2, 2] },
      { kind: "dense", units: 2 },
    ];
    const rate = 1e-3;
    const before = (await train(data, { ...options, layers, learningRate: 0 })).graph;
    const after = (await train(data, { ...options, layers, learningRate: rate })).graph;
    const base = crossEntropy(before, data);
    for (const [index, tensor] of before.tensors.entries()) {
      if (!tensor.data || tensor.dtype !== "float32") continue;
      const values = new Float32Array(tensor.data.slice().buffer);
      const moved = new Float32Array(after.tensors[index]!.data!.slice().buffer);
      for (let i = 0; i < values.length; i += 5) {
        const slope = (crossEntropy(nudged(before, index, i, 1e-2), data) - base) / 1e-2;
        if (Math.abs(slope) < 2e-2) continue;
        expect(moved[i]! - values[i]!, `${tensor.name} ${i}`).toBeCloseTo(-rate * Math.sign(slope), 5);
      }
    }
  });

  const ring = (): Dataset => {
    const random = randomFrom(9);
    const inputs = Float32Array.from({ length: 2 * 600 }, () => random() * 2 - 1);
    const labels = Array.from({ length: 600 }, (_, i) =>
      Math.hypot(inputs[2 * i]!, inputs[2 * i + 1]!) > 0.75 ? 1 : 0,
    );
    return { shape: [2], classes: 2, inputs, labels };
  };
  const dense: readonly Layer[] = [
    { kind: "dense", units: 16, activation: "relu" },
    { kind: "dense", units: 2 },
  ];
  const learn: TrainOptions = { layers: dense, seed: 4, epochs: 30, batch: 32, learningRate: 0.02 };

  it("learns what no line divides", async () => {
    const data = ring();
    const { graph, losses } = await train(data, learn);
    expect(losses.at(-1)).toBeLessThan(0.3 * losses[0]!);
    const right = scoresOf(graph, data).filter((scores, i) => (scores[1]! > 0.5 ? 1 : 0) === data.labels[i]);
    expect(right.length / data.labels.length).toBeGreaterThan(0.95);
  });

  it("repeats a run by its seed", async () => {
    const data = ring();
    const [a, b] = [await train(data, { ...learn, epochs: 2 }), await train(data, { ...learn, epochs: 2 })];
    expect(b.graph).toEqual(a.graph);
    expect((await train(data, { ...learn, epochs: 2, seed: 5 })).losses).not.toEqual(a.losses);
  });

  it("augments copies, and tells each epoch", async () => {
    const data = ring();
    const inputs = data.inputs.slice();
    let calls = 0;
    const told: number[] = [];
    const augment = (example: Float32Array) => {
      calls++;
      example.fill(0);
    };
    await train(data, { ...learn, epochs: 2, batch: 100, augment, onEpoch: ({ epoch }) => told.push(epoch) });
    expect(calls).toBe(1200);
    expect(data.inputs).toEqual(inputs);
    expect(told).toEqual([0, 1]);
  });

  const mistakes: [string, Partial<Dataset>, Partial<TrainOptions>][] = [
    ["train/bad-layer", {}, { layers: [{ kind: "dense", units: 3 }] }],
    ["train/bad-layer", {}, { layers: [{ kind: "dense", units: 0 }] }],
    ["train/bad-layer", {}, { layers: [{ kind: "conv", channels: 2, kernel: [1, 1] }, ...dense] }],
    ["train/bad-layer", { shape: [2, 1, 1] }, { layers: [{ kind: "max-pool", size: [3, 1] }, ...dense] }],
    ["train/bad-layer", { shape: [2, 1, 1] }, { layers: [{ kind: "conv", channels: 0, kernel: [1, 1] }, ...dense] }],
    ["train/bad-data", {}, { layers: [] }],
    ["train/bad-data", { labels: [] }, {}],
    ["train/bad-data", { labels: [0, 2] }, {}],
    ["train/bad-data", { inputs: new Float32Array(3) }, {}],
    ["train/bad-data", { inputs: Float32Array.of(1, 2, Number.NaN, 4) }, {}],
    ["train/bad-option", {}, { batch: 0 }],
    ["train/bad-option", {}, { epochs: 0.5 }],
    ["train/diverged", {}, { learningRate: 1e38, epochs: 3 }],
  ];
  it.each(mistakes)("tells %s (%#)", async (code, data, changed) => {
    const small: Dataset = { shape: [2], classes: 2, inputs: Float32Array.of(1, 2, 3, 4), labels: [0, 1] };
    await expect(train({ ...small, ...data }, { ...learn, ...changed })).rejects.toMatchObject({ code, exit: 2 });
  });
});

function nudged(graph: Graph, tensor: number, element: number, by: number): Graph {
  const values = new Float32Array(graph.tensors[tensor]!.data!.slice().buffer);
  values[element]! += by;
  const data = new Uint8Array(values.buffer);
  return { ...graph, tensors: graph.tensors.map((t, i) => (i === tensor ? { ...t, data } : t)) };
}
