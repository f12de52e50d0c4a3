// MEAN and SUM. Quantised: the int32 sum less size · zeroPoint, times scale(in) / scale(out); the mean's multiplier has
// 1 / size folded in, with as many bits as the shift has room for (TFLite's QuantizedMeanOrSum).

import { elementBytes } from "../dtype.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier, quantizeMultiplier } from "../fixed-point.ts";
import type { CheckedNode, Lowering, LowerNode, Node, RunNode } from "../operator.ts";
import { isQuantizedPerTensor, perTensor } from "./operands.ts";
import { checkReduction, loopArguments, offsets, reduction, reductionLoops } from "./reduced.ts";

type Kind = "mean" | "sum";
const f = Math.fround;

function check(node: CheckedNode): void {
  if (!checkReduction(node, ["int8", "int16", "int32", "float32"])) return;
  const { dtype } = node.input(0);
  if (dtype !== "int8" && dtype !== "int16") return;
  isQuantizedPerTensor(node, "input", 0);
  isQuantizedPerTensor(node, "output", 0);
}

function multiplierOf(node: Node, kind: Kind, size: number): Multiplier {
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const { multiplier, shift } = quantizeMultiplier(input.scale / output.scale);
  if (kind === "sum") return { multiplier, shift };
  const bits = Math.min(31 - Math.clz32(size), 31 + shift);
  return { multiplier: Number((BigInt(multiplier) << BigInt(bits)) / BigInt(size)), shift: shift - bits };
}

function run(node: RunNode, kind: Kind): void {
  const [input, output] = [node.value(0), node.result(0)] as [Int8Array, Int8Array];
  const { dtype } = node.input(0);
  const { kept, reduced, size } = reductionLoops(node);
  const inner = [...offsets(reduced)];
  const add = dtype === "float32" ? (a: number, b: number) => f(a + b) : (a: number, b: number) => (a + b) | 0;
  const multiplier = multiplierOf(node, kind, size);
  const low = dtype === "int8" ? -128 : -32768;
  const zeroPoint = perTensor(node.output(0).quantization).zeroPoint;
  const correction = perTensor(node.input(0).quantization).zeroPoint * size;
  let at = 0;
  for (const from of offsets(kept)) {
    let sum = 0;
    for (const offset of inner) sum = add(sum, input[from + offset]!);
    if (dtype === "float32") output[at++] = kind === "mean" ? f(sum / size) : sum;
    else if (dtype === "int32") output[at++] = kind === "mean" ? Math.trunc(sum / size) : sum;
    else {
      const scaled = (multiplyByQuantizedMultiplier((sum - correction) | 0, multiplier) + zeroPoint) | 0;
      output[at++] = clamp(scaled, low, -low - 1);
    }
  }
}

function lower(node: LowerNode, kind: Kind): Lowering {
  const { dtype } = node.input(0);
  const loops = reductionLoops(node);
  const head = [node.out(0), node.in(0), ...loopArguments(loops, elementBytes(dtype))];
  if (dtype === "float32" || dtype === "int32") {
    const kernel = dtype === "float32" ? "reduce_sum_f32" : "reduce_sum_s32";
    const divisor = kind === "mean" ? loops.size : 1;
    return { calls: [{ kernel, arguments: [...head, divisor] }] };
  }
  const { multiplier, shift } = multiplierOf(node, kind, loops.size);
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const tail = [(input.zeroPoint * loops.size) | 0, multiplier, shift, output.zeroPoint];
  return { calls: [{ kernel: `reduce_sum_s${elementBytes(dtype) * 8}`, arguments: [...head, ...tail] }] };
}

const row = (kind: Kind, builtin: number) =>
  reduction({ kind, builtin, check, reference: (node) => run(node, kind), lower: (node) => lower(node, kind) });

export const sums = [row("mean", 40), row("sum", 74)];
