// "What is printed is what is used", on the simulated board: RAM outside the plan's objects and the computed stack is filled with a
// pattern, and looked at after every run.
//
//   RAM  │ state │ arena │░░░░░░░░░░░░░░░░│ stack, as deep as link computed │ top
//                   └ filled by turns with two patterns before a run: what differs afterwards was used

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { Machine } from "../sim/sim.ts";

const pattern = 0xa5;

export interface MemoryUse {
  readonly arenaBytes: number;
  /** Up to the last byte of the arena that a run wrote. */
  readonly arenaUsed: number;
  readonly stackBytes: number;
  readonly stackUsed: number;
}

interface Zone {
  readonly address: number;
  readonly bytes: number;
}

export class SimMemory {
  readonly #machine: Machine;
  readonly #arena: Zone;
  readonly #stack: Zone;
  readonly #unused: readonly Zone[];
  #runs = 0;
  #arenaUsed = 0;
  #stackUsed = 0;

  constructor(plan: Plan, machine: Machine) {
    this.#machine = machine;
    this.#arena = { address: plan.arenaAddress, bytes: plan.arenaBytes };
    const stack = machine.image?.regions.find(({ region }) => region === "stack");
    invariant(stack, "the image does not say how deep its stack is");
    this.#stack = stack;
    const objects = plan.objects.filter(({ region }) => region !== "const");
    this.#unused = gaps(plan.map.ram.base, stack.address, objects);
    for (const zone of [...this.#unused, this.#stack]) this.#fill(zone, pattern);
  }

  /** Before the inputs are written. */
  before(): void {
    this.#fill(this.#arena, this.#arenaPattern(++this.#runs));
    this.#fill(this.#stack, pattern);
  }

  after(what: string): void {
    for (const zone of this.#unused) {
      const at = firstChange(this.#machine.peek(zone.address, zone.bytes), pattern);
      if (at >= 0)
        invariant(false, `${what} wrote to 0x${(zone.address + at).toString(16)}, outside the plan and the stack`);
    }
    const { arena, stack } = { arena: this.#arena, stack: this.#stack };
    const bytes = this.#machine.peek(arena.address, arena.bytes);
    let last = bytes.length;
    while (last > 0 && bytes[last - 1] === this.#arenaPattern(this.#runs)) last--;
    this.#arenaUsed = Math.max(this.#arenaUsed, last);
    const deepest = firstChange(this.#machine.peek(stack.address, stack.bytes), pattern);
    if (deepest >= 0) this.#stackUsed = Math.max(this.#stackUsed, stack.bytes - deepest);
  }

  use(): MemoryUse {
    return {
      arenaBytes: this.#arena.bytes,
      arenaUsed: this.#arenaUsed,
      stackBytes: this.#stack.bytes,
      stackUsed: this.#stackUsed,
    };
  }

  #arenaPattern(run: number): number {
    return run % 2 ? 0x5a : 0xa5;
  }

  #fill({ address, bytes }: Zone, value: number): void {
    if (bytes) this.#machine.poke(address, new Uint8Array(bytes).fill(value));
  }
}

/** What of `from … to` no object covers. */
function gaps(from: number, to: number, objects: readonly Zone[]): Zone[] {
  const zones: Zone[] = [];
  let at = from;
  for (const { address, bytes } of [...objects].sort((a, b) => a.address - b.address)) {
    if (address > at) zones.push({ address: at, bytes: address - at });
    at = Math.max(at, address + bytes);
  }
  return to > at ? [...zones, { address: at, bytes: to - at }] : zones;
}

/** Index of the first byte that is not `value`, or −1. */
function firstChange(bytes: Uint8Array, value: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const word = (value * 0x01010101) >>> 0;
  let at = 0;
  while (at < words.length && words[at] === word) at++;
  for (let i = 4 * at; i < bytes.length; i++) if (bytes[i] !== value) return i;
  return -1;
}
