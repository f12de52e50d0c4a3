// SELECT, SELECT_V2: per element, input 1 where the condition (input 0, bool) holds, input 2 where not; all three broadcast.
// Values are copied as they stand. SELECT (the older one) also takes a condition of rank 1 that chooses whole rows, i.e.
// runs along the first dimension of values of higher rank.

import { broadcastEach, broadcastShape } from "../broadcast.ts";
import { elementBytes } from "../dtype.ts";
import { error } from "../errors.ts";
import type { Shape, Tensor } from "../graph.ts";
import type { CheckedNode, Node, OperatorDefinition } from "../operator.ts";
import { checkBroadcast, walkArguments } from "./elementwise.ts";
import { hasArity, inputHasType, outputHasType, sameQuantization } from "./operands.ts";

/** The condition's shape as it broadcasts: [n] against [n, …] stands for [n, 1, …]. */
function conditionShape(node: Node): Shape {
  const { shape } = node.input(0);
  const rank = node.input(1).shape.length;
  const rows = node.operator.kind === "select" && shape.length === 1 && rank > 1 && shape[0] === node.input(1).shape[0];
  return rows ? [shape[0]!, ...new Array(rank - 1).fill(1)] : shape;
}

function operands(node: Node): readonly Tensor[] {
  return [{ ...node.input(0), shape: conditionShape(node) }, node.input(1), node.input(2)];
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 3)) return;
  const { kind } = node.operator;
  const { dtype, quantization } = node.input(1);
  inputHasType(node, 0, ["bool"]);
  if (!inputHasType(node, 1, ["int8", "int16", "int32", "float32", "bool"])) return;
  const found = node.input(2).dtype;
  if (found !== dtype) node.problem(error("type-mismatch", { kind, what: "input 2", found, wanted: dtype }));
  outputHasType(node, 0, [dtype]);
  const same = sameQuantization(quantization, node.input(2).quantization);
  const wanted = "the scale and zero point of input 1";
  if (!same) node.problem(error("attribute", { kind, attribute: "quantisation of input 2", found: "another", wanted }));
  checkBroadcast(
    node,
    operands(node).map((operand) => operand.shape),
  );
}

function select(kind: string, builtin: number, name: string, tag: number): OperatorDefinition {
  return {
    kind,
    tflite: [{ builtin, name, options: { tag, fields: {} } }],
    check,
    infer: (node) => [broadcastShape(operands(node).map((operand) => operand.shape)) ?? node.output(0).shape],
    reference(node) {
      const shapes = operands(node).map((operand) => operand.shape);
      const [condition, x, y] = [node.value(0), node.value(1), node.value(2)] as [Uint8Array, Int8Array, Int8Array];
      const result = node.result(0) as Int8Array;
      broadcastEach(node.output(0).shape, shapes, (at, [c, i, j]) => {
        result[at] = condition[c!] ? x[i!]! : y[j!]!;
      });
    },
    lower(node) {
      const bytes = elementBytes(node.input(1).dtype);
      const walk = walkArguments(node.output(0).shape, operands(node));
      const kernel = `select_${bytes}`;
      return { calls: [{ kernel, arguments: [node.out(0), node.in(0), node.in(1), node.in(2), ...walk] }] };
    },
  };
}

export const selects = [select("select", 64, "SELECT", 47), select("select_v2", 123, "SELECT_V2", 98)];
