// A made-up app for microphones: windows of 400 samples, and a model that a dense layer of ones is. What it says is easy to tell beforehand.

import { type App, parseApp } from "../../host/app/app.ts";
import type { Graph, Tensor } from "../../host/graph/graph.ts";
import type { Declared } from "./on-board.ts";

/** Is the mean of a window of sound above or below zero: a dense layer of ones. */
export function levelApp(rateHz: number, driver = "microphone"): Declared {
  return levelOf({ driver, input: "mic", rateHz, channels: 1 }, 400);
}

/** The same of any sensor; windows do not overlap. */
export function levelOf(
  sensor: Pick<App["sensor"], "driver" | "input" | "rateHz" | "channels">,
  length: number,
): Declared {
  const window = length * sensor.channels;
  const quantization = (scale: number, zeroPoint = 0) => ({ scales: [scale], zeroPoints: [zeroPoint], axis: 0 });
  const weights = Int8Array.from({ length: 2 * window }, (_, i) => (i < window ? 1 : -1));
  const tensor = (name: string, more: Partial<Tensor>): Tensor => ({
    name,
    dtype: "int8",
    shape: [1, window],
    ...more,
  });
  const graph: Graph = {
    name: "level",
    tensors: [
      tensor("in", { quantization: quantization(1 / 128) }),
      tensor("weights", {
        shape: [2, window],
        data: new Uint8Array(weights.buffer),
        quantization: quantization(1 / window),
      }),
      tensor("bias", {
        dtype: "int32",
        shape: [2],
        data: new Uint8Array(8),
        quantization: quantization(1 / 128 / window),
      }),
      tensor("out", { shape: [1, 2], quantization: quantization(1 / 128) }),
    ],
    operators: [
      { kind: "fully_connected", inputs: [0, 1, 2], outputs: [3], attributes: { activation: "none" }, origin: 0 },
    ],
    ...{ inputs: [0], outputs: [3] },
  };
  const app = parseApp(
    JSON.stringify({
      ...{ name: "level", model: "level.tflite", sensor, frontEnd: { kind: "window", length, hop: length } },
      decision: { kind: "classes", labels: ["above", "below"], threshold: 0.2, refractorySeconds: 0.1 },
    }),
  );
  return { app, graph, modelHash: "00000000" };
}
