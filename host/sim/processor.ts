// One core with its private peripherals and memories, put together: who knows whom. Machine adds the image, UARTs and the user's
// view. Functions passed down instead of objects keep each part small: a timer can pend an exception, not reach the machine.

import { type Board, coreOf, mainMemories } from "../board/board.ts";
import { type Core, cores } from "../isa/isa.ts";
import { Bus, type Device, type Range } from "./bus.ts";
import { ClosureCompiler } from "./closures.ts";
import { Code } from "./code.ts";
import { coreActions } from "./core-actions.ts";
import { traitsOf } from "./core-traits.ts";
import { Cpu, slot } from "./cpu.ts";
import { Cycles } from "./cycle-counter.ts";
import { EventQueue } from "./event-queue.ts";
import { ExceptionEntry } from "./exception-entry.ts";
import { Exceptions, exception } from "./exceptions.ts";
import { Fault } from "./faults.ts";
import { instructionWrapper } from "./instruction-wrapper.ts";
import { type TimedMemory, timedMemory } from "./memory-timing.ts";
import { Mpu } from "./mpu.ts";
import type { Op } from "./op.ts";
import { Port, type Watcher } from "./port.ts";
import { Runner } from "./runner.ts";
import type { Tracer } from "./runner-ports.ts";
import { SpecialRegisters } from "./special-registers.ts";
import { SysTick } from "./sys-tick.ts";
import { SystemControl } from "./system-control.ts";
import { Translator } from "./translate/translator.ts";

export interface ProcessorPorts {
  readonly board: Board;
  readonly memoryTiming: boolean;
  readonly translate: boolean;
  /** Memories and peripherals, for a processor whose core, exceptions and events exist already. */
  readonly chip: (processor: Processor) => { readonly memories: readonly Range[]; readonly devices: readonly Range[] };
  readonly onException: (number: number, entered: boolean) => void;
  readonly onFault: (fault: Fault, pc: number, taken: number | "lockup") => void;
  readonly onReset: () => void;
  readonly bkpt: (immediate: number) => void;
  readonly isBreakpoint: (address: number) => boolean;
}

export class Processor {
  readonly cpu = new Cpu();
  readonly core: Core;
  readonly exceptions: Exceptions;
  readonly events: EventQueue;
  readonly bus: Bus;
  readonly port: Port;
  readonly system: SystemControl;
  readonly code: Code;
  readonly runner: Runner;
  readonly #mpu: Mpu;
  readonly #cycles: Cycles;
  readonly #sysTick: SysTick | undefined;
  readonly #entry: ExceptionEntry;
  readonly #timing: TimedMemory | undefined;
  #floatReady = false;

  constructor(ports: ProcessorPorts) {
    const { chip, image } = ports.board;
    const { cpu } = this;
    const core = (this.core = cores[coreOf(chip)]);
    const traits = traitsOf(coreOf(chip), chip.priorityBits);
    const attend = () => this.runner?.attend();
    const exceptions = new Exceptions(cpu, chip.interrupts, chip.priorityBits, traits.version !== 6, attend);
    this.exceptions = exceptions;
    this.events = new EventQueue(attend);
    const mpu = (this.#mpu = new Mpu(chip.mpuRegions, traits.version, cpu, () => this.#refresh()));
    const cycles = (this.#cycles = new Cycles(cpu));
    const onWrap = () => exceptions.setPending(exception.sysTick, true);
    const sysTick = chip.sysTick ? new SysTick(cpu, 0, onWrap, attend) : undefined;
    this.#sysTick = sysTick;
    const { memories, devices } = ports.chip(this);
    const bus = (this.bus = new Bus(chip, memories, [...devices, ...this.#systemRanges(traits.version)]));
    const main = mainMemories(ports.board);
    const timing = (this.#timing = ports.memoryTiming ? timedMemory(main.flash) : undefined);
    this.port = this.#makePort(main.ram.base, main.flash.base);
    const onFloatChange = () => {
      this.#floatReady = false;
    };
    const system = (this.system = new SystemControl({
      ...{ cpu, traits, exceptions, mpu, sysTick, cycles, onFloatChange },
      vectorTableAtReset: image.start,
      onReset: () => {
        this.runner.resetRequested = true;
        attend();
      },
      onTrapChange: (trap) => {
        this.port.trapUnaligned = trap;
      },
    }));
    const nonSecure = traits.version === 8 && !chip.security;
    const entry = (this.#entry = new ExceptionEntry({
      ...{ cpu, port: this.port, exceptions, system, costs: traits.costs, version: traits.version },
      hasFloat: traits.float,
      returnBase: nonSecure ? 0xffffffa0 | 0 : 0xffffffe1 | 0,
      onException: ports.onException,
    }));
    const special = new SpecialRegisters({ cpu, exceptions, traits, onFloatChange });
    const sleep = () => {
      this.runner.sleeping = true;
      attend();
    };
    const { version } = traits;
    const actions = coreActions({ cpu, version, exceptions, entry, system, special, sleep, attend, bkpt: ports.bkpt });
    const closures = new ClosureCompiler({ x: cpu.x, port: this.port, actions });
    const wrap = instructionWrapper(closures, cpu, core, () => this.#floatReady || this.#prepareFloat());
    const prepare = (op: Op) => {
      wrap(op);
      op.stop = ports.isBreakpoint(op.address);
    };
    this.code = new Code(bus, core, prepare, (range, marks) => this.#noteCode(range, marks, main.ram.base), attend);
    const { code, port } = this;
    const floatReady = () => this.#floatReady;
    const translator = ports.translate
      ? Translator.ifAllowed({ cpu, core, code, port, timing, floatReady })
      : undefined;
    this.runner = new Runner({
      ...{ cpu, core, code, mpu, exceptions, entry, system, timing, translator },
      advance: (now) => this.#advance(now),
      onReset: ports.onReset,
      onFault: ports.onFault,
    });
  }

  #makePort(ramBase: number, flashBase: number): Port {
    const { cpu, bus, core } = this;
    const timing = this.#timing;
    const isTimed = (address: number) => timing && address >= timing.base && address < timing.base + timing.bytes;
    return new Port({
      ...{ cpu, bus, mpu: this.#mpu },
      ram: bus.find(ramBase)!,
      flash: bus.find(flashBase)!,
      unalignedFaults: core.unalignedFaults,
      unalignedCycles: core.pipeline.unaligned,
      readWaits: timing && ((address) => (isTimed(address) ? timing.read(address) : 0)),
      onCodeWrite: (address, width) => this.code.written(address, width),
    });
  }

  /** Code was decoded from a memory for the first time. */
  #noteCode(range: Range, marks: Uint8Array, ramBase: number): void {
    if (range.base !== ramBase) return;
    // Code translated so far stores into RAM without looking at these.
    this.port.codeMarks = marks;
    this.code.drop();
  }

  /** The private peripheral bus: system control, DWT where there is one, the rest reads 0. */
  #systemRanges(version: 6 | 7 | 8): Range[] {
    const range = (base: number, bytes: number, device: Device): Range => ({ base, bytes, writable: true, device });
    const system = range(0xe000e000, 0x1000, {
      read: (offset, width) => this.system.read(offset, width),
      write: (offset, value, width) => this.system.write(offset, value, width),
    });
    const dwt = version === 6 ? [] : [range(0xe0001000, 0x1000, this.#cycles)];
    return [system, ...dwt, range(0xe0000000, 0x100000, { read: () => 0, write: () => {} })];
  }

  #advance(now: number): number {
    this.#sysTick?.advance(now);
    this.events.advance(now);
    return Math.min(this.#sysTick?.nextEvent ?? Number.POSITIVE_INFINITY, this.events.next);
  }

  /** The first floating-point instruction since something changed (DDI 0403E B1.5.7, ExecuteFPCheck). */
  #prepareFloat(): void {
    const { cpu, system } = this;
    if (!system.float.allowed(cpu.privileged)) throw new Fault("no-coprocessor");
    if (system.float.lazyActive) this.#entry.finishLazy();
    if (system.float.automaticContext && (cpu.control & 4) === 0) {
      cpu.control |= 4;
      cpu.x[slot.fpscr] = (cpu.x[slot.fpscr]! & ~0x07c00000) | system.float.defaults;
    }
    this.#floatReady = true;
  }

  /** What translated or decoded code relied on has changed. */
  #refresh(): void {
    if (!this.runner) return;
    this.port.refresh();
    this.code.drop();
    this.#chooseEngine();
  }

  #chooseEngine(): void {
    this.runner.translating = !this.port.guarded && this.runner.tracer === undefined;
  }

  watch(watcher: Watcher | undefined): void {
    this.port.watcher = watcher;
    this.#refresh();
  }

  trace(tracer: Tracer | undefined): void {
    this.runner.tracer = tracer;
    this.#chooseEngine();
  }

  reset(start: { readonly sp: number; readonly pc: number }): void {
    const { cpu, runner } = this;
    cpu.reset();
    this.exceptions.reset();
    this.system.reset();
    this.#mpu.reset();
    this.#cycles.reset();
    this.#sysTick?.reset();
    this.#timing?.reset();
    cpu.msp = start.sp;
    runner.pc = start.pc;
    runner.sleeping = false;
    runner.flushPipeline();
    runner.attend();
  }
}
