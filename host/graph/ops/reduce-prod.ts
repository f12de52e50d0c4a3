// REDUCE_PROD. Quantised: the accumulator is rescaled at every factor by scale(in) / scale(out)^(1/size), so that it stays in
// the output's range, with the 64-bit rescaling (15-bit multiplier) of TFLite's QuantizedReduceProd.

import { elementBytes } from "../dtype.ts";
import { error } from "../errors.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier64, quantizeMultiplier } from "../fixed-point.ts";
import type { CheckedNode, Node } from "../operator.ts";
import { isQuantizedPerTensor, perTensor } from "./operands.ts";
import { checkReduction, loopArguments, offsets, reduction, reductionLoops } from "./reduced.ts";

function multiplierOf(node: Node, size: number): Multiplier {
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  return quantizeMultiplier(input.scale / output.scale ** (1 / size));
}

function check(node: CheckedNode): void {
  if (!checkReduction(node, ["int8", "int16", "int32", "float32"])) return;
  const { dtype } = node.input(0);
  if (dtype !== "int8" && dtype !== "int16") return;
  if (!isQuantizedPerTensor(node, "input", 0) || !isQuantizedPerTensor(node, "output", 0)) return;
  const { shift } = multiplierOf(node, reductionLoops(node).size);
  const { kind } = node.operator;
  const attribute = "shift of the factor scale(in) / scale(out)^(1/size)";
  if (shift > 7) node.problem(error("attribute", { kind, attribute, found: shift, wanted: "7 or less" }));
}

export const reduceProd = reduction({
  kind: "reduce_prod",
  builtin: 81,
  check,
  reference(node) {
    const [input, output] = [node.value(0), node.result(0)] as [Int8Array, Int8Array];
    const { dtype } = node.input(0);
    const { kept, reduced, size } = reductionLoops(node);
    const inner = [...offsets(reduced)];
    const multiplier = multiplierOf(node, size);
    const [from, to] = [
      perTensor(node.input(0).quantization).zeroPoint,
      perTensor(node.output(0).quantization).zeroPoint,
    ];
    const low = dtype === "int8" ? -128 : -32768;
    const rescale = (x: bigint): number => multiplyByQuantizedMultiplier64(x, multiplier);
    let at = 0;
    for (const base of offsets(kept)) {
      let product = 0;
      inner.forEach((offset, i) => {
        const value = input[base + offset]!;
        if (dtype === "float32") product = i ? Math.fround(product * value) : value;
        else if (dtype === "int32") product = i ? Math.imul(product, value) : value;
        else product = i ? rescale(BigInt(product) * BigInt(value - from)) : value - from;
      });
      if (dtype === "float32" || dtype === "int32") output[at++] = product;
      else output[at++] = clamp(rescale(BigInt(product)) + to, low, -low - 1);
    }
  },
  lower(node) {
    const { dtype } = node.input(0);
    const loops = reductionLoops(node);
    const head = [node.out(0), node.in(0), ...loopArguments(loops, elementBytes(dtype))];
    if (dtype === "float32" || dtype === "int32") {
      return {
        calls: [{ kernel: dtype === "float32" ? "reduce_product_f32" : "reduce_product_s32", arguments: head }],
      };
    }
    const { multiplier, shift } = multiplierOf(node, loops.size);
    const reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
    const [from, to] = [
      perTensor(node.input(0).quantization).zeroPoint,
      perTensor(node.output(0).quantization).zeroPoint,
    ];
    const kernel = `reduce_product_s${elementBytes(dtype) * 8}`;
    return { calls: [{ kernel, arguments: [...head, from, reduced, 15 - shift, to] }] };
  },
});
