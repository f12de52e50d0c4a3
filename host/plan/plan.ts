// The room's verb: Graph, memory map → Plan: every object's address and every layer's kernel calls.
//
//   rewrite    Graph → Graph, exact (rewrite/)
//   lower      each operator names its kernels; tensors, constants and scratch still by name (lower.ts)
//   order      where the graph branches, the order of least memory (order.ts)
//   storage    which tensors share a block, and how long it lives (storage.ts)
//   arena      an offset per block (arena.ts); constants.ts lays out flash, state.ts the state
//   bind       names → addresses; recovery.ts tells where each tensor of the original model is
//
// What is printed is what is used: `checkPlan` proves every plan before it is handed out.

import { invariant } from "../base/errors.ts";
import { byteLength, type Graph, operatorDefinition, type Target } from "../graph/graph.ts";
import { type Placement, peakOf, placeBlocks, roundUp } from "./arena.ts";
import { bindLayers } from "./bind.ts";
import { checkPlan } from "./check-plan.ts";
import { type ConstantLayout, layoutConstants } from "./constants.ts";
import { refuseFlash, refuseRam } from "./fit.ts";
import { type Definitions, type LoweredLayer, lowerGraph } from "./lower.ts";
import { chooseOrder } from "./order.ts";
import type { MemoryMap, Plan, PlannedObject, PlannedTensor } from "./plan-types.ts";
import { recoverTensors } from "./recovery.ts";
import { rewriteGraph } from "./rewrite/passes.ts";
import { layoutState, type StateLayout } from "./state.ts";
import { assignStorage, type Storage } from "./storage.ts";

export { checkPlan } from "./check-plan.ts";
export { type DescribedLayer, type DescribedTensor, describePlan, type PlanDescription } from "./describe.ts";
export { drawPlan } from "./draw-plan.ts";
export type { Contributor, DoesNotFit } from "./errors.ts";
export type {
  CallArgument,
  Init,
  MemoryMap,
  MemoryRange,
  Plan,
  PlannedCall,
  PlannedLayer,
  PlannedObject,
  PlannedTensor,
  Recovery,
} from "./plan-types.ts";

export interface PlanOptions {
  readonly map: MemoryMap;
  readonly target: Target;
  /** false: the graph is planned as it is, e.g. so that every tensor of the model is materialised. */
  readonly rewrite?: boolean;
  /** Channels left where dead ones are removed are a multiple of this; 4 when absent: kernels read words. */
  readonly channelMultiple?: number;
  /** Operators by kind; those of the graph room when absent. */
  readonly definitions?: Definitions;
}

export function plan(original: Graph, options: PlanOptions): Plan {
  const { map, target, rewrite = true, definitions = operatorDefinition, channelMultiple = 4 } = options;
  const align = target.form === "simd" ? 16 : 4;
  const rewritten = rewriteGraph(original, { rewrite, definitions, channelMultiple });
  const unordered = lowerGraph(rewritten.graph, target, definitions);
  const order = chooseOrder(rewritten.graph, unordered);
  const layers = order.map((index) => unordered[index]!);
  const graph = { ...rewritten.graph, operators: layers.map(({ operator }) => operator) };

  const constAddress = roundUp(map.flash.base + map.flashReserved, 16);
  const state = layoutState(graph, layers, { base: roundUp(map.ram.base, 16), align });
  const constants = layoutConstants(graph, layers, { base: constAddress, align });
  refuseFlash(map, constants, constAddress);
  const arenaAddress = roundUp(map.ram.base, 16) + roundUp(state.bytes, 16);
  const { storage, placement } = smallestArena(graph, layers, align);
  refuseRam(map, arenaAddress, { graph, layers, storage, placement, state });

  const tensors = plannedTensors(graph, layers, { state, constants, storage, placement, arenaAddress });
  const addresses = new Map(tensors.map(({ tensor, address }) => [tensor, address]));
  const address = (tensor: number): number => {
    const found = addresses.get(tensor);
    invariant(found !== undefined, `tensor ${tensor} has no address`);
    return found;
  };
  const scratch = layers.map((_, index) => arenaAddress + (placement.offsets[storage.scratchOf.get(index) ?? -1] ?? 0));
  const edge = (tensor: number) => ({ tensor, address: address(tensor), bytes: byteLength(graph.tensors[tensor]!) });
  const planned: Plan = {
    original,
    graph,
    target,
    map,
    objects: [...constants.objects, ...state.objects, arenaObject(arenaAddress, placement)],
    tensors,
    layers: bindLayers(layers, { address, scratch, constant: constants.addressOf, fused: rewritten.fused }),
    recovery: recoverTensors(original, { ...rewritten, graph }, layers, (tensor) => addresses.get(tensor)),
    inputs: graph.inputs.map(edge),
    outputs: graph.outputs.map(edge),
    arenaBytes: placement.bytes,
    arenaAddress,
    peakLayer: peakLayer(storage, layers.length),
    stateBytes: state.bytes,
    stateAddress: roundUp(map.ram.base, 16),
    constAddress,
    constBytes: constants.bytes,
  };
  const problems = checkPlan(planned);
  invariant(problems.length === 0, `the plan of ${original.name} is wrong: ${problems.join("; ")}`);
  return planned;
}

/** In place or not: sharing usually saves memory, but it also ties two lifetimes together. The smaller arena wins. */
function smallestArena(
  graph: Graph,
  layers: readonly LoweredLayer[],
  align: number,
): { readonly storage: Storage; readonly placement: Placement } {
  const shared = assignStorage(graph, layers, { inPlace: true, align });
  const placed = placeBlocks(shared.blocks);
  const apart = assignStorage(graph, layers, { inPlace: false, align });
  if (apart.blocks.length === shared.blocks.length) return { storage: shared, placement: placed };
  if (peakOf(apart.blocks).bytes >= placed.bytes) return { storage: shared, placement: placed };
  const other = placeBlocks(apart.blocks);
  return other.bytes < placed.bytes ? { storage: apart, placement: other } : { storage: shared, placement: placed };
}

interface Layouts {
  readonly state: StateLayout;
  readonly constants: ConstantLayout;
  readonly storage: Storage;
  readonly placement: Placement;
  readonly arenaAddress: number;
}

function plannedTensors(graph: Graph, layers: readonly LoweredLayer[], layouts: Layouts): PlannedTensor[] {
  const { state, constants, storage, placement, arenaAddress } = layouts;
  const always = { first: -1, last: layers.length };
  const one = (tensor: number, region: PlannedTensor["region"], address: number): PlannedTensor => ({
    tensor,
    address,
    bytes: byteLength(graph.tensors[tensor]!),
    region,
    ...(storage.lifetime.get(tensor) ?? always),
  });
  return [
    ...[...constants.tensors].map(([tensor, address]) => one(tensor, "const", address)),
    ...[...state.tensors].map(([tensor, address]) => one(tensor, "state", address)),
    ...[...storage.blockOf].map(([tensor, block]) => one(tensor, "arena", arenaAddress + placement.offsets[block]!)),
  ].sort((a, b) => a.tensor - b.tensor);
}

function arenaObject(address: number, { bytes }: Placement): PlannedObject {
  return { name: "thumbelina_arena", region: "arena", address, bytes, align: 16, init: { kind: "none" } };
}

/** Steps before the first and after the last layer count as those layers. */
function peakLayer({ blocks }: Storage, layers: number): number {
  return Math.max(0, Math.min(layers - 1, peakOf(blocks).step));
}
