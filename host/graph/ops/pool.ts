// AVERAGE_POOL_2D and MAX_POOL_2D over NHWC, int8, int16 and float32. Padding takes no part: windows are cut at the border
// and averages divide by the elements really read. Quantised averages are rounded to nearest, halves away from zero; input
// and output share scale and zero point.

import { activationField, floatClamp, integerClamp, isClamp } from "../activation.ts";
import { elementBytes } from "../dtype.ts";
import { error } from "../errors.ts";
import { clamp } from "../fixed-point.ts";
import type { DType } from "../graph.ts";
import type { CheckedNode, Lowering, LowerNode, Node, OperatorDefinition, RunNode } from "../operator.ts";
import { paddingField, type Window, type WindowAxis, windowOf } from "../window.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";

type Kind = "average_pool_2d" | "max_pool_2d";

function poolWindow(node: Node): Window {
  const [, y, x] = node.input(0).shape;
  const { filterH, filterW } = node.attributes;
  return windowOf(node.attributes, { y: y!, x: x! }, { y: Number(filterH), x: Number(filterW) });
}

/** Input positions [from, to) that window i covers. */
function covered({ input, kernel, stride, before }: WindowAxis, i: number): readonly [from: number, to: number] {
  const start = i * stride - before;
  return [Math.max(0, start), Math.min(input, start + kernel)];
}

function bounds(node: Node): readonly [low: number, high: number] {
  const { activation } = node.attributes;
  return node.output(0).dtype === "float32" ? floatClamp(activation) : integerClamp(activation, node.output(0));
}

function check(node: CheckedNode): void {
  const { kind } = node.operator;
  const attribute = (name: string, found: unknown, wanted: string): void =>
    node.problem(error("attribute", { kind, attribute: name, found, wanted }));
  if (!hasArity(node, 1) || !inputHasType(node, 0, ["int8", "int16", "float32"])) return;
  const { dtype, shape } = node.input(0);
  if (shape.length !== 4) attribute("rank of the input", shape.length, "4 (NHWC)");
  let whole = true;
  for (const name of ["strideH", "strideW", "filterH", "filterW"]) {
    const found = Number(node.attributes[name]);
    if (found >= 1 && found <= 2 ** 20) continue;
    attribute(name, found, "1 or more");
    whole = false;
  }
  const { activation } = node.attributes;
  if (!isClamp(activation)) attribute("activation", activation, "none, relu, relu6 or relu_n1_to_1");
  if (shape.length === 4 && whole) {
    const { x, y } = poolWindow(node);
    if (x.output < 1 || y.output < 1) attribute("filter", `${y.kernel} × ${x.kernel}`, "no larger than the input");
  }
  if (!outputHasType(node, 0, [dtype]) || dtype === "float32") return;
  if (!isQuantizedPerTensor(node, "input", 0) || !isQuantizedPerTensor(node, "output", 0)) return;
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  if (Math.abs(input.scale - output.scale) > 1e-6 || input.zeroPoint !== output.zeroPoint)
    attribute(
      "quantisation of the output",
      `${output.scale}, ${output.zeroPoint}`,
      `${input.scale}, ${input.zeroPoint}`,
    );
}

interface Reducer {
  readonly first: number;
  readonly next: (current: number, value: number) => number;
  readonly last: (current: number, count: number) => number;
}

const lowest: Partial<Record<DType, number>> = { int8: -128, int16: -32768, float32: -3.4028234663852886e38 };

function reducerOf(kind: Kind, dtype: DType): Reducer {
  const f = Math.fround;
  // biome-ignore lint/complexity/useMathMinMax: the kernel's comparison, so that NaN and −0 fall the same way
  if (kind === "max_pool_2d") return { first: lowest[dtype]!, next: (a, b) => (b > a ? b : a), last: (a) => a };
  if (dtype === "float32") return { first: 0, next: (a, b) => f(a + b), last: (a, count) => f(a / count) };
  const half = (count: number): number => count >> 1;
  const last = (a: number, count: number): number => Math.trunc((a > 0 ? a + half(count) : a - half(count)) / count);
  return { first: 0, next: (a, b) => a + b, last };
}

function run(node: RunNode, kind: Kind): void {
  const [input, output] = [node.value(0), node.result(0)] as [Int8Array, Int8Array];
  const { x, y } = poolWindow(node);
  const [batches, , , channels] = node.input(0).shape as [number, number, number, number];
  const [low, high] = bounds(node);
  const { first, next, last } = reducerOf(kind, node.input(0).dtype);
  let at = 0;
  for (let batch = 0; batch < batches; batch++) {
    for (let i = 0; i < y.output; i++) {
      const [top, bottom] = covered(y, i);
      for (let j = 0; j < x.output; j++) {
        const [left, right] = covered(x, j);
        for (let c = 0; c < channels; c++) {
          let value = first;
          for (let v = top; v < bottom; v++) {
            for (let u = left; u < right; u++) {
              value = next(value, input[((batch * y.input + v) * x.input + u) * channels + c]!);
            }
          }
          output[at++] = clamp(last(value, (bottom - top) * (right - left)), low, high);
        }
      }
    }
  }
}

function lower(node: LowerNode, kind: Kind): Lowering {
  const { x, y } = poolWindow(node);
  const { dtype, shape } = node.input(0);
  const [low, high] = bounds(node);
  const [batches, , , channels] = shape as [number, number, number, number];
  const suffix = dtype === "float32" ? "f32" : `s${elementBytes(dtype) * 8}`;
  const clamps = dtype === "float32" ? [{ f32: low }, { f32: high }] : [low, high];
  const rows = [y.input, y.output, y.kernel, y.stride, y.before];
  const columns = [x.input, x.output, x.kernel, x.stride, x.before];
  const kernel = `${kind === "max_pool_2d" ? "max" : "average"}_pool_${suffix}`;
  return {
    calls: [{ kernel, arguments: [node.out(0), node.in(0), batches, channels, ...rows, ...columns, ...clamps] }],
  };
}

function pool(kind: Kind, builtin: number): OperatorDefinition {
  const size = (slot: number) => ({ slot, type: "int32", default: 0 }) as const;
  const fields = {
    padding: paddingField,
    strideW: size(1),
    strideH: size(2),
    filterW: size(3),
    filterH: size(4),
    activation: activationField(5),
  };
  return {
    kind,
    tflite: [{ builtin, name: kind.toUpperCase(), options: { tag: 5, fields } }],
    check,
    infer(node) {
      const { x, y } = poolWindow(node);
      const { shape } = node.input(0);
      return [[shape[0]!, y.output, x.output, shape[3]!]];
    },
    reference: (node) => run(node, kind),
    lower: (node) => lower(node, kind),
  };
}

export const averagePool2d = pool("average_pool_2d", 1);
export const maxPool2d = pool("max_pool_2d", 17);
