// SVDF: a rank-limited dense layer with memory. Each filter keeps its last `memory` feature products; a unit sums `rank`
// filters' dot products of memory and time weights. int8 input, weights and output; memory and time weights int16 or int8.
// The options' activation is not applied: TFLite Micro's integer kernel only saturates to int8.

import { activationField } from "../activation.ts";
import { elementBytes, elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import type { CheckedNode, Lowering, LowerNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";

const f = Math.fround;

function sizes(node: Node) {
  const [batches, depth] = node.input(0).shape as [number, number];
  const [filters, memory] = [node.input(1).shape[0]!, node.input(2).shape[1]!];
  const rank = Number(node.attributes["rank"]);
  return { batches, depth, filters, memory, rank, units: filters / rank };
}

/** Feature products → state, and Σ of the units → output; both products of scales are binary32. */
function multipliers(node: Node): { readonly feature: Multiplier; readonly time: Multiplier } {
  const scale = (i: number): number => perTensor(node.input(i).quantization).scale;
  const output = perTensor(node.output(0).quantization).scale;
  return {
    feature: quantizeMultiplier(f(f(scale(0) * scale(1)) / scale(4))),
    time: quantizeMultiplier(f(f(scale(4) * scale(2)) / output)),
  };
}

function checkShapes(node: CheckedNode): void {
  const { kind } = node.operator;
  const expect = (what: string, good: boolean, found: unknown, wanted: string): boolean => {
    if (!good) node.problem(error("attribute", { kind, attribute: what, found, wanted }));
    return good;
  };
  for (const i of [0, 1, 2]) {
    const rank = node.input(i).shape.length;
    if (!expect(`rank of input ${i}`, rank === 2, rank, "2")) return;
  }
  const { batches, depth, filters, memory, rank, units } = sizes(node);
  const shape = (i: number): string => `[${node.input(i).shape.join(", ")}]`;
  expect("rank", rank >= 1 && Number.isInteger(units) && units >= 1, rank, `a divisor of the ${filters} filters`);
  expect("shape of input 1", shape(1) === `[${filters}, ${depth}]`, shape(1), `[${filters}, ${depth}]`);
  expect("shape of input 2", shape(2) === `[${filters}, ${memory}]` && memory >= 1, shape(2), `[${filters}, memory]`);
  if (node.has(3)) expect("shape of the bias", elementCount(node.input(3).shape) === units, shape(3), `[${units}]`);
  const state = elementCount(node.input(4).shape);
  expect("elements of the state", state === batches * filters * memory, state, `${batches * filters * memory}`);
}

function check(node: CheckedNode): void {
  const { kind, inputs, outputs } = node.operator;
  const present = inputs.length === 5 && [0, 1, 2, 4].every((i) => node.has(i));
  if (!present) node.problem(error("arity", { kind, what: "inputs", found: inputs.length, wanted: "5" }));
  if (outputs.length !== 1) node.problem(error("arity", { kind, what: "outputs", found: outputs.length, wanted: "1" }));
  if (!present || outputs.length !== 1) return;
  let typed = inputHasType(node, 0, ["int8"]);
  typed = inputHasType(node, 1, ["int8"]) && typed;
  typed = inputHasType(node, 2, ["int8", "int16"]) && typed;
  typed = inputHasType(node, 4, [node.input(2).dtype]) && typed;
  typed = outputHasType(node, 0, ["int8"]) && typed;
  if (node.has(3)) typed = inputHasType(node, 3, ["int32"]) && typed;
  if (!node.input(4).state)
    node.problem(error("attribute", { kind, attribute: "input 4", found: "no variable", wanted: "a variable tensor" }));
  if (typed) for (const i of [0, 1, 2, 4]) isQuantizedPerTensor(node, "input", i);
  if (typed) isQuantizedPerTensor(node, "output", 0);
  checkShapes(node);
}

function run(node: RunNode): void {
  const [x, feature, time] = [node.value(0), node.value(1), node.value(2)] as [Int8Array, Int8Array, Int16Array];
  const bias = node.has(3) ? (node.value(3) as Int32Array) : undefined;
  const [state, y] = [node.value(4) as Int16Array, node.result(0) as Int8Array];
  const { batches, depth, filters, memory, rank, units } = sizes(node);
  const by = multipliers(node);
  const limit = node.input(4).dtype === "int8" ? 127 : 32767;
  const zero = (i: number): number => perTensor(node.input(i).quantization).zeroPoint;
  state.copyWithin(0, 1);
  for (let row = 0; row < batches * filters; row++) {
    const [batch, filter] = [Math.floor(row / filters), row % filters];
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += feature[filter * depth + k]! * (x[batch * depth + k]! - zero(0));
    const scaled = clamp(multiplyByQuantizedMultiplier(sum, by.feature), -limit - 1, limit);
    state[row * memory + memory - 1] = zero(4) + scaled;
  }
  for (let at = 0; at < batches * units; at++) {
    const unit = at % units;
    let sum = bias?.[unit] ?? 0;
    for (let k = 0; k < rank * memory; k++) {
      sum = (sum + time[unit * rank * memory + k]! * (state[at * rank * memory + k]! - zero(4))) | 0;
    }
    const scaled = (multiplyByQuantizedMultiplier(sum, by.time) + perTensor(node.output(0).quantization).zeroPoint) | 0;
    y[at] = clamp(scaled, -128, 127);
  }
}

function lower(node: LowerNode): Lowering {
  const { batches, depth, filters, memory, rank } = sizes(node);
  const { feature, time } = multipliers(node);
  const zero = (i: number): number => perTensor(node.input(i).quantization).zeroPoint;
  const addresses = [node.out(0), node.in(0), node.in(1), node.in(2), node.has(3) ? node.in(3) : 0, node.in(4)];
  const numbers = [batches, depth, filters, memory, rank];
  const first = [zero(0), feature.multiplier, feature.shift, zero(4)];
  const second = [time.multiplier, time.shift, perTensor(node.output(0).quantization).zeroPoint];
  const kernel = `svdf_s${elementBytes(node.input(4).dtype) * 8}`;
  return { calls: [{ kernel, arguments: [...addresses, ...numbers, ...first, ...second] }] };
}

export const svdf: OperatorDefinition = {
  kind: "svdf",
  tflite: [
    {
      builtin: 27,
      name: "SVDF",
      options: {
        tag: 6,
        fields: {
          rank: { slot: 0, type: "int32", default: 0 },
          activation: activationField(1),
          asymmetricQuantizeInputs: { slot: 2, type: "bool", default: false },
        },
      },
    },
  ],
  check,
  infer(node) {
    const { batches, units } = sizes(node);
    return [[batches, units]];
  },
  reference: run,
  macs(node) {
    const { batches, depth, filters, memory } = sizes(node);
    return batches * filters * (depth + memory);
  },
  lower,
};
