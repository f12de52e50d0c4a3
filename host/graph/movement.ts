// Data movement: transpose, slices, concatenation, padding, tiling, gathering … are all one thing, a walk over axes in which
// each index adds an offset on both sides (elements; a stride, or a table with one offset an index):
//
//   for i0 < axes[0].count, i1 < axes[1].count, …:
//     to[base.to + axes[0].to(i0) + axes[1].to(i1) + …] = from[base.from + axes[0].from(i0) + …]
//
// `moveValues` is that loop, for the reference. `lowerMovement` is the same loop as kernel calls: axes of one step vanish,
// neighbours that continue each other become one, what is left contiguous is copied by words where alignment allows,
// all of it decided at build time. Tensors lie at multiples of 4 bytes.

import { invariant } from "../base/errors.ts";
import type { Shape, Values } from "./graph.ts";
import type { KernelArgument, KernelCall } from "./operator.ts";

/** A stride, or the offset of each index. */
export type Steps = number | readonly number[];

export interface Axis {
  readonly count: number;
  readonly to: Steps;
  readonly from: Steps;
}

export interface Movement {
  readonly axes: readonly Axis[];
  readonly to?: number;
  readonly from?: number;
}

/** Row-major strides, in elements. */
export function strides(shape: Shape): readonly number[] {
  const result = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    result[i] = stride;
    stride *= shape[i]!;
  }
  return result;
}

/** The most usual movement: every element of an output in order, its place in the input given per axis. */
export function gather(shape: Shape, from: readonly Steps[], base = 0): Movement {
  const to = strides(shape);
  return { axes: shape.map((count, i) => ({ count, to: to[i]!, from: from[i]! })), from: base };
}

const offsetAt = (steps: Steps, index: number): number => (typeof steps === "number" ? index * steps : steps[index]!);

export function moveValues(movement: Movement, from: Values, to: Values): void {
  const { axes } = movement;
  const [source, target] = [from as Int8Array, to as Int8Array]; // any one type: elements are only copied
  const walk = (depth: number, t: number, f: number): void => {
    const axis = axes[depth];
    if (!axis) {
      target[t] = source[f]!;
      return;
    }
    const last = depth === axes.length - 1;
    for (let i = 0; i < axis.count; i++) {
      const [nextTo, nextFrom] = [t + offsetAt(axis.to, i), f + offsetAt(axis.from, i)];
      if (last) target[nextTo] = source[nextFrom]!;
      else walk(depth + 1, nextTo, nextFrom);
    }
  };
  walk(0, movement.to ?? 0, movement.from ?? 0);
}

/** Axes in bytes around a contiguous run of `run` bytes. */
interface Walk {
  readonly to: number;
  readonly from: number;
  readonly axes: readonly Axis[];
  readonly run: number;
}

const isLinear = (axis: Axis): axis is Axis & { to: number; from: number } =>
  typeof axis.to === "number" && typeof axis.from === "number";

/** A table of equal differences is a stride. Answers the stride and the offset of index 0. */
function straighten(steps: Steps, count: number, scale: number): { readonly steps: Steps; readonly first: number } {
  if (typeof steps === "number") return { steps: steps * scale, first: 0 };
  invariant(steps.length === count, `${steps.length} offsets for ${count} indices`);
  const first = steps[0]!;
  const stride = count > 1 ? steps[1]! - first : 0;
  if (steps.every((offset, i) => offset === first + i * stride)) return { steps: stride * scale, first: first * scale };
  return { steps: steps.map((offset) => (offset - first) * scale), first: first * scale };
}

function simplify(movement: Movement, elementBytes: number): Walk {
  let to = (movement.to ?? 0) * elementBytes;
  let from = (movement.from ?? 0) * elementBytes;
  const axes: Axis[] = [];
  for (const axis of movement.axes) {
    const target = straighten(axis.to, axis.count, elementBytes);
    const source = straighten(axis.from, axis.count, elementBytes);
    to += target.first;
    from += source.first;
    if (axis.count === 1) continue;
    const next: Axis = { count: axis.count, to: target.steps, from: source.steps };
    const outer = axes.at(-1);
    const joins =
      outer !== undefined &&
      isLinear(outer) &&
      isLinear(next) &&
      outer.to === next.count * next.to &&
      outer.from === next.count * next.from;
    if (joins) axes[axes.length - 1] = { ...next, count: outer.count * next.count };
    else axes.push(next);
  }
  const inner = axes.at(-1);
  if (inner?.to !== elementBytes || inner.from !== elementBytes) return { to, from, axes, run: elementBytes };
  return { to, from, axes: axes.slice(0, -1), run: inner.count * elementBytes };
}

/** The widest of 4, 2, 1 bytes at which every address of the walk is aligned and the run is whole. */
function unitOf({ to, from, axes, run }: Walk): number {
  const offsets = [to, from, run, ...axes.flatMap((axis) => [axis.to, axis.from].flat())];
  return [4, 2].find((unit) => offsets.every((offset) => offset % unit === 0)) ?? 1;
}

/** Most axes a kernel has (assembly/kernels/move.ts). */
const mostAxes = { strided: 5, mapped: 4 };

/** Two neighbouring axes as one with a table: the pair whose table is smallest. */
function joinTwo(axes: readonly Axis[]): readonly Axis[] {
  const products = axes.slice(1).map((axis, i) => axis.count * axes[i]!.count);
  const at = products.indexOf(Math.min(...products));
  const [outer, inner] = [axes[at]!, axes[at + 1]!];
  const joined = (side: "to" | "from"): readonly number[] =>
    Array.from({ length: outer.count * inner.count }, (_, k) => {
      const [i, j] = [Math.floor(k / inner.count), k % inner.count];
      return offsetAt(outer[side], i) + offsetAt(inner[side], j);
    });
  const axis: Axis = { count: outer.count * inner.count, to: joined("to"), from: joined("from") };
  return [...axes.slice(0, at), axis, ...axes.slice(at + 2)];
}

function lowerWalk(walk: Walk, to: Place, from: Place): KernelCall {
  const { axes, run } = walk;
  const place = [to(walk.to), from(walk.from)];
  if (axes.length === 0) return { kernel: "copy_bytes", arguments: [...place, run] };
  const form = axes.every(isLinear) ? "strided" : "mapped";
  if (axes.length > mostAxes[form]) return lowerWalk({ ...walk, axes: joinTwo(axes) }, to, from);
  const unit = unitOf(walk);
  const loops = axes.flatMap((axis): KernelArgument[] =>
    form === "strided" ? [axis.count, axis.to as number, axis.from as number] : [axis.count, offsetTable(axis)],
  );
  return { kernel: `copy_${form}_${axes.length}`, arguments: [...place, unit, run / unit, ...loops] };
}

/** i32 pairs: offset in the target, offset in the source, of each index. */
function offsetTable(axis: Axis): KernelArgument {
  const pairs = new Int32Array(2 * axis.count);
  for (let i = 0; i < axis.count; i++) {
    pairs[2 * i] = offsetAt(axis.to, i);
    pairs[2 * i + 1] = offsetAt(axis.from, i);
  }
  return { constant: new Uint8Array(pairs.buffer), label: "offsets", align: 4 };
}

/** An address as a kernel argument, by byte offset. */
type Place = (offset: number) => KernelArgument;

export function lowerMovement(movement: Movement, elementBytes: number, to: Place, from: Place): KernelCall {
  return lowerWalk(simplify(movement, elementBytes), to, from);
}

/** Whether the movement copies `bytes` bytes from start to start in order: input and output may then be the same memory. */
export function isIdentity(movement: Movement, elementBytes: number, bytes: number): boolean {
  const walk = simplify(movement, elementBytes);
  return walk.axes.length === 0 && walk.run === bytes && walk.to === 0 && walk.from === 0;
}

/** Stores one element's bytes `count` times in a row. */
export function lowerFill(value: Uint8Array, count: number, to: Place): KernelCall {
  const [first] = value;
  if (value.every((byte) => byte === first))
    return { kernel: "fill_bytes", arguments: [to(0), first!, count * value.length] };
  return repeat({ constant: value, label: "fill", align: 4 }, value.length, count, to);
}

/** The same with an element that lies in memory. */
export function repeat(element: KernelArgument, elementBytes: number, count: number, to: Place): KernelCall {
  const unit = Math.min(elementBytes, 4);
  return { kernel: "copy_strided_1", arguments: [to(0), element, unit, elementBytes / unit, count, elementBytes, 0] };
}
