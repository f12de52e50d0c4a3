// Lowered layers → planned layers: tensors, constants and scratch in kernel arguments become addresses.

import type { KernelArgument } from "../graph/graph.ts";
import type { LoweredLayer } from "./lower.ts";
import type { CallArgument, PlannedLayer } from "./plan-types.ts";

interface Addresses {
  readonly address: (tensor: number) => number;
  readonly constant: (data: Uint8Array) => number;
  /** Per layer. */
  readonly scratch: readonly number[];
  readonly fused: ReadonlyMap<number, readonly number[]>;
}

export function bindLayers(layers: readonly LoweredLayer[], addresses: Addresses): PlannedLayer[] {
  return layers.map(({ operator, name, macs, calls, scratchBytes = 0, inPlace = [] }, index) => {
    const scratchAddress = addresses.scratch[index]!;
    return {
      name,
      kind: operator.kind,
      origin: operator.origin,
      fused: addresses.fused.get(operator.origin) ?? [operator.origin],
      calls: calls.map((call) => ({
        kernel: call.kernel,
        arguments: call.arguments.map((argument) => bind(argument, scratchAddress, addresses)),
      })),
      macs,
      scratchBytes,
      scratchAddress,
      inPlace: inPlace.map((pair) => ({ input: pair.input, output: pair.output })),
      inputs: operator.inputs,
      outputs: operator.outputs,
    };
  });
}

function bind(argument: KernelArgument, scratch: number, { address, constant }: Addresses): CallArgument {
  if (typeof argument === "number") return { type: "i32", value: argument };
  if ("f32" in argument) return { type: "f32", value: argument.f32 };
  if ("tensor" in argument) return { type: "i32", value: address(argument.tensor) + (argument.offset ?? 0) };
  if ("constant" in argument) return { type: "i32", value: constant(argument.constant) };
  return { type: "i32", value: scratch + argument.scratch };
}
