// Room train: labelled examples in, a float Graph out. A classifier of small layers is trained by Adam (Kingma and Ba, 2015)
// on its softmax cross-entropy; gradients come from jax-js, which is loaded when training starts and imported nowhere else.
//
//   Dataset ── train ──▶ float Graph ── quantize ──▶ int8 Graph
//
// The seed decides everything that is random: first weights, order of examples, augmentation. Same seed, same Graph.

import type { Graph, Shape } from "../graph/graph.ts";
import { error } from "./errors.ts";
import { type Jax, loss, type NdArray, type Parameters } from "./forward.ts";
import { type Layer, type NetworkLayer, network } from "./layers.ts";
import { normal, type Random, randomFrom, shuffle } from "./random.ts";
import { type LayerValues, toGraph } from "./to-graph.ts";

export type { Activation, Layer } from "./layers.ts";
export { normal, type Random, randomFrom } from "./random.ts";

export interface Dataset {
  /** Of one example: [height, width, channels], or [values]. */
  readonly shape: Shape;
  readonly classes: number;
  /** The examples one after the other, row-major. */
  readonly inputs: Float32Array;
  /** The class of each, from 0. */
  readonly labels: ArrayLike<number>;
}

export interface TrainOptions {
  readonly name?: string;
  readonly layers: readonly Layer[];
  readonly seed: number;
  readonly epochs: number;
  /** Examples a step; default 64. */
  readonly batch?: number;
  /** At the start; falls to 0 along a cosine. Default 0.003. */
  readonly learningRate?: number;
  /** Changes one example in place, each time it is used. */
  readonly augment?: (example: Float32Array, random: Random) => void;
  readonly onEpoch?: (progress: { readonly epoch: number; readonly loss: number }) => void;
}

export interface Trained {
  readonly graph: Graph;
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
}

export async function train(data: Dataset, options: TrainOptions): Promise<Trained> {
  const layers = network(data.shape, options.layers, data.classes);
  const count = checkData(data);
  const batch = Math.min(options.batch ?? 64, count);
  for (const [option, found] of Object.entries({ batch, epochs: options.epochs }))
    if (!(Number.isInteger(found) && found > 0)) throw error("bad-option", { option, found, wanted: "1 or more" });
  const random = randomFrom(options.seed);
  const trainer = await openTrainer(layers, random);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const stepsPerEpoch = Math.floor(count / batch);
  const steps = stepsPerEpoch * options.epochs;
  const losses: number[] = [];
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random);
    let sum = 0;
    for (let i = 0; i < stepsPerEpoch; i++) {
      const step = epoch * stepsPerEpoch + i;
      const rate = ((options.learningRate ?? 0.003) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      const examples = order.subarray(i * batch, (i + 1) * batch);
      sum += await trainer.step(gather(data, examples, options.augment, random), step + 1, rate);
    }
    const mean = sum / stepsPerEpoch;
    if (!Number.isFinite(mean)) throw error("diverged", { epoch });
    losses.push(mean);
    options.onEpoch?.({ epoch, loss: mean });
  }
  return { graph: toGraph(options.name ?? "trained", data.shape, layers, await trainer.values()), losses };
}

function checkData({ shape, classes, inputs, labels }: Dataset): number {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const count = labels.length;
  const wanted = `${count} examples of ${size} values`;
  if (count === 0) throw error("bad-data", { what: "examples", found: 0, wanted: "1 or more" });
  if (inputs.length !== count * size) throw error("bad-data", { what: "input values", found: inputs.length, wanted });
  const wrong = Array.from(labels).find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong !== undefined) throw error("bad-data", { what: "a label", found: wrong, wanted: `0 to ${classes - 1}` });
  const odd = inputs.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw error("bad-data", { what: "an input value", found: odd, wanted: "a finite number" });
  return count;
}

interface Batch {
  readonly shape: number[];
  readonly classes: number;
  readonly inputs: Float32Array<ArrayBuffer>;
  /** One-hot. */
  readonly labels: Float32Array<ArrayBuffer>;
}

function gather(data: Dataset, examples: Int32Array, augment: TrainOptions["augment"], random: Random): Batch {
  const { shape, classes } = data;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const inputs = new Float32Array(examples.length * size);
  const labels = new Float32Array(examples.length * classes);
  examples.forEach((example, i) => {
    const values = inputs.subarray(i * size, (i + 1) * size);
    values.set(data.inputs.subarray(example * size, (example + 1) * size));
    augment?.(values, random);
    labels[i * classes + data.labels[example]!] = 1;
  });
  return { shape: [examples.length, ...shape], classes, inputs, labels };
}

interface Trainer {
  /** One step of Adam; answers the batch's loss before it. `step` counts from 1. */
  step(batch: Batch, step: number, rate: number): Promise<number>;
  values(): Promise<LayerValues[]>;
}

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];

async function openTrainer(layers: readonly NetworkLayer[], random: Random): Promise<Trainer> {
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const first = layers.flatMap(({ parameters }) => (parameters ? [firstValues(parameters, random)] : []));
  const array = (values: Float32Array<ArrayBuffer>, shape: number[]) => jax.numpy.array(values).reshape(shape);
  const made = (fill: (values: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>): Parameters =>
    first.map(({ weights, bias, shape }) => [array(fill(weights), shape), array(fill(bias), [bias.length])]);
  let parameters = made((values) => values);
  let mean = made((values) => new Float32Array(values.length));
  let square = made((values) => new Float32Array(values.length));
  const update = jax.jit(adamStep(jax, layers));
  return {
    async step(batch, step, rate) {
      const x = array(batch.inputs, batch.shape);
      const y = array(batch.labels, [batch.shape[0]!, batch.classes]);
      const corrected = (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
      const updated = update(parameters, mean, square, x, y, jax.numpy.array(corrected));
      [parameters, mean, square] = updated.slice(1) as [Parameters, Parameters, Parameters];
      return (await (updated[0] as NdArray).data())[0]!;
    },
    async values() {
      const found: LayerValues[] = [];
      for (const [weights, bias] of parameters) {
        found.push({ weights: await floats(weights!), bias: await floats(bias!) });
      }
      return found;
    },
  };
}

/** He's initialisation (2015): the variance of activations is kept through rectified layers. */
function firstValues({ weights: shape, bias, fanIn }: NonNullable<NetworkLayer["parameters"]>, random: Random) {
  const deviation = Math.sqrt(2 / fanIn);
  const weights = Float32Array.from({ length: shape[0] * shape[1] }, () => deviation * normal(random));
  return { weights, bias: new Float32Array(bias), shape: [...shape] };
}

function adamStep(jax: Jax, layers: readonly NetworkLayer[]) {
  const gradient = jax.valueAndGrad((parameters: Parameters, x: NdArray, y: NdArray) =>
    loss(jax, layers, parameters, x, y),
  );
  return (parameters: Parameters, mean: Parameters, square: Parameters, x: NdArray, y: NdArray, rate: NdArray) => {
    const [value, gradients] = gradient(jax.tree.ref(parameters), x, y);
    const next: [Parameters, Parameters, Parameters] = [[], [], []];
    parameters.forEach((pair, layer) => {
      const updated = pair.map((p, i) => {
        const g = gradients[layer]![i]!;
        const m = mean[layer]![i]!.mul(beta1).add(g.ref.mul(1 - beta1));
        const v = square[layer]![i]!.mul(beta2).add(jax.numpy.square(g).mul(1 - beta2));
        const move = rate.ref.mul(m.ref).div(jax.numpy.sqrt(v.ref).add(epsilon));
        return [p.sub(move), m, v] as const;
      });
      next.forEach((list, part) => {
        list.push(updated.map((triple) => triple[part]!));
      });
    });
    rate.dispose();
    return [value, ...next];
  };
}

async function floats(array: NdArray): Promise<Float32Array> {
  return new Float32Array(await array.data());
}
