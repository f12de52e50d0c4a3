// Builds one graph of many operators that have nothing to do with each other, each with its own inputs and outputs, and runs
// it on every engine: kernels are compared with the reference bit for bit, for the price of one compilation.

import { expect } from "vitest";
import { Problems, type UserError } from "../../host/base/errors.ts";
import { byteLength, elementCount, toBytes, zeroValues } from "../../host/graph/dtype.ts";
import type { Attributes, DType, Graph, Operator, Quantization, Shape, Tensor } from "../../host/graph/graph.ts";
import { checkGraph, graphNodes, operatorDefinition } from "../../host/graph/graph.ts";
import { engineNames, engines } from "../engines.ts";
import { Random } from "../plan/int8-graph.ts";

export interface Operand {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: Quantization;
  /** A constant's values; without them a model input. */
  readonly values?: readonly number[];
}

export interface Case {
  readonly kind: string;
  readonly attributes?: Attributes;
  readonly inputs: readonly Operand[];
  /** Type and quantisation; shapes are inferred. Absent: one output like input `like` (0). */
  readonly outputs?: readonly { readonly dtype: DType; readonly quantization?: Quantization }[];
  readonly like?: number;
}

export function perTensor(scale: number, zeroPoint: number): Quantization {
  return { scales: [Math.fround(scale)], zeroPoints: [zeroPoint], axis: 0 };
}

export function int32(values: readonly number[], shape: Shape = [values.length]): Operand {
  return { dtype: "int32", shape, values };
}

export function bytesOf(dtype: DType, shape: Shape, values: readonly number[]): Uint8Array {
  const held = zeroValues({ name: "", dtype, shape });
  values.forEach((value, i) => {
    if (held instanceof BigInt64Array || held instanceof BigUint64Array) held[i] = BigInt(value);
    else held[i] = value;
  });
  return toBytes(dtype, held);
}

/** Defaults of the attributes that a file would give. */
function withDefaults(kind: string, attributes: Attributes): Attributes {
  const fields = operatorDefinition(kind)?.tflite[0]?.options?.fields ?? {};
  const defaults = Object.entries(fields).map(([name, field]) => [name, field.default]);
  return { ...Object.fromEntries(defaults), ...attributes };
}

export function graphOf(cases: readonly Case[]): Graph {
  const tensors: Tensor[] = [];
  const operators: Operator[] = [];
  const add = (tensor: Tensor): number => tensors.push({ ...tensor, origin: tensors.length }) - 1;
  const inputs: number[] = [];
  const outputs: number[] = [];
  cases.forEach((one, origin) => {
    const ins = one.inputs.map(({ values, ...rest }, i) => {
      const data = values ? bytesOf(rest.dtype, rest.shape, values) : undefined;
      const index = add({ name: `${one.kind}_${origin}.${i}`, ...rest, data });
      if (!data) inputs.push(index);
      return index;
    });
    const { dtype, quantization } = one.inputs[one.like ?? 0]!;
    const made = one.outputs ?? [{ dtype, quantization }];
    const outs = made.map((output, i) => add({ name: `${one.kind}_${origin}.out${i}`, shape: [], ...output }));
    outputs.push(...outs);
    const attributes = withDefaults(one.kind, one.attributes ?? {});
    const operator: Operator = { kind: one.kind, inputs: ins, outputs: outs, attributes, origin };
    operators.push(operator);
    const partial: Graph = { name: "many", tensors, operators, inputs, outputs };
    const node = graphNodes(partial).node(operator);
    operatorDefinition(one.kind)!
      .infer(node)
      .forEach((shape, i) => {
        tensors[outs[i]!] = { ...tensors[outs[i]!]!, shape };
      });
  });
  return { name: "many", tensors, operators, inputs, outputs };
}

/** The problems of one operator with the shapes given, not inferred. */
export function problemsOf(one: Case, outputShapes: readonly Shape[] = [[1]]): UserError | undefined {
  const made = one.outputs ?? [one.inputs[one.like ?? 0]!];
  const tensors: Tensor[] = one.inputs.map(({ values, ...rest }, i) => ({
    name: `in${i}`,
    ...rest,
    data: values && bytesOf(rest.dtype, rest.shape, values),
  }));
  const inputs = tensors.map((_, i) => i);
  const outputs = made.map(({ dtype, quantization }, i) => {
    tensors.push({ name: `out${i}`, dtype, quantization, shape: outputShapes[i] ?? [1] });
    return tensors.length - 1;
  });
  const attributes = withDefaults(one.kind, one.attributes ?? {});
  const operator: Operator = { kind: one.kind, inputs, outputs, attributes, origin: 0 };
  const computed = inputs.filter((i) => !tensors[i]!.data);
  const problems = new Problems();
  checkGraph({ name: "one", tensors, operators: [operator], inputs: computed, outputs }, problems);
  try {
    problems.done();
  } catch (error) {
    return error as UserError;
  }
  return undefined;
}

const odd = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-40, -1e-40, 88.8, -104, 1e9, -1e9, 3e38, -3e38];

function randomBytes(tensor: Tensor, random: Random): Uint8Array {
  const count = elementCount(tensor.shape);
  if (tensor.dtype === "float32") {
    const values = Array.from({ length: count }, (_, i) =>
      i < odd.length && random.chance(60)
        ? odd[i]!
        : random.between(-12_000_000, 12_000_000) / 10 ** random.between(5, 7),
    );
    return bytesOf("float32", tensor.shape, values);
  }
  const bytes = Uint8Array.from({ length: byteLength(tensor) }, () => random.between(0, 255));
  return tensor.dtype === "bool" ? bytes.map((byte) => byte & 1) : bytes;
}

export interface Ran {
  /** Per output of the graph, on the reference. */
  readonly outputs: readonly Uint8Array[];
  readonly graph: Graph;
}

/** Runs all cases on all engines with random inputs (or those given) and expects the same bits of each. */
export async function expectSameOnEngines(cases: readonly Case[], seed: number, given?: readonly Uint8Array[]) {
  const graph = graphOf(cases);
  const problems = new Problems();
  checkGraph(graph, problems);
  problems.done();
  const random = new Random(seed);
  const running = await Promise.all(engineNames.map((name) => engines[name](graph)));
  for (let run = 0; run < (given ? 1 : 2); run++) {
    const inputs = given ?? graph.inputs.map((tensor) => randomBytes(graph.tensors[tensor]!, random));
    const [first, ...others] = running.map((engine) => engine.invoke(inputs).outputs);
    others.forEach((outputs, i) => {
      outputs.forEach((bytes, o) => {
        const what = `${graph.tensors[graph.outputs[o]!]!.name} on ${engineNames[i + 1]}`;
        expect([...bytes], what).toEqual([...first![o]!]);
      });
    });
    if (given) return first!;
  }
  return [];
}
