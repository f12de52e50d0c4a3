// State: what is kept from one inference to the next (variables, LSTM and stream state), one object per state tensor, in
// RAM before the arena, and how `reset` restores it.
//
// Initial bytes that are all equal are filled in by code; others are copied from a constant. So state objects are
// cleared (zero) or left alone (none) by start-up, which always runs `reset` before the first inference, and initial
// bytes are in flash once.

import { byteLength, type Graph } from "../graph/graph.ts";
import { roundUp } from "./arena.ts";
import type { NamedBytes } from "./constants.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";
import type { PlannedObject, Reset } from "./plan-types.ts";

export interface StateLayout {
  readonly objects: readonly PlannedObject[];
  readonly tensors: ReadonlyMap<number, number>;
  readonly bytes: number;
  /** Initial bytes that must lie in flash. */
  readonly initial: readonly NamedBytes[];
  resets(constant: (data: Uint8Array) => number): Reset[];
}

export function layoutState(
  graph: Graph,
  layers: readonly LoweredLayer[],
  { base, align }: { readonly base: number; readonly align: number },
): StateLayout {
  const used = new Set(
    layers.flatMap(({ operator }) => [...operator.inputs, ...operator.outputs]).filter((tensor) => tensor >= 0),
  );
  const indices = [...used].filter((tensor) => regionOf(graph, tensor) === "state").sort((a, b) => a - b);
  let address = base;
  const tensors = new Map<number, number>();
  const objects: PlannedObject[] = [];
  const initial: NamedBytes[] = [];
  for (const tensor of indices) {
    const data = graph.tensors[tensor]!.state!;
    const bytes = byteLength(graph.tensors[tensor]!);
    const name = `state_${tensor}`;
    address = roundUp(address, align);
    tensors.set(tensor, address);
    const zero = data.every((byte) => byte === 0);
    objects.push({ name, region: "state", address, bytes, align, init: { kind: zero ? "zero" : "none" } });
    if (!isUniform(data)) initial.push({ name: `${name}.initial`, data, align });
    address += bytes;
  }
  const resets = (constant: (data: Uint8Array) => number): Reset[] =>
    objects.map(({ address, bytes }, i) => {
      const data = graph.tensors[indices[i]!]!.state!;
      if (isUniform(data)) return { kind: "fill", address, bytes, value: data[0] ?? 0 };
      return { kind: "copy", address, bytes, from: constant(data) };
    });
  return { objects, tensors, bytes: address - base, initial, resets };
}

function isUniform(data: Uint8Array): boolean {
  return data.every((byte) => byte === data[0]);
}
