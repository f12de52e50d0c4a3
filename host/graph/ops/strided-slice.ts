// STRIDED_SLICE: per dimension the indices begin, begin + stride, … before end, with Python's meaning of negative numbers.
// Masks, bit i for entry i of begin/end/strides: begin, end = "from the edge"; ellipsis = all dimensions not named; newAxis
// = a dimension of 1 that the input has not; shrinkAxis = one index, whose dimension vanishes. Clamping is TFLite's
// (internal/strided_slice_logic.h); entries missing at the end mean whole dimensions.

import { error } from "../errors.ts";
import { type Axis, strides } from "../movement.ts";
import type { CheckedNode, Node, TfliteField } from "../operator.ts";
import { certain, movementOperator } from "./data-movement.ts";
import { constantIntegers, hasArity, integersAreConstant } from "./operands.ts";

/** What one output dimension, or a vanished one, takes from the input. `dimension` undefined: a new axis. */
interface Range {
  readonly dimension?: number;
  readonly start: number;
  readonly stride: number;
  readonly count: number;
  readonly shrink: boolean;
}

const clampTo = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function mask(node: Node, name: string, entry: number): boolean {
  return (((node.attributes[name] as number) >> entry) & 1) === 1;
}

function rangeOf(node: Node, dimension: number, entry: number): Range {
  const size = node.input(0).shape[dimension]!;
  const [begin, end, stride] = [1, 2, 3].map((input) => certain(constantIntegers(node, input))[entry]!) as [
    number,
    number,
    number,
  ];
  const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
  const given = begin < 0 ? begin + size : begin;
  const start = mask(node, "beginMask", entry) ? (stride > 0 ? 0 : size - 1) : clampTo(given, low, high);
  if (mask(node, "shrinkAxisMask", entry)) return { dimension, start, stride: 1, count: 1, shrink: true };
  const last = node.attributes["offset"] ? end + start : end;
  const stop = mask(node, "endMask", entry)
    ? stride > 0
      ? size
      : -1
    : clampTo(last < 0 ? last + size : last, low, high);
  return { dimension, start, stride, count: Math.max(0, Math.ceil((stop - start) / stride)), shrink: false };
}

/** One range per dimension of the input and per new axis, in order; undefined when the entries are too many. */
function ranges(node: Node): readonly Range[] | undefined {
  const { shape } = node.input(0);
  const entries = certain(constantIntegers(node, 1)).length;
  const bits = Array.from({ length: entries }, (_, entry) => entry);
  const ellipsis = bits.find((entry) => mask(node, "ellipsisMask", entry));
  const named = bits.filter((entry) => entry !== ellipsis && !mask(node, "newAxisMask", entry)).length;
  if (named > shape.length) return undefined;
  const whole = (dimension: number): Range => ({
    dimension,
    start: 0,
    stride: 1,
    count: shape[dimension]!,
    shrink: false,
  });
  const result: Range[] = [];
  let dimension = 0;
  for (const entry of bits) {
    if (entry === ellipsis) for (let n = shape.length - named; n > 0; n--) result.push(whole(dimension++));
    else if (mask(node, "newAxisMask", entry)) result.push({ start: 0, stride: 0, count: 1, shrink: false });
    else result.push(rangeOf(node, dimension++, entry));
  }
  while (dimension < shape.length) result.push(whole(dimension++));
  return result;
}

function check(node: CheckedNode): boolean {
  if (!hasArity(node, 4)) return false;
  if (!integersAreConstant(node, 1, "begin")) return false;
  const entries = certain(constantIntegers(node, 1)).length;
  const known = [integersAreConstant(node, 2, "end", entries), integersAreConstant(node, 3, "strides", entries)];
  if (known.includes(false)) return false;
  const problem = (attribute: string, found: unknown, wanted: string): false => {
    node.problem(error("attribute", { kind: "strided_slice", attribute, found, wanted }));
    return false;
  };
  const steps = certain(constantIntegers(node, 3));
  if (steps.includes(0)) return problem("strides", steps.join(", "), "numbers other than 0");
  const found = ranges(node);
  const rank = node.input(0).shape.length;
  if (!found) return problem("begin", `${entries} numbers`, `at most ${rank}: one a dimension`);
  for (const { dimension, start, count } of found) {
    if (dimension === undefined) continue;
    const size = node.input(0).shape[dimension]!;
    if (count === 0) return problem("begin and end", `an empty range in dimension ${dimension}`, "1 element or more");
    if (start < 0 || start >= size)
      return problem("begin", `${start} in dimension ${dimension}`, `below its ${size} elements`);
  }
  return true;
}

const bits = (slot: number): TfliteField => ({ slot, type: "int32", default: 0 });

export const stridedSlice = movementOperator({
  kind: "strided_slice",
  tflite: [
    {
      builtin: 45,
      name: "STRIDED_SLICE",
      options: {
        tag: 32,
        fields: {
          beginMask: bits(0),
          endMask: bits(1),
          ellipsisMask: bits(2),
          newAxisMask: bits(3),
          shrinkAxisMask: bits(4),
          offset: { slot: 5, type: "bool", default: false },
        },
      },
    },
  ],
  check,
  infer: (node) => [
    certain(ranges(node))
      .filter((range) => !range.shrink)
      .map((range) => range.count),
  ],
  transfers(node) {
    const from = strides(node.input(0).shape);
    const taken = certain(ranges(node));
    const to = strides(taken.map((range) => range.count));
    const axes = taken.map((range, i): Axis => {
      const stride = range.dimension === undefined ? 0 : range.stride * from[range.dimension]!;
      return { count: range.count, to: to[i]!, from: stride };
    });
    const base = taken.reduce((sum, { dimension, start }) => sum + start * (from[dimension ?? -1] ?? 0), 0);
    return [{ input: 0, output: 0, movement: { axes, from: base } }];
  },
});
