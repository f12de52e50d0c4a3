// Engine `sim`: the harness image on a simulated board, the very bytes that are flashed.
//
//   boot     reset vector → .data, .bss, FPU, thumbelina_reset, up to the call of thumbelina_invoke     once
//   invoke   inputs → their addresses, a call of thumbelina_invoke, outputs ← theirs; cycles of that call alone
//   reset    a call of thumbelina_reset
//   tensors  asked for: the run stops where each layer's function begins; what the layer before made is copied out
//
// After every run the memory is looked at (sim-memory.ts): a byte changed outside the plan, or a stack deeper than link computed, is
// a defect, and so is a fault.

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { formatFault, type Machine } from "../sim/sim.ts";
import type { Engine, Invocation } from "./engine-types.ts";
import { checkInputs } from "./inputs.ts";
import { recoverTensor, tensorsByLayer } from "./recover.ts";
import { type MemoryUse, SimMemory } from "./sim-memory.ts";

export interface SimEngine extends Engine {
  readonly name: "sim";
  /** Computed and seen, over all invocations so far. */
  memoryUse(): MemoryUse;
}

/** The machine has the plan's harness image loaded. `traps`: what the numbers of its UDF instructions mean. */
export function simEngine(plan: Plan, machine: Machine, traps: readonly string[] = []): SimEngine {
  return new SimulatedModel(plan, machine, traps);
}

const slot = { sp: 13, lr: 14 };

class SimulatedModel implements SimEngine {
  readonly name = "sim";
  readonly #plan: Plan;
  readonly #machine: Machine;
  readonly #memory: SimMemory;
  readonly #invoke: number;
  readonly #layers: readonly number[];
  /** Where both functions return to in thumbelina_start, and the stack pointer there. */
  readonly #home: { readonly address: number; readonly sp: number };

  constructor(
    plan: Plan,
    machine: Machine,
    readonly traps: readonly string[],
  ) {
    this.#plan = plan;
    this.#machine = machine;
    this.#invoke = this.#address("thumbelina_invoke");
    this.#layers = plan.layers.map(({ name }) => this.#address(name));
    machine.addBreakpoint(this.#address("thumbelina_fault"));
    machine.reset();
    this.#runTo([this.#invoke]);
    this.#home = { address: machine.getRegister(slot.lr) & ~1, sp: machine.getRegister(slot.sp) };
    machine.addBreakpoint(this.#home.address);
    // After start-up, which clears state word by word, gaps and all.
    this.#memory = new SimMemory(plan, machine);
  }

  invoke(inputs: readonly Uint8Array[], options: { readonly tensors?: boolean } = {}): Invocation {
    const plan = this.#plan;
    const machine = this.#machine;
    checkInputs(plan.original, inputs);
    this.#memory.before();
    inputs.forEach((bytes, i) => {
      machine.poke(plan.inputs[i]!.address, bytes);
    });
    const tensors = options.tensors ? new Map<number, Uint8Array>() : undefined;
    const started = machine.cycles;
    if (tensors) this.#runByLayer(tensors);
    else this.#call(this.#invoke);
    const cycles = machine.cycles - started;
    this.#memory.after("thumbelina_invoke");
    const outputs = plan.outputs.map(({ address, bytes }) => machine.peek(address, bytes));
    return tensors ? { outputs, tensors, cycles } : { outputs, cycles };
  }

  reset(): void {
    this.#call(this.#address("thumbelina_reset"));
    this.#memory.after("thumbelina_reset");
  }

  memoryUse(): MemoryUse {
    return this.#memory.use();
  }

  #runByLayer(tensors: Map<number, Uint8Array>): void {
    const machine = this.#machine;
    const pending = tensorsByLayer(this.#plan.recovery);
    const capture = (layer: number) => {
      if (layer >= 0) this.#memory.after(this.#plan.layers[layer]!.name);
      for (const tensor of pending.get(layer) ?? [])
        tensors.set(
          tensor,
          recoverTensor(this.#plan, tensor, (address, bytes) => machine.peek(address, bytes)),
        );
    };
    for (const address of this.#layers) machine.addBreakpoint(address);
    this.#prepare(this.#invoke);
    for (const [layer, address] of this.#layers.entries()) {
      this.#runTo([address]);
      capture(layer - 1);
    }
    this.#runTo([this.#home.address]);
    capture(this.#layers.length - 1);
    for (const address of this.#layers) machine.removeBreakpoint(address);
  }

  #call(address: number): void {
    this.#prepare(address);
    this.#runTo([this.#home.address]);
  }

  #prepare(address: number): void {
    this.#machine.setRegister(slot.lr, this.#home.address | 1);
    this.#machine.setRegister(slot.sp, this.#home.sp);
    this.#machine.pc = address;
  }

  #runTo(until: readonly number[]): void {
    const machine = this.#machine;
    const limit = 1e9 + 2000 * this.#plan.layers.reduce((sum, { macs }) => sum + macs, 0);
    const reason = machine.run({ cycles: limit, until });
    if (reason.kind === "breakpoint" && until.includes(reason.address)) return;
    invariant(false, `the simulated image ended by ${JSON.stringify(reason)}${this.#lastFault()}`);
  }

  /** Function, source line, registers; and the reason, where it is a trap of the program. */
  #lastFault(): string {
    const fault = this.#machine.faults.at(-1);
    if (!fault) return "";
    const [low, high] = this.#machine.peek(fault.pc, 2);
    const trap = high === 0xde ? this.traps[low!] : undefined; // UDF #low (DDI 0403E A7.7.194)
    return `${trap ? `, a trap: ${trap}` : ""}\n${formatFault(fault)}`;
  }

  #address(name: string): number {
    const symbol = this.#machine.image?.symbols.find((one) => one.name === name && one.kind === "function");
    invariant(symbol, `the image has no function ${name}`);
    return symbol.address;
  }
}
