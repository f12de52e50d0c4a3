// The Plan: every object's address and every layer's kernel calls, for one memory map. The plan owns the memory map: what
// it prints (arena, state, flash for weights) is what the module and the image use.
//
//   flash.base ┌──────────────┐          ram.base ┌──────────────┐
//              │ vectors      │ reserved          │ state        │ data/zero: kept between inferences
//              │ constants    │ init: data        │ arena        │ none: activations (inputs and outputs too) + scratch
//              │ code …       │ (link)            │ … stack      │ (link)
//              └──────────────┘                   └──────────────┘

import type { Graph, Target } from "../graph/graph.ts";

export interface MemoryRange {
  readonly base: number;
  readonly bytes: number;
}

/** Where a plan may put things. `flashReserved`: bytes at the start of flash kept for vectors and a boot stage. */
export interface MemoryMap {
  readonly flash: MemoryRange;
  readonly flashReserved: number;
  readonly ram: MemoryRange;
}

export type Init =
  | { readonly kind: "data"; readonly data: Uint8Array }
  | { readonly kind: "zero" }
  | { readonly kind: "none" };

/** One object of the memory map; regions[] of the WasmModule and sections of the Image are made of these. */
export interface PlannedObject {
  readonly name: string;
  readonly region: "const" | "state" | "arena";
  readonly address: number;
  readonly bytes: number;
  readonly align: number;
  readonly init: Init;
}

/** A tensor of the planned graph in memory; `first`/`last` are layer indices between which its bytes are valid. */
export interface PlannedTensor {
  readonly tensor: number;
  readonly address: number;
  readonly bytes: number;
  readonly region: "const" | "state" | "arena";
  readonly first: number;
  readonly last: number;
}

export type CallArgument =
  | { readonly type: "i32"; readonly value: number }
  | { readonly type: "f32"; readonly value: number };

export interface PlannedCall {
  readonly kernel: string;
  readonly arguments: readonly CallArgument[];
}

export interface PlannedLayer {
  /** `layer_NN_kind`, NN the index of the (first fused) operator in the original model. */
  readonly name: string;
  readonly kind: string;
  readonly origin: number;
  /** Original operators computed here, in order. */
  readonly fused: readonly number[];
  readonly calls: readonly PlannedCall[];
  readonly macs: number;
  readonly scratchBytes: number;
  /** Where the scratch is; the arena's start when there is none. */
  readonly scratchAddress: number;
  /** Pairs of an input and an output that may hold the same bytes. */
  readonly inPlace: readonly { readonly input: number; readonly output: number }[];
  /** Tensors (of the planned graph) read and written. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** How a tensor of the original model is found after a run. */
export type Recovery =
  | { readonly kind: "constant"; readonly data: Uint8Array }
  /** Bytes at `address` after layer `after` (−1: before the first), all channels. */
  | { readonly kind: "whole"; readonly address: number; readonly after: number }
  /** As above, but channel `map[i]` of the original is channel i in memory; the others hold `fill[channel]`. */
  | {
      readonly kind: "channels";
      readonly address: number;
      readonly after: number;
      readonly map: readonly number[];
      readonly fill: readonly number[];
    }
  | { readonly kind: "not-materialised"; readonly why: string };

export interface Plan {
  /** The model as imported, and as it is computed after folding, fusing and dead-channel removal. */
  readonly original: Graph;
  readonly graph: Graph;
  readonly target: Target;
  readonly map: MemoryMap;
  readonly objects: readonly PlannedObject[];
  readonly tensors: readonly PlannedTensor[];
  readonly layers: readonly PlannedLayer[];
  /** Per original tensor index. */
  readonly recovery: readonly Recovery[];
  /** Addresses of the model's inputs and outputs, in its order. */
  readonly inputs: readonly { readonly tensor: number; readonly address: number; readonly bytes: number }[];
  readonly outputs: readonly { readonly tensor: number; readonly address: number; readonly bytes: number }[];
  readonly arenaBytes: number;
  readonly arenaAddress: number;
  /** Layer index at which the arena is fullest. */
  readonly peakLayer: number;
  readonly stateBytes: number;
  readonly stateAddress: number;
  readonly constAddress: number;
  readonly constBytes: number;
}
