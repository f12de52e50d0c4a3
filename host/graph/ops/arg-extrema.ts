// ARG_MAX and ARG_MIN: the index along one axis of the greatest or least value, the first of equals.

import { elementBytes, elementCount } from "../dtype.ts";
import type { CheckedNode, Node, OperatorDefinition } from "../operator.ts";
import {
  axisExists,
  constantIntegers,
  hasArity,
  inputHasType,
  integersAreConstant,
  outputHasType,
  positiveAxis,
} from "./operands.ts";

interface Split {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
  readonly axis: number;
}

function splitAt(node: Node): Split {
  const { shape } = node.input(0);
  const axis = positiveAxis(constantIntegers(node, 1)?.[0] ?? 0, shape.length);
  const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  return { outer, size: shape[axis] ?? 0, inner, axis };
}

function check(node: CheckedNode): void {
  if (!hasArity(node, 2) || !inputHasType(node, 0, ["int8", "int16", "int32", "float32"])) return;
  if (!integersAreConstant(node, 1, "axis", 1)) return;
  outputHasType(node, 0, ["int32", "int64"]);
  axisExists(node, constantIntegers(node, 1)![0]!, node.input(0).shape.length);
}

function argExtremum(kind: "arg_max" | "arg_min", builtin: number, tag: number): OperatorDefinition {
  const better = kind === "arg_max" ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
  return {
    kind,
    tflite: [
      {
        builtin,
        name: kind.toUpperCase(),
        options: { tag, fields: { outputType: { slot: 0, type: "int8", default: 0 } } },
      },
    ],
    check,
    infer(node) {
      const { axis } = splitAt(node);
      return [node.input(0).shape.filter((_, i) => i !== axis)];
    },
    reference(node) {
      const input = node.value(0) as Int8Array;
      const output = node.result(0);
      const { outer, size, inner } = splitAt(node);
      for (let at = 0; at < outer * inner; at++) {
        const base = Math.floor(at / inner) * size * inner + (at % inner);
        let best = 0;
        for (let i = 1; i < size; i++) if (better(input[base + i * inner]!, input[base + best * inner]!)) best = i;
        if (output instanceof BigInt64Array) output[at] = BigInt(best);
        else output[at] = best;
      }
    },
    lower(node) {
      const { dtype } = node.input(0);
      const { outer, size, inner } = splitAt(node);
      const suffix = dtype === "float32" ? "f32" : `s${elementBytes(dtype) * 8}`;
      const numbers = [outer, size, inner, elementBytes(node.output(0).dtype)];
      const most = kind === "arg_max" ? 1 : 0;
      return { calls: [{ kernel: `arg_extremum_${suffix}`, arguments: [most, node.out(0), node.in(0), ...numbers] }] };
    },
  };
}

export const argExtrema = [argExtremum("arg_max", 56, 40), argExtremum("arg_min", 79, 57)];
