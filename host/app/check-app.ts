// Rules that types and schema cannot say: between the fields of an app, and between an app and its model. Each yields what is wrong.

import { Problems } from "../base/errors.ts";
import type { Graph, Tensor } from "../graph/graph.ts";
import { type App, type AppModel, type AppSensor, type ModelEdge, type ModelType, modelTypes } from "./app-types.ts";
import { appError } from "./errors.ts";
import { channelCounts, findSensor, sensorChannels, sensorOn } from "./sensors.ts";

interface Breach {
  readonly path: string;
  readonly problem: string;
}

export function* appRules(app: App): Generator<Breach> {
  yield* sensorRules(app.sensor, "sensor");
  for (const board of Object.keys(app.sensor.boards ?? {}))
    yield* sensorRules(sensorOn(app.sensor, board), `sensor.boards.${board}`);
  yield* windowRules(app);
  yield* decisionRules(app);
}

function* sensorRules(sensor: AppSensor, path: string): Generator<Breach> {
  const row = findSensor(sensor.driver);
  if (!row) return;
  const { channels, rateHz, address } = sensor;
  const counts = channelCounts(row);
  if (!counts.includes(channels))
    yield { path: `${path}.channels`, problem: `is ${channels}, ${row.name} has ${counts.join(" or ")}` };
  if (rateHz < row.slowestHz || rateHz > row.fastestHz)
    yield { path: `${path}.rateHz`, problem: `is ${rateHz}, ${row.name} can ${row.slowestHz} to ${row.fastestHz}` };
  const asked = [sensor.range, sensor.gyroRange];
  for (const [i, field] of ["range", "gyroRange"].entries()) {
    const known = [...(row.groups[i]?.steps.keys() ?? [])];
    if (asked[i] !== undefined && !known.includes(asked[i]))
      yield { path: `${path}.${field}`, problem: `is ${asked[i]}, ${row.name} has ${known.join(", ") || "none"}` };
  }
  if (address === undefined) return;
  const hex = (value: number) => `0x${value.toString(16).padStart(2, "0")}`;
  if (row.bus !== "i2c") yield { path: `${path}.address`, problem: `${row.name} is not on an I2C bus` };
  else if (!row.addresses.includes(address))
    yield {
      path: `${path}.address`,
      problem: `is ${hex(address)}, ${row.name} has ${row.addresses.map(hex).join(", ")}`,
    };
}

function* windowRules({ frontEnd, sensor }: App): Generator<Breach> {
  const { length, hop } = frontEnd;
  if (hop > length) yield { path: "frontEnd.hop", problem: `is ${hop}, more than the window's ${length}` };
  for (const field of ["scale", "offset"] as const) {
    const value = frontEnd[field];
    if (typeof value !== "number" && value.length !== sensor.channels)
      yield {
        path: `frontEnd.${field}`,
        problem: `has ${value.length} entries, the sensor ${sensor.channels} channels`,
      };
  }
  const scales = [frontEnd.scale].flat();
  if (scales.includes(0)) yield { path: "frontEnd.scale", problem: "is 0: the model would see nothing" };
}

function* decisionRules({ decision }: App): Generator<Breach> {
  const { release, threshold } = decision;
  const thresholds = typeof threshold === "number" ? [threshold] : Object.values(threshold);
  if (release !== undefined && thresholds.some((value) => release > value))
    yield { path: "decision.release", problem: `is ${release}, above a threshold of ${Math.min(...thresholds)}` };
  if (decision.kind === "anomaly") return;
  const { labels, ignore } = decision;
  for (const label of ignore)
    if (!labels.includes(label)) yield { path: "decision.ignore", problem: `"${label}" is no label` };
  if (typeof threshold === "number") return;
  for (const label of Object.keys(threshold))
    if (!labels.includes(label)) yield { path: "decision.threshold", problem: `"${label}" is no label` };
  for (const label of labels)
    if (!Object.hasOwn(threshold, label) && !ignore.includes(label))
      yield { path: "decision.threshold", problem: `"${label}" has none` };
}

/** Graph → what an app needs to know of it. Throws when no app could use it. */
export function appModel(graph: Graph, hash: string): AppModel {
  const { inputs, outputs, tensors } = graph;
  const [input, output] = [tensors[inputs[0] ?? -1], tensors[outputs[0] ?? -1]];
  if (inputs.length !== 1 || outputs.length !== 1 || !input || !output)
    throw appError("model-edges", { inputs: inputs.length, outputs: outputs.length });
  return { input: edge(input, "input"), output: edge(output, "output"), hash };
}

function edge({ dtype, shape, quantization }: Tensor, role: string): ModelEdge {
  if (!(modelTypes as readonly string[]).includes(dtype) || (dtype !== "float32" && !quantization))
    throw appError("model-type", {
      ...{ role, known: modelTypes },
      dtype: quantization || dtype === "float32" ? dtype : `${dtype} without quantisation`,
    });
  return {
    dtype: dtype as ModelType,
    elements: shape.reduce((product, size) => product * size, 1),
    scale: dtype === "float32" ? 1 : quantization!.scales[0]!,
    zeroPoint: dtype === "float32" ? 0 : quantization!.zeroPoints[0]!,
  };
}

/** Throws with everything in which an app and its model do not fit. */
export function checkApp(app: App, model: AppModel): void {
  const problems = new Problems();
  const mismatch = (path: string, problem: string) => problems.add(appError("model-mismatch", { path, problem }));
  const { frontEnd, sensor, decision } = app;
  const { input, output } = model;
  const values = frontEnd.length * sensor.channels;
  if (values !== input.elements)
    mismatch(
      "frontEnd.length",
      `${frontEnd.length} samples of ${sensor.channels} channels are ${values} values, the input has ${input.elements}`,
    );
  if (decision.kind === "classes" && decision.labels.length !== output.elements)
    mismatch("decision.labels", `${decision.labels.length} labels, the output has ${output.elements} elements`);
  if (decision.kind === "anomaly" && decision.score === "output" && output.elements !== 1)
    mismatch("decision.score", `"output" wants one output element, the model has ${output.elements}`);
  if (decision.kind === "anomaly" && decision.score === "reconstruction" && output.elements !== input.elements)
    mismatch("decision.score", `the output has ${output.elements} elements, the input ${input.elements}`);
  if (decision.kind === "anomaly" && (output.dtype === "float32") !== (input.dtype === "float32"))
    mismatch("decision.score", `the input is ${input.dtype}, the output ${output.dtype}: both must be whole or float`);
  if ([frontEnd.offset].flat().some((offset) => Math.abs(offset / input.scale) >= 2 ** 16))
    mismatch("frontEnd.offset", `is more than 65536 of the input's steps of ${input.scale.toPrecision(4)}`);
  const scales = [frontEnd.scale].flat();
  if (
    sensorChannels(sensor)?.some(({ step }, i) => Math.abs(((scales[i] ?? scales[0]!) * step) / input.scale) > 2 ** 14)
  )
    mismatch("frontEnd.scale", "a step of the sensor would be more than 16384 of the input's");
  problems.done();
}
