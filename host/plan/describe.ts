// A plan as figures to look at: what `inspect` prints, and what `--json` gives. Data only; draw-plan.ts makes the text.
// Every figure is taken from the plan's addresses, not from the planner's own sums: what is alive while a layer runs is
// the union of the address ranges in use.

import { byteLength, type Graph, graphNodes, operatorDefinition, type Shape } from "../graph/graph.ts";
import type { Plan, PlannedTensor } from "./plan-types.ts";

export interface DescribedLayer {
  readonly name: string;
  readonly kind: string;
  readonly origin: number;
  /** Original operators computed here. */
  readonly fused: readonly number[];
  readonly outputShape: Shape;
  readonly macs: number;
  /** Of the original operators. */
  readonly originalMacs: number;
  /** Constants that this layer is the first to use. */
  readonly flashBytes: number;
  readonly scratchBytes: number;
  /** Activations in use while it runs. */
  readonly liveBytes: number;
}

export interface DescribedTensor {
  /** Index in the original model; undefined for one that a rewrite made. */
  readonly origin: number | undefined;
  readonly name: string;
  readonly shape: Shape;
  /** Channels in the original model; more than in `shape` where dead ones were removed. */
  readonly originalChannels: number;
  readonly dtype: string;
  readonly bytes: number;
  readonly region: "arena" | "state";
  /** From the start of its region. */
  readonly offset: number;
  /** Layers between which it is needed; −1: before the first (an input), the number of layers: after the last. */
  readonly first: number;
  readonly last: number;
}

export interface PlanDescription {
  readonly model: string;
  readonly form: "device" | "simd";
  readonly arenaBytes: number;
  readonly stateBytes: number;
  readonly flashBytes: number;
  /** The layer that sets the arena's size, its activations and scratch; what is left of the arena then is unused. */
  readonly peak: { readonly layer: number; readonly activationBytes: number; readonly scratchBytes: number };
  readonly macs: number;
  readonly originalMacs: number;
  readonly layers: readonly DescribedLayer[];
  /** In order of first use. */
  readonly tensors: readonly DescribedTensor[];
  /** Tensors of the original model that no run materialises: index → why. */
  readonly missing: ReadonlyMap<number, string>;
}

export function describePlan(plan: Plan): PlanDescription {
  const originalMacs = macsByOrigin(plan.original);
  const flash = flashByLayer(plan);
  const layers = plan.layers.map((layer, index): DescribedLayer => {
    const { name, kind, origin, fused, macs, scratchBytes, outputs } = layer;
    return {
      name,
      kind,
      origin,
      fused,
      outputShape: plan.graph.tensors[outputs[0] ?? -1]?.shape ?? [],
      macs,
      originalMacs: fused.reduce((sum, operator) => sum + (originalMacs.get(operator) ?? 0), 0),
      flashBytes: flash.get(name) ?? 0,
      scratchBytes,
      liveBytes: activationBytes(plan, index),
    };
  });
  const peak = layers[plan.peakLayer];
  const missing = plan.recovery.flatMap((recovery, tensor) =>
    recovery.kind === "not-materialised" ? [[tensor, recovery.why] as const] : [],
  );
  return {
    model: plan.original.name,
    form: plan.target.form,
    arenaBytes: plan.arenaBytes,
    stateBytes: plan.stateBytes,
    flashBytes: plan.constBytes,
    peak: {
      layer: plan.peakLayer,
      activationBytes: peak?.liveBytes ?? 0,
      scratchBytes: peak?.scratchBytes ?? 0,
    },
    macs: layers.reduce((sum, { macs }) => sum + macs, 0),
    originalMacs: [...originalMacs.values()].reduce((sum, macs) => sum + macs, 0),
    layers,
    tensors: describeTensors(plan),
    missing: new Map(missing),
  };
}

function describeTensors(plan: Plan): DescribedTensor[] {
  const found = plan.tensors.flatMap((tensor) => (tensor.region === "const" ? [] : [describeTensor(plan, tensor)]));
  return found.sort((a, b) => a.first - b.first || a.last - b.last || a.offset - b.offset);
}

function describeTensor(plan: Plan, { tensor, address, region, first, last }: PlannedTensor): DescribedTensor {
  const { name, shape, dtype, origin } = plan.graph.tensors[tensor]!;
  const start = region === "arena" ? plan.arenaAddress : plan.stateAddress;
  const kept = region === "arena" ? "arena" : "state";
  const bytes = byteLength({ dtype, shape });
  const originalChannels = plan.original.tensors[origin ?? -1]?.shape.at(-1) ?? shape.at(-1) ?? 1;
  const offset = address - start;
  return { origin, name, shape, originalChannels, dtype, bytes, region: kept, offset, first, last };
}

/** Bytes of the arena that hold a tensor while a layer runs, shared bytes counted once. */
function activationBytes({ tensors, layers }: Plan, layer: number): number {
  const alive = tensors.filter(({ region, first, last }) => {
    const end = layer === layers.length - 1 ? layer + 1 : layer;
    const start = layer === 0 ? -1 : layer;
    return region === "arena" && first <= end && last >= start;
  });
  let [covered, end] = [0, 0];
  for (const { address, bytes } of alive.sort((a, b) => a.address - b.address)) {
    covered += Math.max(0, address + bytes - Math.max(end, address));
    end = Math.max(end, address + bytes);
  }
  return covered;
}

function macsByOrigin(graph: Graph): Map<number, number> {
  const nodes = graphNodes(graph);
  return new Map(
    graph.operators.map((operator) => {
      const macs = operatorDefinition(operator.kind)?.macs?.(nodes.node(operator)) ?? 0;
      return [operator.origin, macs];
    }),
  );
}

/** Constants are named after the layer that has them first: `layer_03_conv_2d.weights`. */
function flashByLayer({ objects }: Plan): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, region, bytes } of objects) {
    if (region !== "const") continue;
    const layer = name.slice(0, name.indexOf("."));
    sums.set(layer, (sums.get(layer) ?? 0) + bytes);
  }
  return sums;
}
