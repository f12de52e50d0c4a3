// Broadcasting: shapes are aligned at their last dimension, and a dimension of 1 is read again and again (stride 0).
//
// `broadcastWalk` turns it into nested loops over the output, outermost first. Neighbouring loops are merged where every
// operand steps through both as through one, so equal shapes become a single loop, and a scalar operand too.

import type { Shape } from "./graph.ts";

/** The shape all operands broadcast to; undefined when they do not fit. */
export function broadcastShape(shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: number[] = [];
  for (let i = 0; i < rank; i++) {
    let size = 1;
    for (const shape of shapes) {
      const dimension = shape[i - rank + shape.length] ?? 1;
      if (dimension === 1 || dimension === size) continue;
      if (size !== 1) return undefined;
      size = dimension;
    }
    result.push(size);
  }
  return result;
}

/** Element strides of `shape` seen as `to`: 0 where it is repeated. */
function broadcastStrides(shape: Shape, to: Shape): readonly number[] {
  const strides: number[] = new Array(to.length).fill(0);
  let step = 1;
  for (let i = 1; i <= shape.length; i++) {
    const dimension = shape[shape.length - i]!;
    strides[to.length - i] = dimension === 1 ? 0 : step;
    step *= dimension;
  }
  return strides;
}

export interface Walk {
  /** Loop counts, outermost first; at least `minimum` of them. */
  readonly counts: readonly number[];
  /** Per operand: the stride in elements of each loop. */
  readonly strides: readonly (readonly number[])[];
}

/** Loops over `output` that read `operands`, merged where possible, padded with loops of one round to `minimum`. */
export function broadcastWalk(output: Shape, operands: readonly Shape[], minimum = 0): Walk {
  const all = operands.map((shape) => broadcastStrides(shape, output));
  const counts: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let i = 0; i < output.length; i++) {
    const count = output[i]!;
    if (count === 1) continue;
    const last = counts.length - 1;
    const merges = last >= 0 && all.every((own, k) => strides[k]![last] === own[i]! * count);
    if (merges) {
      counts[last]! *= count;
      all.forEach((own, k) => {
        strides[k]![last] = own[i]!;
      });
    } else {
      counts.push(count);
      all.forEach((own, k) => {
        strides[k]!.push(own[i]!);
      });
    }
  }
  while (counts.length < Math.max(1, minimum)) {
    counts.unshift(1);
    for (const own of strides) own.unshift(0);
  }
  return { counts, strides };
}

/** Calls `visit` once for each element of the output, in order, with the element index of each operand. */
export function broadcastEach(
  output: Shape,
  operands: readonly Shape[],
  visit: (at: number, from: number[]) => void,
): void {
  const { counts, strides } = broadcastWalk(output, operands);
  const from: number[] = operands.map(() => 0);
  let at = 0;
  const loop = (level: number): void => {
    for (let i = 0; i < counts[level]!; i++) {
      if (level === counts.length - 1) visit(at++, from);
      else loop(level + 1);
      for (let k = 0; k < from.length; k++) from[k]! += strides[k]![level]!;
    }
    for (let k = 0; k < from.length; k++) from[k]! -= strides[k]![level]! * counts[level]!;
  };
  loop(0);
}
