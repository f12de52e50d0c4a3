// Random multiply-accumulate operators for tests: shapes, strides, paddings, groups, quantisation and weights from a seed, as
// cases of many-operators.ts; and every form of their kernels to run them on.

import { expect } from "vitest";
import { Problems } from "../../host/base/errors.ts";
import { type Engine, hostEngine, referenceEngine, wasmEngine } from "../../host/engine/engine.ts";
import { byteLength, elementCount } from "../../host/graph/dtype.ts";
import { checkGraph, type Graph, type Quantization, type Target } from "../../host/graph/graph.ts";
import { compileModel } from "../../host/pipeline.ts";
import type { Random } from "../plan/int8-graph.ts";
import { bytesOf, type Case, graphOf, type Operand } from "./many-operators.ts";

export const activations = ["none", "relu", "relu6", "relu_n1_to_1"] as const;

export type Types = "int8" | "int4" | "int16" | "int16 short" | "float32" | "hybrid";

export interface Choice {
  readonly types: Types;
  readonly channels: number;
  /** Weight elements that one output sums: sets a scale at which outputs spread over the range. */
  readonly depth: number;
  /** Shape of the weights, and the dimension of the output channel in it. */
  readonly weights: readonly number[];
  readonly axis: number;
  readonly input: readonly number[];
}

/** input, weights, bias (or not) and output of the types chosen, with numbers at random. */
export function operands(random: Random, choice: Choice): Pick<Case, "inputs" | "outputs"> {
  const { types, channels, depth, axis } = choice;
  if (types === "float32" || types === "hybrid") return floatOperands(random, choice);
  const wide = types.startsWith("int16");
  const limit = types === "int4" ? 7 : 127;
  const perChannel = random.chance(60);
  const gain = 2 ** random.between(-3, random.chance(20) ? 6 : 1);
  const spread = Math.ceil((wide ? 32768 : 128) * Math.sqrt(depth) * (limit / 2));
  const inputScale = 0.02;
  const weightScale = (): number => Math.fround(0.003 * (0.5 + random.between(0, 1000) / 1000));
  const scales = Array.from({ length: perChannel ? channels : 1 }, weightScale);
  const outputScale = Math.fround(((inputScale * 0.003 * spread) / (wide ? 32768 : 128)) * gain);
  const one = (scale: number): Quantization => {
    return { scales: [Math.fround(scale)], zeroPoints: [wide ? 0 : random.between(-128, 127)], axis: 0 };
  };
  const least = random.chance(15) ? -limit - 1 : -limit;
  const count = elementCount(choice.weights);
  const weights: Operand = {
    dtype: types === "int4" ? "int4" : "int8",
    shape: choice.weights,
    quantization: { scales, zeroPoints: scales.map(() => 0), axis },
    values: Array.from({ length: count }, () => (random.chance(10) ? least : random.between(-limit, limit))),
  };
  const bias: Operand = {
    dtype: types === "int16" ? "int64" : "int32",
    shape: [channels],
    values: Array.from({ length: channels }, () => random.between(-spread, spread)),
  };
  const dtype = wide ? "int16" : "int8";
  const input: Operand = { dtype, shape: choice.input, quantization: one(inputScale) };
  return {
    inputs: random.chance(80) || types === "int16 short" ? [input, weights, bias] : [input, weights],
    outputs: [{ dtype, quantization: one(outputScale) }],
  };
}

function floatOperands(random: Random, { types, channels, weights, input }: Choice): Pick<Case, "inputs" | "outputs"> {
  const real = (): number => Math.fround(random.between(-1000, 1000) / 997);
  const hybrid = types === "hybrid";
  const count = elementCount(weights);
  const values = Array.from({ length: count }, () => (hybrid ? random.between(-127, 127) : real()));
  const quantization = hybrid ? { scales: [Math.fround(0.01)], zeroPoints: [0], axis: 0 } : undefined;
  const bias: Operand = { dtype: "float32", shape: [channels], values: Array.from({ length: channels }, real) };
  const w: Operand = { dtype: hybrid ? "int8" : "float32", shape: weights, quantization, values };
  const x: Operand = { dtype: "float32", shape: input };
  return { inputs: random.chance(70) ? [x, w, bias] : [x, w], outputs: [{ dtype: "float32" }] };
}

/** Every form in which kernels exist. */
const targets = {
  "device, SMLAD": { form: "device", dsp: true },
  "device, plain": { form: "device", dsp: false },
  host: { form: "simd", dsp: false },
} as const satisfies Readonly<Record<string, Target>>;
export type Form = keyof typeof targets;
const everyForm = Object.keys(targets) as Form[];

async function engineOf(graph: Graph, target: Target): Promise<Engine> {
  const { plan, module } = await compileModel(graph, { target });
  return (target.form === "device" ? wasmEngine : hostEngine)(plan, module, { guard: true });
}

function inputsOf(graph: Graph, random: Random, run: number): Uint8Array[] {
  return graph.inputs.map((index) => {
    const tensor = graph.tensors[index]!;
    const count = elementCount(tensor.shape);
    if (tensor.dtype === "float32") {
      const values = Array.from({ length: count }, () => random.between(-10000, 10000) / 3001);
      return bytesOf("float32", tensor.shape, values);
    }
    const edge = tensor.dtype === "int8" ? [0x80, 0x7f][run - 1] : undefined;
    return Uint8Array.from({ length: byteLength(tensor) }, () => edge ?? random.between(0, 255));
  });
}

/** The reference's bits on every form: random inputs, then all least, then all greatest. */
export async function expectSameOnForms(
  cases: readonly Case[],
  random: Random,
  names: readonly Form[] = everyForm,
): Promise<void> {
  const graph = graphOf(cases);
  const problems = new Problems();
  checkGraph(graph, problems);
  problems.done();
  const reference = referenceEngine(graph);
  const running = await Promise.all(names.map((name) => engineOf(graph, targets[name])));
  for (let run = 0; run < 3; run++) {
    const inputs = inputsOf(graph, random, run);
    const wanted = reference.invoke(inputs).outputs;
    running.forEach((engine, form) => {
      engine.invoke(inputs).outputs.forEach((bytes, i) => {
        const { name, shape } = graph.tensors[graph.outputs[i]!]!;
        const what = `${name} [${shape.join(", ")}] on ${names[form]}: ${JSON.stringify(cases[i]!.attributes)}`;
        expect([...bytes], what).toEqual([...wanted[i]!]);
      });
    });
  }
}
