// `npm start`: the model of this folder over its sample recording on the host engine, window by window, then layer by layer.
// Runs as compiled JavaScript from the package's root; nothing is downloaded, no device is needed.

import { readFileSync } from "node:fs";
import {
  compileModel,
  type DescribedLayer,
  describePlan,
  type Graph,
  importModel,
  planModel,
} from "../../host/index.ts";
import { openClassifier, toInput } from "./classifier.ts";
import { layerMicroseconds } from "./layer-times.ts";
import { fromCsv } from "./recording.ts";
import type { Samples } from "./samples.ts";

const folder = "models/motion";
const windowSamples = 128;

const { stdout, env } = process;
const colored = stdout.isTTY && !env["NO_COLOR"];
const paint = (code: number, text: string): string => (colored ? `\x1b[${code}m${text}\x1b[0m` : text);
const print = (text = ""): void => void stdout.write(`${text}\n`);

const graph = importModel(readFileSync(`${folder}/motion.tflite`));
const { classes, rateHz, recording } = JSON.parse(readFileSync(`${folder}/samples.json`, "utf8")) as Samples;
const samples = fromCsv(readFileSync(`${folder}/${recording.file}`, "utf8"));
const seconds = samples.length / 3 / rateHz;

/** What the recording holds between two times: one motion, or two where it changes. */
function recordedBetween(fromS: number, toS: number): readonly string[] {
  const { segments } = recording;
  const during = segments.filter((one, i) => one.fromS < toS && (segments[i + 1]?.fromS ?? seconds) > fromS);
  return during.map(({ motion }) => motion);
}

function bar(share: number, width: number): string {
  return "█".repeat(Math.round(share * width)).padEnd(width, "·");
}

async function showWindows(): Promise<void> {
  const classify = await openClassifier(graph);
  // V8 compiles WebAssembly twice, the second time well: let it.
  for (let i = 0; i < 2000; i++) classify(samples.subarray(0, 3 * windowSamples));
  const head = ["  from".padEnd(9), "answer ", "score".padEnd(27), "   time", "recorded"];
  print(paint(1, head.join("  ")));
  let [right, count] = [0, 0];
  for (let at = 0; at + windowSamples <= samples.length / 3; at += windowSamples) {
    const window = samples.subarray(3 * at, 3 * (at + windowSamples));
    const { best, scores, microseconds } = classify(window);
    const [answer, score] = [classes[best]!, scores[best]!];
    const recorded = recordedBetween(at / rateHz, (at + windowSamples) / rateHz);
    const agrees = recorded.includes(answer);
    if (agrees) right++;
    count++;
    const cells = [
      `${(at / rateHz).toFixed(2).padStart(7)} s`,
      paint(agrees ? 32 : 33, answer.padEnd(7)),
      `${(100 * score).toFixed(0).padStart(3)} %  ${bar(score, 20)}`,
      `${microseconds.toFixed(0).padStart(4)} µs`,
      `${recorded.join(" → ")}${agrees ? "" : "   (not what was recorded)"}`,
    ];
    print(cells.join("  "));
  }
  print();
  print(`${right} of ${count} windows: the answer is what was recorded (where the motion changes, either of the two)`);
}

async function showLayers(): Promise<void> {
  const host = await compileModel(graph, { target: { form: "simd", dsp: false } });
  const input = toInput(samples.subarray(0, 3 * windowSamples), graph.tensors[graph.inputs[0]!]!.quantization!);
  const times = layerMicroseconds(host, input);
  const total = [...times.values()].reduce((a, b) => a + b, 0);
  const line = ({ name, outputShape, macs, flashBytes }: DescribedLayer): string => {
    const share = (times.get(name) ?? 0) / total;
    const size = outputShape.join(" × ");
    return [
      name.padEnd(28),
      size.padStart(16),
      grouped(macs).padStart(8),
      `${grouped(flashBytes)} B`.padStart(9),
      `${(100 * share).toFixed(0).padStart(4)} %  ${bar(share, 20)}`,
    ].join("  ");
  };
  print(paint(1, "layer                                 output      MACs    weights  time here"));
  for (const layer of describePlan(planModel(graph)).layers) print(line(layer));
  print();
  print(`${total.toFixed(1)} µs in all, on one thread of this machine. Sizes are those of a Cortex-M4.`);
}

function showModel(model: Graph): void {
  const { arenaBytes, flashBytes, macs } = describePlan(planModel(model));
  const shape = (index: number): string => `${model.tensors[index]!.dtype} [${model.tensors[index]!.shape.join(", ")}]`;
  print(paint(1, "thumbelina: which motion is it? An int8 network listens to an accelerometer"));
  print();
  print(`model      ${folder}/motion.tflite: ${model.inputs.map(shape)} → ${model.outputs.map(shape)}`);
  print(
    `           ${grouped(macs)} multiply-accumulates; ${grouped(flashBytes)} B of flash, ${grouped(arenaBytes)} B of RAM`,
  );
  print(`recording  ${folder}/${recording.file}: ${seconds.toFixed(0)} s of three axes at ${rateHz} Hz (simulated)`);
  print(`engine     host: kernels in AssemblyScript, compiled to WebAssembly for this model`);
  print();
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

showModel(graph);
await showWindows();
print();
await showLayers();
print();
print(`Next: npx thumbelina inspect ${folder}/motion.tflite`);
