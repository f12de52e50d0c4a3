// A WasmModule at work: one instance with its own memory, run as a whole or layer by layer. The engines `wasm` (device form
// with plain intrinsics) and `host` (SIMD form) are this class under two names.
//
//   invoke    inputs → their planned addresses, thumbelina_invoke, outputs ← theirs
//   tensors   asked for: one layer at a time, and after each the original tensors that are then complete are copied out
//             (a tensor's bytes are valid until a later layer reuses them)

import { invariant } from "../base/errors.ts";
import { byteLength, elementBytes } from "../graph/graph.ts";
import type { Plan, Recovery } from "../plan/plan.ts";
import type { WasmModule } from "../wasm/wasm.ts";
import type { Engine, Invocation } from "./engine-types.ts";
import { Guard } from "./guard.ts";
import { checkInputs } from "./inputs.ts";
import { compile, Instance, Memory } from "./webassembly.ts";

export interface InstanceOptions {
  /** Assert after every run that nothing outside the planned objects changed. */
  readonly guard?: boolean;
}

export async function instantiate(
  name: Engine["name"],
  plan: Plan,
  module: WasmModule,
  options: InstanceOptions = {},
): Promise<Engine> {
  return new ModelInstance(name, plan, module, await compile(module.bytes), options);
}

type Call = () => void;

class ModelInstance implements Engine {
  readonly #plan: Plan;
  readonly #memory: Uint8Array;
  readonly #invoke: Call;
  readonly #layers: readonly Call[];
  readonly #guard: Guard | undefined;
  readonly reset: Call;

  constructor(
    readonly name: Engine["name"],
    plan: Plan,
    module: WasmModule,
    compiled: object,
    { guard }: InstanceOptions,
  ) {
    invariant(module.intrinsics === "plain", "intrinsics need a core that has them");
    const memory = new Memory({ initial: module.memoryPages });
    const { exports } = new Instance(compiled, { env: { memory } });
    this.#plan = plan;
    this.#memory = new Uint8Array(memory.buffer);
    this.#invoke = exports["thumbelina_invoke"] as Call;
    this.#layers = module.layers.map((layer) => exports[layer.name] as Call);
    this.#guard = guard ? new Guard(this.#memory, plan) : undefined;
    this.reset = exports["thumbelina_reset"] as Call;
    this.reset();
  }

  invoke(inputs: readonly Uint8Array[], options: { readonly tensors?: boolean } = {}): Invocation {
    checkInputs(this.#plan.original, inputs);
    this.#guard?.before();
    inputs.forEach((bytes, i) => {
      this.#memory.set(bytes, this.#plan.inputs[i]!.address);
    });
    const tensors = options.tensors ? new Map<number, Uint8Array>() : undefined;
    if (tensors || this.#guard) this.#runByLayer(tensors);
    else this.#invoke();
    const outputs = this.#plan.outputs.map(({ address, bytes }) => this.#memory.slice(address, address + bytes));
    return tensors ? { outputs, tensors } : { outputs };
  }

  #runByLayer(tensors: Map<number, Uint8Array> | undefined): void {
    const pending = tensors ? byLayer(this.#plan.recovery) : undefined;
    const capture = (layer: number) => {
      for (const tensor of pending?.get(layer) ?? []) tensors!.set(tensor, this.#recover(tensor));
    };
    capture(-1);
    this.#layers.forEach((run, index) => {
      run();
      this.#guard?.after(this.#plan.layers[index]!.name);
      capture(index);
    });
  }

  #recover(index: number): Uint8Array {
    const recovery = this.#plan.recovery[index]!;
    const tensor = this.#plan.original.tensors[index]!;
    switch (recovery.kind) {
      case "whole":
        return this.#memory.slice(recovery.address, recovery.address + byteLength(tensor));
      case "channels":
        return spreadChannels(this.#memory, recovery, byteLength(tensor), elementBytes(tensor.dtype));
      case "constant":
        return recovery.data;
      case "not-materialised":
        throw new Error(`thumbelina defect: tensor ${index} is not materialised`);
    }
  }
}

/** Original tensors by the layer after which they are complete; constants at once. */
function byLayer(recovery: readonly Recovery[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  recovery.forEach((entry, tensor) => {
    if (entry.kind === "not-materialised") return;
    const after = entry.kind === "constant" ? -1 : entry.after;
    const list = found.get(after);
    if (list) list.push(tensor);
    else found.set(after, [tensor]);
  });
  return found;
}

/** Puts back the channels that were removed: the original's last dimension from the packed one in memory. */
function spreadChannels(
  memory: Uint8Array,
  { address, map, fill }: Extract<Recovery, { kind: "channels" }>,
  bytes: number,
  size: number,
): Uint8Array {
  const full = new Uint8Array(bytes);
  const view = new DataView(full.buffer);
  const put = size === 1 ? view.setInt8 : size === 2 ? view.setInt16 : view.setInt32;
  const pixels = bytes / (fill.length * size);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const to = pixel * fill.length;
    fill.forEach((value, channel) => {
      put.call(view, (to + channel) * size, value, true);
    });
    map.forEach((channel, i) => {
      const from = address + (pixel * map.length + i) * size;
      full.set(memory.subarray(from, from + size), (to + channel) * size);
    });
  }
  return full;
}
