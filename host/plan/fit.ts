// Refuses what does not fit, with both numbers and what takes the most. Checked before anything is built: a model whose
// constants alone pass the flash, or whose state and arena alone pass the RAM, fits no code or stack either.

import type { Graph } from "../graph/graph.ts";
import { type Placement, peakOf } from "./arena.ts";
import type { ConstantLayout } from "./constants.ts";
import { type Contributor, error } from "./errors.ts";
import type { LoweredLayer } from "./lower.ts";
import type { MemoryMap } from "./plan-types.ts";
import type { StateLayout } from "./state.ts";
import type { Storage } from "./storage.ts";

const shown = 4;

export function refuseFlash({ flash }: MemoryMap, constants: ConstantLayout, constAddress: number): void {
  const availableBytes = flash.base + flash.bytes - constAddress;
  if (constants.bytes <= availableBytes) return;
  const largest = top(constants.objects.map(({ name, bytes }) => ({ name, bytes })));
  throw error("does-not-fit", { memory: "flash", neededBytes: constants.bytes, availableBytes, largest });
}

interface Ram {
  readonly graph: Graph;
  readonly layers: readonly LoweredLayer[];
  readonly storage: Storage;
  readonly placement: Placement;
  readonly state: StateLayout;
}

export function refuseRam({ ram }: MemoryMap, arenaAddress: number, needs: Ram): void {
  const neededBytes = arenaAddress + needs.placement.bytes - ram.base;
  if (neededBytes <= ram.bytes) return;
  const largest = top([...needs.state.objects.map(({ name, bytes }) => ({ name, bytes })), ...aliveAtPeak(needs)]);
  throw error("does-not-fit", { memory: "RAM", neededBytes, availableBytes: ram.bytes, largest });
}

function aliveAtPeak({ graph, layers, storage }: Ram): Contributor[] {
  const { blocks, blockOf, scratchOf } = storage;
  const peak = peakOf(blocks).step;
  const names = new Map<number, string>();
  for (const [tensor, block] of blockOf) {
    const { first, last } = storage.lifetime.get(tensor)!;
    const { name, origin = tensor } = graph.tensors[tensor]!;
    if (first <= peak && last >= peak) names.set(block, `tensor ${origin} ${JSON.stringify(name)}`);
  }
  for (const [layer, block] of scratchOf) if (layer === peak) names.set(block, `scratch of ${layers[layer]!.name}`);
  return [...names].map(([block, name]) => ({ name, bytes: blocks[block]!.bytes }));
}

function top(list: readonly Contributor[]): readonly Contributor[] {
  return [...list].sort((a, b) => b.bytes - a.bytes).slice(0, shown);
}
