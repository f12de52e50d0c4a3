// A WasmModule at work: one instance with its own memory, run as a whole or layer by layer. The engines `wasm` (device form
// with plain intrinsics) and `host` (SIMD form) are this class under two names.
//
//   invoke    inputs → their planned addresses, thumbelina_invoke, outputs ← theirs
//   tensors   asked for: one layer at a time, and after each the original tensors that are then complete are copied out
//             (a tensor's bytes are valid until a later layer reuses them)

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { WasmModule } from "../wasm/wasm.ts";
import type { Engine, Invocation } from "./engine-types.ts";
import { Guard } from "./guard.ts";
import { checkInputs } from "./inputs.ts";
import { recoverTensor, tensorsByLayer } from "./recover.ts";
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
    const pending = tensors ? tensorsByLayer(this.#plan.recovery) : undefined;
    const read = (address: number, bytes: number) => this.#memory.slice(address, address + bytes);
    const capture = (layer: number) => {
      for (const tensor of pending?.get(layer) ?? []) tensors!.set(tensor, recoverTensor(this.#plan, tensor, read));
    };
    capture(-1);
    this.#layers.forEach((run, index) => {
      run();
      this.#guard?.after(this.#plan.layers[index]!.name);
      capture(index);
    });
  }
}
