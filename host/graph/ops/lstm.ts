// UNIDIRECTIONAL_SEQUENCE_LSTM: int8 (int32 biases) and int16 activations (int64 biases) with int8 weights and an int16 cell.
// No peephole, projection, layer norm or coupled input gate. Hidden and cell state are state tensors: they live on from one
// inference to the next. host/graph/lstm.ts has the arithmetic's constants.

import { activationField } from "../activation.ts";
import { elementBytes, elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import type { Multiplier } from "../fixed-point.ts";
import { clamp, multiplyByQuantizedMultiplier, multiplyByQuantizedMultiplier64 } from "../fixed-point.ts";
import type { Values } from "../graph.ts";
import { type LstmConstants, lstmConstants, lstmInputs, lstmSizes } from "../lstm.ts";
import type { CheckedNode, Lowering, LowerNode, OperatorDefinition, RunNode } from "../operator.ts";
import { inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";
import { packLstm } from "./pack-lstm.ts";
import { logisticS16, sigmoidTable, tanhS16 } from "./sigmoid.ts";

const gateUnits = { multiplier: 3, shift: 0 };
const sat16 = (x: number): number => clamp(x, -32768, 32767);

function checkPresence(node: CheckedNode): boolean {
  const { kind, inputs, outputs } = node.operator;
  const wanted = "20 to 24, without peephole, projection and layer norm";
  const needed = [0, ...lstmInputs.gates.flatMap((gate) => [gate.input, gate.recurrent, gate.bias]), 18, 19];
  const present = inputs.length >= 20 && inputs.length <= 24 && needed.every((i) => node.has(i));
  const plain = [9, 10, 11, 16, 17, 20, 21, 22, 23].every((i) => !node.has(i));
  if (!present || !plain) node.problem(error("arity", { kind, what: "inputs", found: inputs.length, wanted }));
  if (outputs.length !== 1) node.problem(error("arity", { kind, what: "outputs", found: outputs.length, wanted: "1" }));
  return present && plain && outputs.length === 1;
}

function checkShapes(node: CheckedNode): boolean {
  const { kind } = node.operator;
  const shape = (i: number): string => `[${node.input(i).shape.join(", ")}]`;
  const problem = (i: number, wanted: string): false => {
    node.problem(error("attribute", { kind, attribute: `shape of input ${i}`, found: shape(i), wanted }));
    return false;
  };
  if (node.input(0).shape.length !== 3) return problem(0, "of three dimensions");
  if (node.input(2).shape.length !== 2) return problem(2, "[units, depth]");
  const { batches, depth, units } = lstmSizes(node);
  let good = true;
  for (const { input, recurrent, bias } of lstmInputs.gates) {
    if (shape(input) !== `[${units}, ${depth}]`) good = problem(input, `[${units}, ${depth}]`);
    if (shape(recurrent) !== `[${units}, ${units}]`) good = problem(recurrent, `[${units}, ${units}]`);
    if (elementCount(node.input(bias).shape) !== units) good = problem(bias, `[${units}]`);
  }
  for (const i of [lstmInputs.hidden, lstmInputs.cell]) {
    if (elementCount(node.input(i).shape) !== batches * units) good = problem(i, `of ${batches * units} elements`);
  }
  if (elementCount(node.input(0).shape) === 0 || units === 0) good = problem(0, "not empty");
  return good;
}

function check(node: CheckedNode): void {
  if (!checkPresence(node) || !inputHasType(node, 0, ["int8", "int16"])) return;
  const { kind } = node.operator;
  const { dtype } = node.input(0);
  const attribute = (name: string, found: unknown, wanted: string): void =>
    node.problem(error("attribute", { kind, attribute: name, found, wanted }));
  for (const { input, recurrent, bias } of lstmInputs.gates) {
    inputHasType(node, bias, [dtype === "int8" ? "int32" : "int64"]);
    if (!node.constant(bias)) attribute(`input ${bias}`, "computed at run time", "a constant");
    for (const i of [input, recurrent]) {
      if (!inputHasType(node, i, ["int8"]) || !isQuantizedPerTensor(node, "input", i)) continue;
      if (!node.constant(i)) attribute(`input ${i}`, "computed at run time", "a constant");
      if (perTensor(node.input(i).quantization).zeroPoint) attribute(`zero point of input ${i}`, "not 0", "0");
    }
  }
  inputHasType(node, lstmInputs.hidden, [dtype]);
  inputHasType(node, lstmInputs.cell, ["int16"]);
  outputHasType(node, 0, [dtype]);
  for (const i of [lstmInputs.hidden, lstmInputs.cell])
    if (!node.input(i).state) attribute(`input ${i}`, "no variable", "a variable tensor");
  const { activation } = node.attributes;
  if (activation !== "tanh") attribute("activation", activation, "tanh");
  checkScales(node);
  checkShapes(node);
}

function checkScales(node: CheckedNode): void {
  const { kind } = node.operator;
  for (const i of [0, lstmInputs.hidden, lstmInputs.cell]) if (!isQuantizedPerTensor(node, "input", i)) return;
  const cell = perTensor(node.input(lstmInputs.cell).quantization);
  const log2 = Math.log2(cell.scale);
  const power = Math.abs(log2 - Math.round(log2)) < 1e-3 && log2 > -24 && log2 < 0 && cell.zeroPoint === 0;
  const wanted = "a power of two below 1, with zero point 0";
  if (!power)
    node.problem(error("attribute", { kind, attribute: "scale of the cell state", found: cell.scale, wanted }));
  if (node.input(0).dtype === "int8") return;
  for (const i of [0, lstmInputs.hidden]) {
    const { zeroPoint } = perTensor(node.input(i).quantization);
    if (zeroPoint)
      node.problem(error("attribute", { kind, attribute: `zero point of input ${i}`, found: zeroPoint, wanted: "0" }));
  }
}

/** One matrix product of one gate and one sequence step, saturated to int16. */
interface Product {
  readonly weights: Int8Array;
  readonly bias: Values | undefined;
  readonly zeroPoint: number;
  readonly by: Multiplier;
}

function multiply({ weights, bias, zeroPoint, by }: Product, values: ArrayLike<number>, unit: number): number {
  const depth = values.length;
  let sum = 0;
  for (let k = 0; k < depth; k++) sum += (values[k]! - zeroPoint) * weights[unit * depth + k]!;
  const start = bias?.[unit] ?? 0;
  if (typeof start === "bigint") return sat16(multiplyByQuantizedMultiplier64(start + BigInt(sum), by));
  return sat16(multiplyByQuantizedMultiplier((start + sum) | 0, by));
}

function products(node: RunNode, constants: LstmConstants) {
  const wide = node.input(0).dtype === "int16";
  return lstmInputs.gates.map(({ input, recurrent, bias }, i) => ({
    input: {
      weights: node.value(input) as Int8Array,
      bias: node.value(bias),
      zeroPoint: constants.inputZeroPoint,
      by: constants.gates[i]!.input,
    },
    recurrent: {
      weights: node.value(recurrent) as Int8Array,
      bias: wide ? new BigInt64Array(lstmSizes(node).units) : undefined,
      zeroPoint: constants.hiddenZeroPoint,
      by: constants.gates[i]!.recurrent,
    },
  }));
}

function run(node: RunNode): void {
  const [x, y] = [node.value(0), node.result(0)] as [Int8Array, Int8Array];
  const hidden = node.value(lstmInputs.hidden) as Int8Array;
  const cell = node.value(lstmInputs.cell) as Int16Array;
  const { batches, steps, depth, units, timeMajor } = lstmSizes(node);
  const constants = lstmConstants(node);
  const gates = products(node, constants);
  const limit = node.input(0).dtype === "int8" ? 127 : 32767;
  const times = (a: number, b: number, by: Multiplier): number => multiplyByQuantizedMultiplier(a * b, by);
  for (let batch = 0; batch < batches; batch++) {
    const h = hidden.subarray(batch * units, (batch + 1) * units);
    const c = cell.subarray(batch * units, (batch + 1) * units);
    for (let step = 0; step < steps; step++) {
      const row = timeMajor ? step * batches + batch : batch * steps + step;
      const values = x.subarray(row * depth, (row + 1) * depth);
      const [forget, input, fresh, output] = gates.map((gate, g) =>
        Array.from({ length: units }, (_, unit) => {
          const sum = sat16(multiply(gate.input, values, unit) + multiply(gate.recurrent, h, unit));
          return g === 2 ? tanhS16(sum, gateUnits) : logisticS16(sum, gateUnits);
        }),
      ) as [number[], number[], number[], number[]];
      for (let u = 0; u < units; u++) {
        const kept = sat16(times(forget[u]!, c[u]!, constants.forgetCell));
        const added = sat16(times(input[u]!, fresh[u]!, constants.inputNew));
        const next = sat16(kept + added);
        c[u] = constants.clip ? clamp(next, -constants.clip, constants.clip) : next;
        const value = times(tanhS16(c[u]!, constants.cellTanh), output[u]!, constants.hidden);
        h[u] = clamp(value + constants.hiddenZeroPoint, -limit - 1, limit);
        y[row * units + u] = h[u]!;
      }
    }
  }
}

function lower(node: LowerNode): Lowering {
  const { batches, steps, depth, units, timeMajor } = lstmSizes(node);
  const constants = lstmConstants(node);
  const bytes = elementBytes(node.input(0).dtype);
  const rows = timeMajor ? [batches, 1] : [1, steps];
  const table = new Uint8Array(Uint16Array.from(sigmoidTable).buffer);
  const { stream, scratchBytes } = packLstm(node, constants);
  const pair = ({ multiplier, shift }: Multiplier): number[] => [multiplier, shift];
  const states = [node.in(lstmInputs.hidden), node.in(lstmInputs.cell), { scratch: 0 }];
  const constant = [
    { constant: stream, label: "gates", align: 8 },
    { constant: table, label: "sigmoid", align: 2 },
  ] as const;
  const sizes = [batches, steps, depth, units, ...rows];
  const factors = [...pair(constants.forgetCell), ...pair(constants.inputNew), ...pair(constants.hidden)];
  const tail = [constants.hiddenZeroPoint, constants.cellTanh.multiplier, constants.cellTanh.shift, constants.clip];
  const kernel = bytes === 1 ? "lstm_s8" : "lstm_s16";
  const call = { kernel, arguments: [node.out(0), node.in(0), ...states, ...constant, ...sizes, ...factors, ...tail] };
  return { calls: [call], scratchBytes };
}

export const lstm: OperatorDefinition = {
  kind: "unidirectional_sequence_lstm",
  tflite: [
    {
      builtin: 44,
      name: "UNIDIRECTIONAL_SEQUENCE_LSTM",
      options: {
        tag: 71,
        fields: {
          activation: activationField(0),
          cellClip: { slot: 1, type: "float32", default: 0 },
          projectionClip: { slot: 2, type: "float32", default: 0 },
          timeMajor: { slot: 3, type: "bool", default: false },
          asymmetricQuantizeInputs: { slot: 4, type: "bool", default: false },
          diagonalRecurrentTensors: { slot: 5, type: "bool", default: false },
        },
      },
    },
  ],
  check,
  infer(node) {
    const [first, second] = node.input(0).shape;
    return [[first!, second!, lstmSizes(node).units]];
  },
  reference: run,
  macs(node) {
    const { batches, steps, depth, units } = lstmSizes(node);
    return batches * steps * 4 * units * (depth + units);
  },
  lower,
};
