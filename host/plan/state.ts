// State: what is kept from one inference to the next (variables, LSTM and stream state), one object per state tensor, in
// RAM before the arena. Its initial bytes are the object's `init`: `thumbelina_reset` writes them, start-up too.

import { byteLength, type Graph } from "../graph/graph.ts";
import { roundUp } from "./arena.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";
import type { Init, PlannedObject } from "./plan-types.ts";

export interface StateLayout {
  readonly objects: readonly PlannedObject[];
  readonly tensors: ReadonlyMap<number, number>;
  readonly bytes: number;
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
  for (const tensor of indices) {
    const data = graph.tensors[tensor]!.state!;
    const init: Init = data.every((byte) => byte === 0) ? { kind: "zero" } : { kind: "data", data };
    const bytes = byteLength(graph.tensors[tensor]!);
    address = roundUp(address, align);
    tensors.set(tensor, address);
    objects.push({ name: `state_${tensor}`, region: "state", address, bytes, align, init });
    address += bytes;
  }
  return { objects, tensors, bytes: address - base };
}
