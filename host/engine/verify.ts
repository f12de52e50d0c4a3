// verify: the same inputs on several engines, every tensor of the original model compared bit for bit.
// The first engine is the one the others are measured against (the reference). Tensors that an engine does not materialise
// (fused away) are compared where both sides have them; outputs always are.

import { crc32 } from "../base/crc.ts";
import { invariant } from "../base/errors.ts";
import { elementCount, type Graph, toValues } from "../graph/graph.ts";
import type { Engine, Invocation } from "./engine-types.ts";

export interface VerifiedTensor {
  /** Index in the original model. */
  readonly tensor: number;
  readonly name: string;
  /** `layer_NN_kind` of the operator that makes it. */
  readonly layer: string;
  readonly isOutput: boolean;
  /** CRC-32 per engine, in the order of `engines`; undefined where that engine does not have the tensor. */
  readonly crcs: readonly (number | undefined)[];
}

export interface Difference {
  readonly engine: Engine["name"];
  readonly layer: string;
  readonly tensor: number;
  readonly element: number;
  readonly expected: number | bigint;
  readonly got: number | bigint;
  /** How many elements of this tensor differ. */
  readonly count: number;
}

export interface Verification {
  readonly engines: readonly Engine["name"][];
  /** In execution order. */
  readonly tensors: readonly VerifiedTensor[];
  /** Per engine that differs from the first: its first differing layer and element. */
  readonly differences: readonly Difference[];
}

export function verify(graph: Graph, engines: readonly Engine[], inputs: readonly Uint8Array[]): Verification {
  const [first, ...others] = engines;
  invariant(first, "verify needs an engine");
  const runs = engines.map((engine) => engine.invoke(inputs, { tensors: true }));
  const made = madeTensors(graph);
  const tensors = made.map(
    ({ tensor, layer }): VerifiedTensor => ({
      tensor,
      name: graph.tensors[tensor]!.name,
      layer,
      isOutput: graph.outputs.includes(tensor),
      crcs: runs.map((run) => {
        const bytes = bytesOf(graph, run, tensor);
        return bytes && crc32(bytes);
      }),
    }),
  );
  const differences = others.flatMap((engine, i) => {
    const difference = firstDifference(graph, made, runs[0]!, runs[i + 1]!);
    return difference ? [{ engine: engine.name, ...difference }] : [];
  });
  return { engines: engines.map(({ name }) => name), tensors, differences };
}

interface Made {
  readonly tensor: number;
  readonly layer: string;
}

/** Tensors that operators compute, in execution order. */
function madeTensors(graph: Graph): Made[] {
  return graph.operators.flatMap(({ kind, origin, outputs }) =>
    outputs
      .filter((tensor) => tensor >= 0)
      .map((tensor) => ({ tensor, layer: `layer_${String(origin).padStart(2, "0")}_${kind}` })),
  );
}

function bytesOf(graph: Graph, run: Invocation, tensor: number): Uint8Array | undefined {
  const output = graph.outputs.indexOf(tensor);
  return output >= 0 ? run.outputs[output] : run.tensors?.get(tensor);
}

function firstDifference(
  graph: Graph,
  made: readonly Made[],
  expected: Invocation,
  got: Invocation,
): Omit<Difference, "engine"> | undefined {
  for (const { tensor, layer } of made) {
    const right = bytesOf(graph, expected, tensor);
    const other = bytesOf(graph, got, tensor);
    if (!right || !other || right.every((byte, i) => byte === other[i])) continue;
    const { dtype, shape } = graph.tensors[tensor]!;
    const count = elementCount(shape);
    const [a, b] = [toValues(dtype, right, count), toValues(dtype, other, count)];
    const differing = Array.from({ length: count }, (_, i) => i).filter((i) => !Object.is(a[i], b[i]));
    const element = differing[0] ?? 0;
    return { layer, tensor, element, expected: a[element]!, got: b[element]!, count: differing.length };
  }
  return undefined;
}
