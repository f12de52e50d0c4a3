// RESHAPE, SQUEEZE, EXPAND_DIMS: the same values under another shape. The output shares the input's memory, so none has
// code. A shape given as a constant tensor wins over the options (as in TFLite); a computed one is refused: sizes are
// fixed before the model runs.

import { elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import type { CheckedNode, Lowering, OperatorDefinition, RunNode } from "../operator.ts";
import { constantIntegers, hasArity } from "./operands.ts";

function checkAlias(node: CheckedNode): void {
  const { kind } = node.operator;
  const wanted = node.input(0).dtype;
  const found = node.output(0).dtype;
  if (found !== wanted) node.problem(error("type-mismatch", { kind, what: "output", found, wanted }));
  const [have, need] = [elementCount(node.input(0).shape), elementCount(node.output(0).shape)];
  if (have === need) return;
  node.problem(error("attribute", { kind, attribute: "elements of the output", found: need, wanted: `${have}` }));
}

function copyValues(node: RunNode): void {
  (node.result(0) as Int8Array).set(node.value(0) as Int8Array);
}

const alias = (): Lowering => ({ calls: [], alias: true });

/** A computed shape operand cannot be followed; TFLite Micro takes the output's shape from the file then, and so do we. */
export const reshape: OperatorDefinition = {
  kind: "reshape",
  tflite: [
    {
      builtin: 22,
      name: "RESHAPE",
      options: { tag: 17, fields: { newShape: { slot: 0, type: "int32s", default: [] } } },
    },
  ],
  check(node) {
    if (hasArity(node, 1, 2)) checkAlias(node);
  },
  infer(node) {
    const count = elementCount(node.input(0).shape);
    const option = node.attributes["newShape"] as readonly number[];
    const wanted = (node.has(1) ? constantIntegers(node, 1) : option) ?? node.output(0).shape;
    const unknown = wanted.filter((dimension) => dimension === -1).length;
    if (unknown !== 1) return [wanted];
    const rest = wanted.reduce((product, dimension) => (dimension === -1 ? product : product * dimension), 1);
    return [wanted.map((dimension) => (dimension === -1 ? (rest ? Math.floor(count / rest) : 0) : dimension))];
  },
  reference: copyValues,
  lower: alias,
};

export const squeeze: OperatorDefinition = {
  kind: "squeeze",
  tflite: [
    {
      builtin: 43,
      name: "SQUEEZE",
      options: { tag: 30, fields: { squeezeDims: { slot: 0, type: "int32s", default: [] } } },
    },
  ],
  check(node) {
    if (!hasArity(node, 1)) return;
    checkAlias(node);
    const { shape } = node.input(0);
    for (const axis of node.attributes["squeezeDims"] as readonly number[]) {
      if (shape.at(axis) === 1 && axis >= -shape.length) continue;
      const wanted = "the index of a dimension of size 1";
      node.problem(error("attribute", { kind: "squeeze", attribute: "squeezeDims", found: axis, wanted }));
    }
  },
  infer(node) {
    const { shape } = node.input(0);
    const axes = node.attributes["squeezeDims"] as readonly number[];
    const named = new Set(axes.map((axis) => (axis < 0 ? axis + shape.length : axis)));
    return [shape.filter((dimension, i) => (axes.length ? !named.has(i) : dimension !== 1))];
  },
  reference: copyValues,
  lower: alias,
};

export const expandDims: OperatorDefinition = {
  kind: "expand_dims",
  tflite: [{ builtin: 70, name: "EXPAND_DIMS", options: { tag: 52, fields: {} } }],
  check(node) {
    if (!hasArity(node, 2)) return;
    checkAlias(node);
    const axis = constantIntegers(node, 1);
    const rank = node.input(0).shape.length;
    if (axis?.length === 1 && axis[0]! >= -rank - 1 && axis[0]! <= rank) return;
    const found = axis ? axis.join(", ") : "computed at run time";
    node.problem(
      error("attribute", {
        kind: "expand_dims",
        attribute: "axis",
        found,
        wanted: `a constant from ${-rank - 1} to ${rank}`,
      }),
    );
  },
  infer(node) {
    const { shape } = node.input(0);
    const axis = constantIntegers(node, 1)?.[0] ?? 0;
    const at = axis < 0 ? axis + shape.length + 1 : axis;
    return [[...shape.slice(0, at), 1, ...shape.slice(at)]];
  },
  reference: copyValues,
  lower: alias,
};
