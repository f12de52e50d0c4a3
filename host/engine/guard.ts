// "The arena printed is the arena used", asserted at run time: with a guard, a run that touches a byte outside the plan's
// objects, or changes a constant, is a defect.
//
//   ░░░░ state ░░░░ arena ░░░░░░░░      ░ filled with a pattern, looked at again after the run; at least `zoneBytes` beyond
//                                        the outermost objects of flash and of RAM
//   the arena itself is filled before every run, by turns with two patterns: bytes that nobody wrote show as noise

import { invariant } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";

const zoneBytes = 4096;
const pattern = 0xa5;

interface Zone {
  readonly from: number;
  readonly to: number;
}

export class Guard {
  readonly #memory: Uint8Array;
  readonly #plan: Plan;
  readonly #zones: readonly Zone[];
  #runs = 0;

  constructor(memory: Uint8Array, plan: Plan) {
    this.#memory = memory;
    this.#plan = plan;
    this.#zones = zonesAround(plan, memory.length);
    for (const { from, to } of this.#zones) memory.fill(pattern, from, to);
  }

  /** Before the inputs are written. */
  before(): void {
    const { arenaAddress, arenaBytes } = this.#plan;
    this.#memory.fill(this.#runs++ % 2 ? 0x5a : 0xa5, arenaAddress, arenaAddress + arenaBytes);
  }

  after(layer: string): void {
    const memory = this.#memory;
    for (const { from, to } of this.#zones)
      for (let at = from; at < to; at++)
        if (memory[at] !== pattern) invariant(false, `${layer} wrote to 0x${at.toString(16)}, outside the plan`);
    for (const { region, init, address, name } of this.#plan.objects) {
      if (region !== "const" || init.kind !== "data") continue;
      for (let i = 0; i < init.data.length; i++)
        if (memory[address + i] !== init.data[i]) invariant(false, `${layer} changed constant ${name} at byte ${i}`);
    }
  }
}

/** The gaps between objects, and a zone before the first and after the last of each memory. */
function zonesAround({ objects, map }: Plan, memoryBytes: number): Zone[] {
  const zones: Zone[] = [];
  for (const isRam of [false, true]) {
    const { base, bytes } = isRam ? map.ram : map.flash;
    const members = objects
      .filter(({ region }) => (region !== "const") === isRam)
      .map(({ address, bytes }) => ({ from: address, to: address + bytes }))
      .sort((a, b) => a.from - b.from);
    let at = Math.max(base, (members[0]?.from ?? base) - zoneBytes);
    const end = Math.min(base + bytes, memoryBytes, (members.at(-1)?.to ?? base) + zoneBytes);
    for (const { from, to } of [...members, { from: end, to: end }]) {
      if (from > at) zones.push({ from: at, to: from });
      at = Math.max(at, to);
    }
  }
  return zones;
}
