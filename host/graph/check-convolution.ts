// What convolutions, depthwise convolutions and dense layers ask of their types and quantisation before anything is computed.
// Every problem is added; what passes can be lowered and run.

import { isClamp } from "./activation.ts";
import { type Family, family } from "./convolution.ts";
import { error } from "./errors.ts";
import type { CheckedNode } from "./operator.ts";
import { fitsReduced } from "./scaling.ts";

/** Types of input, weights, bias and output, the fused activation, the quantisation; adds every problem. */
export function checkFamily(node: CheckedNode, bias: number, axis: number, channels: number): boolean {
  const { kind } = node.operator;
  const found = family(node);
  if (!found) {
    const types = `${node.input(0).dtype} inputs and ${node.input(1).dtype} weights`;
    node.problem(error("unsupported-type", { kind, what: "operands", dtype: types }));
    return false;
  }
  let right = checkOutput(node, found) && checkBias(node, found, bias, channels);
  const activation = node.attributes["activation"] ?? "none";
  if (!isClamp(activation)) {
    const wanted = "none, relu, relu_n1_to_1 or relu6";
    node.problem(error("attribute", { kind, attribute: "fused activation", found: activation, wanted }));
    right = false;
  }
  return (found === "float32" || checkQuantization(node, found, axis, channels)) && right;
}

function checkOutput(node: CheckedNode, found: Family): boolean {
  const wanted = found === "hybrid" ? "float32" : found;
  const { dtype } = node.output(0);
  if (dtype !== wanted) {
    node.problem(error("type-mismatch", { kind: node.operator.kind, what: "the output", found: dtype, wanted }));
  }
  return dtype === wanted;
}

function checkBias(node: CheckedNode, found: Family, index: number, channels: number): boolean {
  if (!node.has(index)) return true;
  const { kind } = node.operator;
  const { dtype, shape } = node.input(index);
  const types = { int8: ["int32"], int16: ["int32", "int64"], float32: ["float32"], hybrid: ["float32"] }[found];
  const typed = types.includes(dtype);
  if (!typed) {
    node.problem(error("type-mismatch", { kind, what: "the bias", found: dtype, wanted: types.join(" or ") }));
  }
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const sized = count === channels;
  if (!sized) {
    node.problem(error("attribute", { kind, attribute: "number of biases", found: count, wanted: `${channels}` }));
  }
  const given = node.constant(index) !== undefined;
  if (!given) node.problem(error("attribute", { kind, attribute: "bias", found: "computed", wanted: "a constant" }));
  return typed && sized && given;
}

function checkQuantization(node: CheckedNode, found: Family, axis: number, channels: number): boolean {
  const { kind } = node.operator;
  const problem = (what: string, is: string, wanted: string): false => {
    node.problem(error("type-mismatch", { kind, what, found: is, wanted }));
    return false;
  };
  let right = true;
  const activations =
    found === "hybrid"
      ? []
      : ([
          ["the input", node.input(0)],
          ["the output", node.output(0)],
        ] as const);
  for (const [what, { quantization }] of activations) {
    const count = quantization?.scales.length ?? 0;
    if (count !== 1) right = problem(what, `quantised with ${count} scales`, "quantised with one scale");
    else if (found === "int16" && quantization!.zeroPoints[0] !== 0) {
      right = problem(what, `int16 with zero point ${quantization!.zeroPoints[0]}`, "int16 with zero point 0");
    }
  }
  const weights = node.input(1).quantization;
  const count = weights?.scales.length ?? 0;
  // With a scale per channel TFLite quantises floats with a zero point, in double precision.
  if (found === "hybrid" && count !== 1) {
    return problem("the weights of float inputs", `quantised with ${count} scales`, "quantised with one scale");
  }
  if (count !== 1 && count !== channels) {
    return problem("the weights", `quantised with ${count} scales`, `quantised with 1 or ${channels} scales`);
  }
  if (count > 1 && weights!.axis !== axis) {
    return problem("the weights", `quantised along dimension ${weights!.axis}`, `quantised along dimension ${axis}`);
  }
  if (found === "int16" && right) {
    const [x, y] = [node.input(0), node.output(0)].map(({ quantization }) => quantization!.scales[0]!) as [
      number,
      number,
    ];
    const steep = weights!.scales.find((scale) => !fitsReduced((x * scale) / y));
    if (steep !== undefined) return problem("the rescaling factor", `${(x * steep) / y}`, "below 128");
  }
  return right;
}

/** Convolutions have symmetric weights; only per-tensor dense layers may have another zero point. */
export function checkSymmetricWeights(node: CheckedNode): boolean {
  const odd = node.input(1).quantization?.zeroPoints.find((zero) => zero !== 0);
  if (odd === undefined) return true;
  const { kind } = node.operator;
  node.problem(error("type-mismatch", { kind, what: "the weights' zero point", found: `${odd}`, wanted: "0" }));
  return false;
}
