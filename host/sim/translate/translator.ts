// Hot places → translated regions, and running them. In: the instruction at a branch target, with an empty pipeline; out: where the
// interpreter goes on. Cycles, instructions and state are those the interpreter would have reached.

import type { Core } from "../../isa/isa.ts";
import type { Code } from "../code.ts";
import { type Cpu, clockSlot } from "../cpu.ts";
import { Fault } from "../faults.ts";
import type { TimedMemory } from "../memory-timing.ts";
import type { Op } from "../op.ts";
import type { Port } from "../port.ts";
import { generateRegion } from "./generate.ts";
import { type Exit, findRuns, inRegion, type Region } from "./region.ts";

export interface TranslatorPorts {
  readonly cpu: Cpu;
  readonly core: Core;
  readonly code: Code;
  readonly port: Port;
  readonly timing: TimedMemory | undefined;
  readonly floatReady: () => boolean;
}

/** Entries by a branch before a place is translated. */
const hot = 60;
/** Cycles of one call: short, so that the engine can put its optimised version in place (a long loop stays in the slow one). */
const longest = 20_000;

export class Translator {
  readonly #p: TranslatorPorts;
  /** Regions made, for people who ask. */
  made = 0;

  private constructor(ports: TranslatorPorts) {
    this.#p = ports;
  }

  static ifAllowed(ports: TranslatorPorts): Translator | undefined {
    try {
      return new Function("return true")() === true ? new Translator(ports) : undefined;
    } catch {
      return undefined; // a page whose content security policy forbids it
    }
  }

  /** Runs translated code from here on; undefined if there is none (yet). */
  enter(op: Op): Exit | undefined {
    let region = op.region;
    if (region === undefined) {
      if (++op.heat < hot) return undefined;
      op.region = region = this.#translate(op);
    }
    if (region === null) return undefined;
    return this.#run(region, op.entry);
  }

  #translate(op: Op): Region | null {
    const { code, core, cpu, port, timing } = this.#p;
    const runs = findRuns(op.address, code, core);
    if (runs[0]?.start !== op.address || runs[0].steps.length < 2) return null;
    this.made++;
    const region = generateRegion({ cpu, core, port, timing }, runs);
    const isWithin = inRegion(runs);
    // Runs without floating point should not wait for it.
    if (region.needsFloat) return region;
    runs.forEach((run, i) => {
      const start = code.at(run.start, 0);
      // A loop that leaves this region may lie whole in one that begins where it does.
      if (start.region !== undefined || !isWithin(run)) return;
      start.region = region;
      start.entry = i;
    });
    return region;
  }

  #run(first: Region, firstRun: number): Exit | undefined {
    const { cpu, code, port, floatReady } = this.#p;
    const { clock } = cpu;
    let exit: Exit | undefined;
    let entry = firstRun;
    for (let region: Region | null | undefined = first; region; ) {
      if (region.needsFloat && !floatReady()) return exit;
      const now = clock[clockSlot.cycles]!;
      const room = clock[clockSlot.deadline]! - now;
      const generation = code.generation;
      const index = region.run(entry, room < longest ? Math.floor(room) : longest, now);
      exit =
        index >= 0 ? region.exits[index]! : { address: port.outcome[2]!, it: 0, previous: undefined, paired: false };
      // Out of budget, in the middle of a run, or the code changed: the interpreter goes on.
      if (exit.previous !== undefined || exit.it !== 0 || code.generation !== generation) return exit;
      if (clock[clockSlot.cycles] === now) return exit;
      if (exit.run !== undefined) entry = exit.run;
      else {
        const op = this.#next(exit.address);
        region = op?.region;
        entry = op?.entry ?? 0;
      }
    }
    return exit;
  }

  #next(address: number): Op | undefined {
    try {
      const op = this.#p.code.at(address, 0);
      if (op.stop) return undefined;
      if (op.region === undefined && ++op.heat >= hot) op.region = this.#translate(op);
      return op;
    } catch (fault) {
      if (fault instanceof Fault) return undefined;
      throw fault;
    }
  }
}
