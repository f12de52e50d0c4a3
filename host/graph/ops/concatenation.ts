// CONCATENATION and PACK: tensors side by side along an axis; PACK makes that axis, CONCATENATION lengthens it.
// As in TFLite Micro, int8 inputs must have the output's quantisation (converters put a QUANTIZE where it differs), int16
// elements are copied whatever their scales.

import { activationField } from "../activation.ts";
import { error } from "../errors.ts";
import type { Shape } from "../graph.ts";
import { type Axis, strides } from "../movement.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { movementOperator, type Transfer } from "./data-movement.ts";
import { axisExists, hasArity, inputHasType, positiveAxis, sameQuantization } from "./operands.ts";

/** Input i's dimensions and where they lie in the output, one after the other along `axis`. */
function join(node: Node, axis: number, shapeOf: (input: number) => Shape): readonly Transfer[] {
  const to = strides(node.output(0).shape);
  let start = 0;
  return node.operator.inputs.map((_, input) => {
    const shape = shapeOf(input);
    const from = strides(shape);
    const axes = shape.map((count, i): Axis => ({ count, to: to[i]!, from: from[i]! }));
    const base = start * to[axis]!;
    start += shape[axis]!;
    return { input, output: 0, movement: { axes, to: base } };
  });
}

function sameTypes(node: CheckedNode): boolean {
  const { dtype } = node.input(0);
  return node.operator.inputs.every((_, i) => inputHasType(node, i, [dtype]));
}

function checkQuantization(node: CheckedNode): void {
  const output = node.output(0);
  if (output.dtype !== "int8" && output.dtype !== "uint8") return;
  node.operator.inputs.forEach((_, i) => {
    const { quantization } = node.input(i);
    if (sameQuantization(quantization, output.quantization)) return;
    const [found, wanted] = [quantization, output.quantization].map(
      (q) => `quantised by ${q?.scales.join(", ")} with zero point ${q?.zeroPoints.join(", ")}`,
    );
    const { kind } = node.operator;
    node.problem(
      error("type-mismatch", { kind, what: `input ${i}`, found: found!, wanted: `${wanted}, as the output` }),
    );
  });
}

const concatenationAxis = (node: Node): number =>
  positiveAxis(node.attributes["axis"] as number, node.input(0).shape.length);

function checkConcatenation(node: CheckedNode): boolean {
  if (!hasArity(node, 1, Number.POSITIVE_INFINITY) || !sameTypes(node)) return false;
  const { shape } = node.input(0);
  if (!axisExists(node, node.attributes["axis"] as number, shape.length)) return false;
  const { kind } = node.operator;
  if (node.attributes["activation"] !== "none") {
    const facts = { kind, attribute: "activation", found: node.attributes["activation"], wanted: "none" };
    node.problem(error("attribute", facts));
  }
  const axis = concatenationAxis(node);
  const other = node.operator.inputs.findIndex((_, i) => {
    const found = node.input(i).shape;
    return found.length !== shape.length || found.some((size, d) => d !== axis && size !== shape[d]);
  });
  if (other >= 0) {
    const found = `[${node.input(other).shape.join(", ")}]`;
    const wanted = `[${shape.join(", ")}] but for dimension ${axis}`;
    node.problem(error("attribute", { kind, attribute: `shape of input ${other}`, found, wanted }));
    return false;
  }
  checkQuantization(node);
  return true;
}

export const concatenation = movementOperator({
  kind: "concatenation",
  tflite: [
    {
      builtin: 2,
      name: "CONCATENATION",
      options: { tag: 10, fields: { axis: { slot: 0, type: "int32", default: 0 }, activation: activationField(1) } },
    },
  ],
  check: checkConcatenation,
  infer(node) {
    const axis = concatenationAxis(node);
    const size = node.operator.inputs.reduce((sum, _, i) => sum + node.input(i).shape[axis]!, 0);
    return [node.input(0).shape.with(axis, size)];
  },
  transfers: (node) => join(node, concatenationAxis(node), (input) => node.input(input).shape),
});

const packAxis = (node: Node): number =>
  positiveAxis(node.attributes["axis"] as number, node.input(0).shape.length + 1);

const withAxis = (shape: Shape, axis: number, size: number): Shape => [
  ...shape.slice(0, axis),
  size,
  ...shape.slice(axis),
];

function checkPack(node: CheckedNode): boolean {
  if (!hasArity(node, 1, Number.POSITIVE_INFINITY) || !sameTypes(node)) return false;
  const { shape } = node.input(0);
  const { kind } = node.operator;
  const count = node.operator.inputs.length;
  if (!axisExists(node, node.attributes["axis"] as number, shape.length + 1)) return false;
  if (node.attributes["valuesCount"] !== count) {
    const found = node.attributes["valuesCount"];
    node.problem(
      error("attribute", { kind, attribute: "valuesCount", found, wanted: `${count}, the number of inputs` }),
    );
  }
  const other = node.operator.inputs.findIndex((_, i) => `${node.input(i).shape}` !== `${shape}`);
  if (other < 0) return true;
  const found = `[${node.input(other).shape.join(", ")}]`;
  const wanted = `[${shape.join(", ")}] as input 0`;
  node.problem(error("attribute", { kind, attribute: `shape of input ${other}`, found, wanted }));
  return false;
}

export const pack = movementOperator({
  kind: "pack",
  tflite: [
    {
      builtin: 83,
      name: "PACK",
      options: {
        tag: 59,
        fields: { valuesCount: { slot: 0, type: "int32", default: 0 }, axis: { slot: 1, type: "int32", default: 0 } },
      },
    },
  ],
  check: checkPack,
  infer: (node) => [withAxis(node.input(0).shape, packAxis(node), node.operator.inputs.length)],
  transfers: (node) => join(node, packAxis(node), (input) => withAxis(node.input(input).shape, packAxis(node), 1)),
});
