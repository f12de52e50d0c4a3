// SHAPE, RANK, FILL, ZEROS_LIKE, RANGE: tensors whose size, and mostly whose values, follow from shapes and constants; sizes
// are fixed before the model runs, so a size that is computed is refused.

import { elementBytes, elementCount, toBytes, zeroValues } from "../dtype.ts";
import { error } from "../errors.ts";
import type { DType, Shape, Values } from "../graph.ts";
import { repeat } from "../movement.ts";
import type { CheckedNode, Node, OperatorDefinition, TfliteRow } from "../operator.ts";
import { certain, movable } from "./data-movement.ts";
import { constantIntegers, hasArity, inputHasType, integersAreConstant, outputHasType } from "./operands.ts";

interface Known {
  readonly kind: string;
  readonly tflite: TfliteRow;
  readonly check: (node: CheckedNode) => void;
  readonly shape: (node: Node) => Shape;
  /** Writes the output's values, which need no run. */
  readonly write: (node: Node, to: Values) => void;
}

function knownOperator({ kind, tflite, check, shape, write }: Known): OperatorDefinition {
  return {
    kind,
    tflite: [tflite],
    check,
    infer: (node) => [shape(node)],
    reference: (node) => write(node, node.result(0)),
    lower(node) {
      const values = zeroValues(node.output(0));
      write(node, values);
      const bytes = toBytes(node.output(0).dtype, values);
      const source = { constant: bytes, label: "values", align: 8 } as const;
      return { calls: [{ kernel: "copy_bytes", arguments: [node.out(0), source, bytes.length] }] };
    },
  };
}

function writeNumbers(to: Values, numbers: readonly number[]): void {
  numbers.forEach((number, i) => {
    if (to instanceof BigInt64Array) to[i] = BigInt(number);
    else (to as Int32Array)[i] = number;
  });
}

const integerTypes: readonly DType[] = ["int32", "int64"];

function checkFacts(node: CheckedNode): void {
  if (hasArity(node, 1)) outputHasType(node, 0, integerTypes);
}

const shape = knownOperator({
  kind: "shape",
  tflite: {
    builtin: 77,
    name: "SHAPE",
    options: { tag: 55, fields: { outType: { slot: 0, type: "int8", default: 0 } } },
  },
  check: checkFacts,
  shape: (node) => [node.input(0).shape.length],
  write: (node, to) => writeNumbers(to, node.input(0).shape),
});

const rank = knownOperator({
  kind: "rank",
  tflite: { builtin: 110, name: "RANK", options: { tag: 86, fields: {} } },
  check: checkFacts,
  shape: () => [],
  write: (node, to) => writeNumbers(to, [node.input(0).shape.length]),
});

const zerosLike = knownOperator({
  kind: "zeros_like",
  tflite: { builtin: 93, name: "ZEROS_LIKE", options: { tag: 67, fields: {} } },
  check(node) {
    if (hasArity(node, 1) && inputHasType(node, 0, movable)) outputHasType(node, 0, [node.input(0).dtype]);
  },
  shape: (node) => node.input(0).shape,
  write: () => {},
});

/** start, limit, delta of RANGE. */
function rangeOf(node: Node): readonly [number, number, number] | undefined {
  const values = [0, 1, 2].map((input) => node.constant(input)?.[0]);
  if (values.includes(undefined)) return undefined;
  return values.map(Number) as [number, number, number];
}

const rangeLength = ([start, limit, delta]: readonly [number, number, number]): number =>
  Math.max(0, Math.ceil((limit - start) / delta));

const range = knownOperator({
  kind: "range",
  tflite: { builtin: 96, name: "RANGE", options: { tag: 73, fields: {} } },
  check(node) {
    if (!hasArity(node, 3) || !inputHasType(node, 0, ["int32", "int64", "float32"])) return;
    const { dtype } = node.input(0);
    const same = [inputHasType(node, 1, [dtype]), inputHasType(node, 2, [dtype]), outputHasType(node, 0, [dtype])];
    if (same.includes(false)) return;
    const numbers = rangeOf(node);
    if (numbers && numbers[2] !== 0 && rangeLength(numbers) >= 1) return;
    const found = numbers ? numbers.join(", ") : "computed at run time";
    const wanted = "constants with one step or more between them";
    node.problem(error("attribute", { kind: "range", attribute: "start, limit, delta", found, wanted }));
  },
  shape: (node) => [rangeLength(certain(rangeOf(node)))],
  write(node, to) {
    const [start, , delta] = certain(rangeOf(node));
    const round = to instanceof Float32Array ? Math.fround : (x: number): number => x;
    // TFLite adds the step to the value before it, in the value's own precision
    let value = start;
    const numbers = Array.from({ length: to.length }, () => {
      const now = value;
      value = round(value + delta);
      return now;
    });
    writeNumbers(to, numbers);
  },
});

const fill: OperatorDefinition = {
  kind: "fill",
  tflite: [{ builtin: 94, name: "FILL", options: { tag: 68, fields: {} } }],
  check(node) {
    if (!hasArity(node, 2) || !integersAreConstant(node, 0, "dims") || !inputHasType(node, 1, movable)) return;
    outputHasType(node, 0, [node.input(1).dtype]);
    const dims = certain(constantIntegers(node, 0));
    const count = elementCount(node.input(1).shape);
    if (dims.every((size) => size >= 1) && count === 1) return;
    const found = `[${dims.join(", ")}] of ${count} values`;
    node.problem(error("attribute", { kind: "fill", attribute: "dims", found, wanted: "1 or more, of one value" }));
  },
  infer: (node) => [certain(constantIntegers(node, 0))],
  reference: (node) => void (node.result(0) as Int8Array).fill(node.value(1)[0] as number),
  lower(node) {
    const { dtype, shape: dims } = node.output(0);
    const call = repeat(node.in(1), elementBytes(dtype), elementCount(dims), (offset) => node.out(0, offset));
    return { calls: [call] };
  },
};

export const shapes: readonly OperatorDefinition[] = [fill, range, rank, shape, zerosLike];
