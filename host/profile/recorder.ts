// Counts while a Machine runs. In: its instructions, one by one, with the cycle at which each begins; out: counters by address
// and by call path. Between two instructions the cycles that passed belong to the first; what passes between the decision
// for an exception and its handler's first instruction belongs to that instruction (stacking, vector fetch).
//
// Invariant: the sum over addresses = the sum over paths = the cycles and instructions of the machine since `start`.

import type { Machine, Op } from "../sim/sim.ts";
import { CallPaths, type PathNode } from "./call-paths.ts";
import { type OpTraits, type Page, Pages, slotOf, traitsOf } from "./counts.ts";
import { Functions } from "./functions.ts";

export class Recorder {
  readonly pages = new Pages();
  readonly functions: Functions;
  readonly paths: CallPaths;
  readonly start: { readonly cycles: number; readonly instructions: number };
  /** Cycles in which the core slept (WFI, WFE). */
  asleep = 0;
  readonly #machine: Machine;
  readonly #endTrace: () => void;
  #lastCycles: number;
  #lastInstructions: number;
  #entryCycles = 0;
  // The instruction that runs.
  #traits: OpTraits | undefined;
  #page: Page = this.pages.at(0);
  #slot = 0;
  #node: PathNode;
  #skipped = false;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.functions = new Functions(machine.image);
    this.paths = new CallPaths(this.functions);
    this.#node = this.paths.root;
    this.#lastCycles = machine.cycles;
    this.#lastInstructions = machine.instructions;
    this.start = { cycles: machine.cycles, instructions: machine.instructions };
    this.#endTrace = machine.trace((op, cycles) => this.#begin(op, cycles));
    machine.onException = (number, entered) => this.#exception(number, entered);
  }

  stop(): void {
    this.settle();
    this.#endTrace();
    this.#machine.onException = () => {};
  }

  /** Charges what passed so far to the instruction that ran last. */
  settle(): void {
    this.#end(this.#machine.cycles, undefined);
  }

  #begin(op: Op, cycles: number): void {
    this.#end(cycles, op.address >>> 0);
    const page = this.pages.at(op.address);
    const slot = slotOf(op.address);
    let traits = page.traits[slot];
    if (traits?.op !== op) page.traits[slot] = traits = traitsOf(op);
    this.#follow(op, page, slot);
    this.#traits = traits;
    this.#page = page;
    this.#slot = slot;
    this.#node = this.paths.node;
    this.#skipped = op.condition < 14 && !conditionHolds(op.condition, this.#machine.cpu.x);
    if (this.#entryCycles !== 0) this.#charge(this.#entryCycles, 0, this.#entryCycles);
    this.#entryCycles = 0;
  }

  /** Moves in the call paths: how did control get from the last instruction to this one? */
  #follow(op: Op, page: Page, slot: number): void {
    const { paths, functions } = this;
    let symbol = page.symbol[slot]! - 1;
    if (symbol === -1) {
      symbol = functions.numberAt(op.address);
      page.symbol[slot] = symbol < 0 ? -1 : symbol + 1;
    } else if (symbol === -2) symbol = -1;
    const last = this.#traits;
    const sp = this.#machine.cpu.x[13]!;
    const pc = op.address >>> 0;
    if (paths.resuming) paths.resume(symbol, pc, sp);
    else if (last === undefined) paths.arrive(symbol, pc, sp, false);
    else if (last.kind === "call" && !this.#skipped)
      paths.call(symbol < 0 ? functions.numberOfTarget(pc) : symbol, following(last.op), sp);
    else if (pc !== following(last.op)) paths.arrive(symbol, pc, sp, last.kind === "indirect");
    else if (symbol !== paths.node.symbol) paths.arrive(symbol, pc, sp, false);
  }

  #end(cycles: number, nextAddress: number | undefined): void {
    const { clock } = this.#machine.cpu;
    const passed = cycles - this.#lastCycles;
    const ran = clock[1]! - this.#lastInstructions;
    this.#lastCycles = cycles;
    this.#lastInstructions = clock[1]!;
    const traits = this.#traits;
    if (passed === 0 && ran === 0) return;
    if (!traits) {
      this.#entryCycles += passed;
      return;
    }
    const { op } = traits;
    const jumped = op.isBranch && nextAddress !== following(op);
    const own = this.#skipped ? 1 : op.fresh + (jumped ? op.taken : 0);
    let stalls = traits.ownCostKnown && passed > own ? passed - own : 0;
    if (traits.kind === "wait") {
      this.asleep += stalls;
      stalls = 0;
    }
    this.#charge(passed, ran, stalls);
  }

  #charge(cycles: number, ran: number, stalls: number): void {
    const traits = this.#traits!;
    const accesses = ran > 0 && !this.#skipped;
    this.#page.add(this.#slot, cycles, ran, traits, accesses, stalls);
    const { self } = this.#node;
    self.cycles += cycles;
    self.instructions += ran;
    self.stalls += stalls;
    if (!accesses) return;
    self.loads += traits.loads;
    self.stores += traits.stores;
  }

  #exception(number: number, entered: boolean): void {
    const { cpu, pc, cycles, instructions } = this.#machine;
    if (!entered) return this.paths.leaveException();
    // Tail chaining happens inside the returning instruction, which has yet to be counted: what it costs is charged to it.
    const insideReturn = this.paths.resuming && instructions === this.#lastInstructions;
    if (!insideReturn) {
      this.#end(cycles, undefined);
      this.#traits = undefined;
    }
    this.paths.enterException(number, `exception ${number}`, pc, cpu.x[13]!);
  }
}

const following = (op: Op): number => (op.address + op.size) >>> 0;

/** The condition field of DDI 0403E A7.3, on the flags in slots 16 (N) to 19 (V). */
function conditionHolds(condition: number, x: Int32Array): boolean {
  const [n, z, c, v] = [x[16] !== 0, x[17] !== 0, x[18] !== 0, x[19] !== 0];
  const plain = [z, c, n, v, c && !z, n === v, !z && n === v, true][condition >> 1]!;
  return (condition & 1) === 1 ? !plain : plain;
}
