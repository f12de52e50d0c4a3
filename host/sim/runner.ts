// Runs instructions: the interpreter's loop, and what happens between instructions (events, exceptions, faults, sleep, limits).
// Between two instructions `pc` and cpu.it say where the program is; while the loop runs, the current Op does.
//
//   loop     deadline reached? → leave and service │ translated code for this place? → run it │ else one Op
//   service  timers, pending exceptions, WFI sleep, limits; then the next deadline
//
// Anything that must be looked at before the next instruction sets the deadline to 0 (`attend`).

import { clockSlot } from "./cpu.ts";
import { exception } from "./exceptions.ts";
import { Fault } from "./faults.ts";
import { type Op, sequential, skipped } from "./op.ts";
import { sequentialCost } from "./pipeline.ts";
import type { RunnerPorts, Tracer } from "./runner-ports.ts";
import { StopHere, type StopReason } from "./stop-reason.ts";

export class Runner {
  readonly #p: RunnerPorts;
  pc = 0;
  sleeping = false;
  /** Cycles spent in WFI and WFE. */
  sleptCycles = 0;
  resetRequested = false;
  tracer: Tracer | undefined;
  #limit = Number.POSITIVE_INFINITY;
  #stop: StopReason | undefined;
  #previous: Op | undefined;
  #paired = false;
  #current: Op | undefined;
  /** Translated code may run: nothing watches single instructions. */
  translating = true;

  constructor(ports: RunnerPorts) {
    this.#p = ports;
  }

  /** Look up before the next instruction. */
  attend = (): void => {
    this.#p.cpu.clock[clockSlot.deadline] = 0;
  };

  /** Of the instruction that runs. */
  get currentAddress(): number {
    return this.#current?.address ?? this.pc;
  }

  requestStop(reason: StopReason): void {
    this.#stop ??= reason;
    this.attend();
  }

  /** The pipeline is empty: after reset, exceptions, and when somebody moved PC. */
  flushPipeline(): void {
    this.#previous = undefined;
    this.#paired = false;
  }

  /** `once`: one instruction (or one exception entry) only. */
  run(limitCycle: number, once = false): StopReason {
    const { cpu } = this.#p;
    this.#limit = limitCycle;
    this.#stop = undefined;
    // The deadline is still that of the run before, which may have had no limit.
    this.attend();
    let first = true;
    for (;;) {
      if (cpu.clock[clockSlot.cycles]! >= cpu.clock[clockSlot.deadline]! || once) {
        const stop = this.#service();
        if (stop) return stop;
      }
      this.#interpret(first, once);
      first = false;
      if (once) return this.#stop ?? { kind: "step" };
    }
  }

  #service(): StopReason | undefined {
    const { cpu, exceptions, system, advance } = this.#p;
    for (;;) {
      if (this.resetRequested) {
        this.resetRequested = false;
        this.#p.onReset();
      }
      const now = cpu.clock[clockSlot.cycles]!;
      const nextEvent = advance(now);
      if (this.resetRequested) continue;
      if (this.#stop) return this.#stop;
      if (now >= this.#limit) return { kind: "cycles" };
      const number = exceptions.next();
      if (number !== 0) {
        this.sleeping = false;
        this.#enter(number, this.pc);
        if (this.#stop) return this.#stop;
        continue;
      }
      if (this.sleeping && (exceptions.wakes() || system.event)) this.sleeping = system.event = false;
      const deadline = Math.min(nextEvent, this.#limit);
      if (!this.sleeping) {
        cpu.clock[clockSlot.deadline] = deadline;
        return undefined;
      }
      if (deadline === Number.POSITIVE_INFINITY) return { kind: "asleep" };
      this.sleptCycles += deadline - now;
      cpu.clock[clockSlot.cycles] = deadline;
    }
  }

  #enter(number: number, returnAddress: number): void {
    const { cpu, entry } = this.#p;
    this.flushPipeline();
    try {
      this.pc = entry.enter(number, returnAddress);
      if (!cpu.thumb) throw new Fault("invalid-state");
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.#takeFault(fault, this.pc);
    }
  }

  #takeFault(fault: Fault, pc: number): void {
    const { cpu, exceptions, system, onFault } = this.#p;
    system.recordFault(fault);
    this.pc = pc;
    let number = fault.exception;
    if (number !== exception.hardFault && !exceptions.canPreempt(number)) {
      number = exception.hardFault;
      system.recordEscalation();
    }
    if (number === exception.hardFault && exceptions.executionPriority() <= -1) {
      onFault(fault, pc, "lockup");
      this.#stop = { kind: "lockup", address: pc >>> 0 };
      this.attend();
      return;
    }
    onFault(fault, pc, number);
    cpu.thumb = true;
    this.#enter(number, pc);
    this.attend();
  }

  /** Runs until the deadline, a stop, or translated code that takes over at a branch target. */
  #interpret(firstOfRun: boolean, once: boolean): void {
    const { cpu, timing } = this.#p;
    const { clock } = cpu;
    const plain = timing === undefined && this.tracer === undefined;
    let op: Op | undefined;
    let mayStop = !firstOfRun;
    try {
      op = this.#fetch(this.pc);
      for (;;) {
        if (op.stop && mayStop) {
          this.#stop = { kind: "breakpoint", address: op.address };
          this.attend();
          break;
        }
        mayStop = true;
        this.#current = op;
        if (!plain) this.#beforeOp(op);
        const target = op.run();
        clock[1]!++;
        if (target === sequential) {
          clock[0]! += this.#cost(op);
          this.#previous = op.isBranch ? undefined : op;
          op = op.next ?? this.#link(op);
        } else if (target === skipped) {
          clock[0]!++;
          this.#paired = false;
          this.#previous = op.isBranch ? undefined : op;
          op = op.next ?? this.#link(op);
        } else {
          clock[0]! += this.#cost(op) + op.taken;
          this.#previous = undefined;
          this.pc = target;
          op = undefined;
          if (!cpu.thumb) throw new Fault("invalid-state");
          if (clock[0]! >= clock[2]! || once) return;
          op = this.#fetch(target);
          if (this.translating && this.#runTranslated(op)) return;
        }
        if (clock[0]! >= clock[2]! || once) break;
      }
      this.pc = op.address;
      cpu.it = op.it;
    } catch (thrown) {
      this.#caught(thrown, op);
    }
  }

  /** Wait states of the fetch, and whoever watches. */
  #beforeOp(op: Op): void {
    const { timing, cpu } = this.#p;
    const { clock } = cpu;
    // Before the wait states of its own fetch, so that a profile charges them to this instruction.
    this.tracer?.(op, clock[0]!);
    if (timing) {
      const offset = op.address - timing.base;
      if (offset >= 0 && offset < timing.bytes) clock[0]! += timing.fetch(op.address, op.size, clock[0]!);
    }
  }

  #cost(op: Op): number {
    const before = this.#previous;
    if (before === undefined) {
      this.#paired = false;
      return op.fresh;
    }
    if (op.before !== before) {
      const { cost, pairs, pairedCost } = sequentialCost(op, before, this.#p.core);
      op.before = before;
      op.cost = cost;
      op.pairs = pairs;
      op.pairedCost = pairedCost;
    }
    if (!op.pairs) {
      this.#paired = false;
      return op.cost;
    }
    this.#paired = !this.#paired;
    return this.#paired ? op.pairedCost : op.cost;
  }

  #caught(thrown: unknown, op: Op | undefined): void {
    const { cpu } = this.#p;
    if (op) {
      this.pc = op.address;
      cpu.it = op.it;
    }
    if (thrown instanceof Fault) {
      this.#takeFault(thrown, this.pc);
    } else if (thrown instanceof StopHere) {
      this.#stop = thrown.reason;
      this.attend();
    } else throw thrown;
  }

  #fetch(address: number): Op {
    const { cpu, code, mpu } = this.#p;
    if (mpu.enabled && !mpu.allows(address >>> 0, cpu.privileged, "fetch")) throw new Fault("fetch-violation");
    const op = code.at(address, cpu.it);
    cpu.it = 0;
    return op;
  }

  #link(op: Op): Op {
    const { code, mpu, cpu } = this.#p;
    const address = op.address + op.size;
    this.pc = address;
    const generation = code.generation;
    if (mpu.enabled && !mpu.allows(address >>> 0, cpu.privileged, "fetch")) return this.#noFetch(address);
    let next: Op;
    try {
      next = code.at(address, op.itAfter);
    } catch (fault) {
      if (fault instanceof Fault) return this.#noFetch(address, fault);
      throw fault;
    }
    if (code.generation === generation && !mpu.enabled) op.next = next;
    return next;
  }

  /** The next instruction cannot be fetched: an Op that throws when its turn comes, so that the fault has its address. */
  #noFetch(address: number, fault = new Fault("fetch-violation")): Op {
    return this.#p.code.faulting(address, fault);
  }

  /** At a branch target with an empty pipeline: true if translated code ran and left PC somewhere else. */
  #runTranslated(op: Op): boolean {
    const { cpu, translator } = this.#p;
    if (!translator || op.it !== 0 || op.region === null) return false;
    const exit = translator.enter(op);
    if (exit === undefined) return false;
    this.pc = exit.address;
    cpu.it = exit.it;
    this.#previous = exit.previous;
    this.#paired = exit.paired;
    return true;
  }
}
