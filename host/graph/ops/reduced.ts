// Reductions over some dimensions (MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD): which axes, the output's shape, and the
// loops, kept and reduced, over the input. Neighbouring dimensions of the same sort are one loop, so six dimensions are at
// most three kept and three reduced loops; the output is written in order.

import { error } from "../errors.ts";
import type { DType, Shape } from "../graph.ts";
import type { CheckedNode, LowerNode, Node, OperatorDefinition, RunNode, TfliteRow } from "../operator.ts";
import {
  axisExists,
  constantIntegers,
  hasArity,
  inputHasType,
  integersAreConstant,
  outputHasType,
  positiveAxis,
} from "./operands.ts";

export interface Loop {
  readonly count: number;
  readonly stride: number;
}

export interface Loops {
  readonly kept: readonly Loop[];
  readonly reduced: readonly Loop[];
  /** Elements that make one output element. */
  readonly size: number;
}

function axesOf(node: Node): ReadonlySet<number> {
  const rank = node.input(0).shape.length;
  return new Set((constantIntegers(node, 1) ?? []).map((axis) => positiveAxis(axis, rank)));
}

export function reductionLoops(node: Node): Loops {
  const { shape } = node.input(0);
  const axes = axesOf(node);
  const kept: Loop[] = [];
  const reduced: Loop[] = [];
  let stride = 1;
  let last: Loop[] | undefined;
  for (let i = shape.length - 1; i >= 0; i--) {
    const count = shape[i]!;
    if (count !== 1) {
      const list = axes.has(i) ? reduced : kept;
      if (list === last) list[0] = { count: list[0]!.count * count, stride: list[0]!.stride };
      else list.unshift({ count, stride });
      last = list;
    }
    stride *= count;
  }
  return { kept, reduced, size: reduced.reduce((size, loop) => size * loop.count, 1) };
}

/** Input offsets the loops visit, outermost loop first. */
export function* offsets(loops: readonly Loop[], level = 0, from = 0): Generator<number> {
  const loop = loops[level];
  if (!loop) {
    yield from;
    return;
  }
  for (let i = 0; i < loop.count; i++) yield* offsets(loops, level + 1, from + i * loop.stride);
}

/** Three kept and three reduced loops as kernel arguments: count and stride in bytes each, outermost first. */
export function loopArguments({ kept, reduced }: Loops, bytes: number): number[] {
  const three = (loops: readonly Loop[]): number[] => {
    const all = [...loops];
    while (all.length < 3) all.unshift({ count: 1, stride: 0 });
    return all.flatMap(({ count, stride }) => [count, stride * bytes]);
  };
  return [...three(kept), ...three(reduced)];
}

function reducedShape(node: Node): Shape {
  const axes = axesOf(node);
  const { shape } = node.input(0);
  if (node.attributes["keepDims"]) return shape.map((dimension, i) => (axes.has(i) ? 1 : dimension));
  return shape.filter((_, i) => !axes.has(i));
}

/** Arity, types and axes; false: look no further. */
export function checkReduction(node: CheckedNode, types: readonly DType[]): boolean {
  if (!hasArity(node, 2) || !inputHasType(node, 0, types)) return false;
  if (!integersAreConstant(node, 1, "axes")) return false;
  const { shape, dtype } = node.input(0);
  const rank = shape.length;
  const good = (constantIntegers(node, 1) ?? []).every((axis) => axisExists(node, axis, rank, "axis")) || rank === 0;
  const { kept, reduced } = reductionLoops(node);
  const { kind } = node.operator;
  if (kept.length > 3 || reduced.length > 3)
    node.problem(error("attribute", { kind, attribute: "rank of the input", found: rank, wanted: "6 or less" }));
  return outputHasType(node, 0, [dtype]) && good;
}

export interface ReductionRow {
  readonly kind: string;
  readonly builtin: number;
  check(node: CheckedNode): void;
  reference(node: RunNode): void;
  lower: (node: LowerNode) => ReturnType<OperatorDefinition["lower"]>;
}

export function reduction({ kind, builtin, check, reference, lower }: ReductionRow): OperatorDefinition {
  const options = {
    tag: 27,
    fields: { keepDims: { slot: 0, type: "bool", default: false } },
  } satisfies TfliteRow["options"];
  return {
    kind,
    tflite: [{ builtin, name: kind.toUpperCase(), options }],
    check,
    infer: (node) => [reducedShape(node)],
    reference,
    lower,
  };
}
