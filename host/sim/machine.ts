// A Machine is a board that runs: core, memories, peripherals, one image. In: a Board, an Image; out: bytes on UARTs, cycles, and
// the reason it stopped. Everything is deterministic: the same image and inputs give the same cycles, whatever engine runs it.

import type { Board, Uart } from "../board/board.ts";
import { mainMemories } from "../board/board.ts";
import type { Image } from "../image/image.ts";
import { type Core, cores, type SystemAction } from "../isa/isa.ts";
import { Bus, type Range, type Width } from "./bus.ts";
import { type Actions, ClosureCompiler } from "./closures.ts";
import { Code } from "./code.ts";
import { type CoreTraits, traitsOf } from "./core-traits.ts";
import { Cpu, clockSlot, slot } from "./cpu.ts";
import { Cycles } from "./cycle-counter.ts";
import { simError } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import { ExceptionEntry } from "./exception-entry.ts";
import { Exceptions, exception } from "./exceptions.ts";
import { type FaultReport, reportFault } from "./fault-report.ts";
import { Fault } from "./faults.ts";
import { instructionWrapper } from "./instruction-wrapper.ts";
import { loadImage, startOf } from "./load.ts";
import { timedMemory } from "./memory-timing.ts";
import { Mpu } from "./mpu.ts";
import { type Op, sequential } from "./op.ts";
import { makeUart } from "./peripherals/make-uart.ts";
import type { UartDevice } from "./peripherals/uart.ts";
import { Port, type Watcher } from "./port.ts";
import { Runner, StopHere, type Tracer } from "./runner.ts";
import { semihost } from "./semihosting.ts";
import type { StopReason } from "./stop-reason.ts";
import { SysTick } from "./sys-tick.ts";
import { SystemControl } from "./system-control.ts";
import { Translator } from "./translate/translator.ts";

export interface MachineOptions {
  /** Charge the chip's wait states and caches (default true); false: zero wait states. */
  readonly memoryTiming?: boolean;
  /** Translate hot code (default true, where `new Function` is allowed); false: interpreter only. */
  readonly translate?: boolean;
}

export interface RunOptions {
  /** Stop after this many more cycles. */
  readonly cycles?: number;
  /** Stop before the instruction at any of these addresses. */
  readonly until?: readonly number[];
}

export interface Watchpoint {
  readonly address: number;
  readonly bytes: number;
  readonly access: "read" | "write" | "access";
}

export type WriteListener = (address: number, width: Width, value: number) => void;

export class Machine {
  readonly core: Core;
  readonly cpu = new Cpu();
  readonly exceptions: Exceptions;
  readonly events: EventQueue;
  /** The last faults, newest last. */
  readonly faults: FaultReport[] = [];
  onUart: (uart: string, byte: number) => void = () => {};
  onSemihosting: (bytes: Uint8Array) => void = () => {};
  onException: (number: number, entered: boolean) => void = () => {};

  readonly #traits: CoreTraits;
  readonly #uarts = new Map<string, UartDevice>();
  readonly #mpu: Mpu;
  readonly #cycles: Cycles;
  readonly #sysTick: SysTick | undefined;
  readonly #bus: Bus;
  readonly #port: Port;
  readonly #system: SystemControl;
  readonly #entry: ExceptionEntry;
  readonly #code: Code;
  readonly #runner: Runner;
  readonly #translator: Translator | undefined;
  readonly #timing: ReturnType<typeof timedMemory>;
  readonly #breakpoints = new Set<number>();
  readonly #watchpoints = new Set<Watchpoint>();
  readonly #writeListeners = new Set<{ from: number; to: number; listener: WriteListener }>();
  #image: Image | undefined;
  #floatReady = false;

  constructor(
    readonly board: Board,
    options: MachineOptions = {},
  ) {
    const { chip } = board;
    if (board.flashOnly) throw simError("flash-only", { board: board.name });
    this.core = cores[chip.core];
    const traits = (this.#traits = traitsOf(chip.core, chip.priorityBits));
    const { cpu } = this;
    const attend = () => this.#runner?.attend();
    this.exceptions = new Exceptions(cpu, chip.interrupts, chip.priorityBits, traits.version !== 6, attend);
    this.events = new EventQueue(attend);
    this.#mpu = new Mpu(chip.mpuRegions, traits.version === 8 ? 8 : 7, cpu, () => this.#refresh());
    this.#cycles = new Cycles(cpu);
    if (chip.sysTick)
      this.#sysTick = new SysTick(cpu, 0, () => this.exceptions.setPending(exception.sysTick, true), attend);
    this.#bus = new Bus(chip, this.#devices());
    const main = mainMemories(board);
    const rangeOf = (base: number): Range => this.#bus.find(base)!;
    this.#timing = options.memoryTiming === false ? undefined : timedMemory(main.flash);
    const timing = this.#timing;
    this.#port = new Port({
      cpu,
      bus: this.#bus,
      mpu: this.#mpu,
      ram: rangeOf(main.ram.base),
      flash: rangeOf(main.flash.base),
      unalignedFaults: this.core.unalignedFaults,
      unalignedCycles: this.core.pipeline.unaligned,
      readWaits:
        timing &&
        ((address) => (address - timing.base < timing.bytes && address >= timing.base ? timing.read(address) : 0)),
      onCodeWrite: (address, width) => this.#code.written(address, width),
    });
    this.#system = new SystemControl({
      cpu,
      traits,
      exceptions: this.exceptions,
      mpu: this.#mpu,
      sysTick: this.#sysTick,
      cycles: this.#cycles,
      vectorTableAtReset: board.image.start,
      onReset: () => {
        this.#runner.resetRequested = true;
        attend();
      },
      onFloatChange: () => (this.#floatReady = false),
      onTrapChange: (trap) => (this.#port.trapUnaligned = trap),
    });
    this.#entry = new ExceptionEntry({
      cpu,
      port: this.#port,
      exceptions: this.exceptions,
      system: this.#system,
      costs: traits.costs,
      hasFloat: traits.float,
      returnBase: traits.version === 8 && !chip.security ? 0xffffffa0 | 0 : 0xffffffe1 | 0,
      version: traits.version,
      onException: (number, entered) => this.onException(number, entered),
    });
    const closures = new ClosureCompiler({ x: cpu.x, port: this.#port, actions: this.#actions() });
    const wrap = instructionWrapper(closures, cpu, this.core, () => this.#floatReady || this.#prepareFloat());
    const newRange = (range: Range, marks: Uint8Array) => {
      if (range.base !== main.ram.base) return;
      // Code translated so far stores into RAM without looking at these.
      this.#port.codeMarks = marks;
      this.#code.drop();
    };
    this.#code = new Code(this.#bus, this.core, this.#prepareOp(wrap), newRange, attend);
    if (options.translate !== false)
      this.#translator = Translator.ifAllowed({
        cpu,
        core: this.core,
        code: this.#code,
        port: this.#port,
        timing,
        floatReady: () => this.#floatReady,
      });
    this.#runner = new Runner({
      cpu,
      core: this.core,
      code: this.#code,
      mpu: this.#mpu,
      exceptions: this.exceptions,
      entry: this.#entry,
      system: this.#system,
      timing,
      translator: this.#translator,
      advance: (now) => this.#advance(now),
      onReset: () => this.reset(),
      onFault: (fault, pc, taken) => this.#noteFault(fault, pc, taken),
    });
    for (const range of this.#bus.ranges) if (range.memory?.kind === "flash") range.data!.fill(0xff);
  }

  // ---- program and state

  /** Puts the image into memory and resets. */
  load(image: Image): void {
    loadImage(this.#bus, image, this.board.name);
    this.#image = image;
    this.#code.drop();
    this.reset();
  }

  reset(): void {
    const { cpu } = this;
    cpu.reset();
    this.exceptions.reset();
    this.#system.reset();
    this.#mpu.reset();
    this.#cycles.reset();
    this.#sysTick?.reset();
    this.#timing?.reset();
    for (const uart of this.#uarts.values()) uart.reset();
    const start = startOf(this.#bus, this.board, this.#image);
    cpu.msp = start.sp;
    this.#runner.pc = start.pc;
    this.#runner.sleeping = false;
    this.#runner.flushPipeline();
    this.#runner.attend();
  }

  get cycles(): number {
    return this.cpu.clock[clockSlot.cycles]!;
  }

  get instructions(): number {
    return this.cpu.clock[clockSlot.instructions]!;
  }

  get image(): Image | undefined {
    return this.#image;
  }

  /** Address of the next instruction. */
  get pc(): number {
    return this.#runner.pc >>> 0;
  }

  set pc(address: number) {
    this.#runner.pc = address & ~1;
    this.cpu.it = 0;
    this.#runner.flushPipeline();
  }

  /** R0–R14; 13 is the stack pointer in use. */
  getRegister(index: number): number {
    return index === slot.pc ? this.pc : this.cpu.x[index]! >>> 0;
  }

  setRegister(index: number, value: number): void {
    if (index === slot.pc) this.pc = value;
    else this.cpu.x[index] = index === slot.sp ? value & ~3 : value;
  }

  peek(address: number, bytes: number): Uint8Array {
    const range = this.#bus.find(address >>> 0);
    if (!range?.data || address + bytes > range.base + range.bytes) throw simError("no-memory", { address, bytes });
    return range.data.slice(address - range.base, address - range.base + bytes);
  }

  /** Writes memory as a debugger does: flash too. */
  poke(address: number, bytes: Uint8Array): void {
    const range = this.#bus.find(address >>> 0);
    if (!range?.data || address + bytes.length > range.base + range.bytes)
      throw simError("no-memory", { address, bytes: bytes.length });
    range.data.set(bytes, address - range.base);
    this.#code.written(address, bytes.length);
  }

  /** Reads one register of a device or memory, with the device's side effects. */
  busRead(address: number, width: Width): number {
    return this.#port.load(address, width, true) >>> 0;
  }

  // ---- running

  step(): StopReason {
    return this.#run(Number.POSITIVE_INFINITY, true);
  }

  run({ cycles = Number.POSITIVE_INFINITY, until = [] }: RunOptions = {}): StopReason {
    const added = until.filter((address) => !this.#breakpoints.has(address));
    for (const address of added) this.addBreakpoint(address);
    const reason = this.#run(this.cycles + cycles, false);
    for (const address of added) this.removeBreakpoint(address);
    return reason;
  }

  #run(limit: number, once: boolean): StopReason {
    this.#skipBreakpoint();
    this.#runner.translating = !this.#port.guarded && this.#runner.tracer === undefined;
    return this.#runner.run(limit, once);
  }

  /** Going on from a BKPT means: after it. */
  #skipBreakpoint(): void {
    const range = this.#bus.find(this.pc);
    if (range?.view && range.view.getUint16(this.pc - range.base, true) >>> 8 === 0xbe && this.#stoodOnBkpt === this.pc)
      this.pc = this.pc + 2;
    this.#stoodOnBkpt = -1;
  }

  #stoodOnBkpt = -1;

  /** From a callback: ends the run after the current instruction. */
  stop(): void {
    this.#runner.requestStop({ kind: "stopped" });
  }

  /** Called before every instruction; translation is off while it is set. */
  trace(tracer: Tracer | undefined): void {
    this.#runner.tracer = tracer;
    this.#runner.translating = tracer === undefined && !this.#port.guarded;
  }

  addBreakpoint(address: number): void {
    this.#breakpoints.add(address & ~1);
    this.#code.drop();
  }

  removeBreakpoint(address: number): void {
    this.#breakpoints.delete(address & ~1);
    this.#code.drop();
  }

  addWatchpoint(watchpoint: Watchpoint): () => void {
    this.#watchpoints.add(watchpoint);
    this.#updateWatcher();
    return () => {
      this.#watchpoints.delete(watchpoint);
      this.#updateWatcher();
    };
  }

  /** Calls back for every store into a range; returns the function that ends it. */
  onWrite(address: number, bytes: number, listener: WriteListener): () => void {
    const entry = { from: address, to: address + bytes, listener };
    this.#writeListeners.add(entry);
    this.#updateWatcher();
    return () => {
      this.#writeListeners.delete(entry);
      this.#updateWatcher();
    };
  }

  /** Bytes arrive at a UART (default: the console). */
  send(bytes: Uint8Array, uart = this.board.console?.uart ?? ""): void {
    const device = this.#uarts.get(uart);
    if (!device) throw simError("no-uart", { name: uart, known: [...this.#uarts.keys()] });
    for (const byte of bytes) device.receive(byte);
  }

  // ---- inside

  #devices(): Range[] {
    const system: Range = { base: 0xe000e000, bytes: 0x1000, writable: true, device: this.#systemDevice() };
    const dwt: Range = { base: 0xe0001000, bytes: 0x1000, writable: true, device: this.#cycles };
    const silent: Range = {
      base: 0xe0000000,
      bytes: 0x100000,
      writable: true,
      device: { read: () => 0, write: () => {} },
    };
    const uarts = this.board.chip.uarts.map((uart) => this.#uart(uart));
    const isV6 = this.#traits.version === 6;
    return [...uarts, system, ...(isV6 ? [] : [dwt]), silent];
  }

  #systemDevice() {
    return {
      read: (offset: number, width: Width) => this.#system.read(offset, width),
      write: (offset: number, value: number, width: Width) => this.#system.write(offset, value, width),
    };
  }

  #uart({ name, model, base, irq, transmitIrq }: Uart): Range {
    const device = makeUart(model, {
      onByte: (byte) => this.onUart(name, byte),
      irq: (high) => this.exceptions.setLine(irq, high),
      transmitIrq: (high) => transmitIrq !== undefined && this.exceptions.setLine(transmitIrq, high),
      readMemory: (address, bytes) => this.peek(address, bytes),
      writeMemory: (address, bytes) => this.poke(address, bytes),
    });
    this.#uarts.set(name, device);
    return { base, bytes: device.bytes, writable: true, device };
  }

  #refresh(): void {
    if (!this.#port) return;
    this.#port.refresh();
    this.#code.drop();
    this.#runner.translating = !this.#port.guarded && this.#runner.tracer === undefined;
  }

  #updateWatcher(): void {
    const any = this.#watchpoints.size + this.#writeListeners.size > 0;
    const hit = (address: number, width: Width, access: "read" | "write") => {
      for (const point of this.#watchpoints)
        if (
          point.access !== (access === "read" ? "write" : "read") &&
          address < point.address + point.bytes &&
          address + width > point.address
        )
          this.#runner.requestStop({ kind: "watchpoint", address, width, access });
    };
    const watcher: Watcher = {
      onRead: (address, width) => hit(address, width, "read"),
      onWrite: (address, width, value) => {
        hit(address, width, "write");
        for (const { from, to, listener } of this.#writeListeners)
          if (address < to && address + width > from) listener(address, width, value);
      },
    };
    this.#port.watcher = any ? watcher : undefined;
    this.#refresh();
  }

  #prepareOp(wrap: (op: Op) => void) {
    return (op: Op): void => {
      wrap(op);
      op.stop = this.#breakpoints.has(op.address);
    };
  }

  #advance(now: number): number {
    this.#sysTick?.advance(now);
    this.events.advance(now);
    return Math.min(this.#sysTick?.nextEvent ?? Number.POSITIVE_INFINITY, this.events.next);
  }

  #noteFault(fault: Fault, pc: number, taken: number | "lockup"): void {
    const source = { cpu: this.cpu, bus: this.#bus, code: this.#code, image: this.#image, status: this.#system };
    this.faults.push(reportFault(source, fault, pc, taken));
    if (this.faults.length > 16) this.faults.shift();
  }

  /** The first floating-point instruction since something changed (DDI 0403E B1.5.7, ExecuteFPCheck). */
  #prepareFloat(): void {
    const { cpu } = this;
    if (!this.#system.floatAllowed(cpu.privileged)) throw new Fault("no-coprocessor");
    if (this.#system.lazyActive) this.#entry.finishLazy();
    if (this.#system.automaticContext && (cpu.control & 4) === 0) {
      cpu.control |= 4;
      cpu.x[slot.fpscr] = (cpu.x[slot.fpscr]! & ~0x07c00000) | this.#system.floatDefaults;
    }
    this.#floatReady = true;
  }

  #actions(): Actions {
    const { cpu } = this;
    const returns = this.#traits.version === 8 ? 0xff : 0xf0;
    return {
      exchange: (target) => {
        if (cpu.ipsr !== 0 && ((target >>> 24) & returns) === returns) {
          const address = this.#entry.leave(target);
          if (cpu.ipsr === 0 && this.#system.sleepOnExit) this.#runner.sleeping = true;
          this.#runner.attend();
          return address;
        }
        cpu.thumb = (target & 1) !== 0;
        return target & ~1;
      },
      call: (target) => {
        cpu.thumb = (target & 1) !== 0;
        return target & ~1;
      },
      readSpecial: (sysm) => this.#system.readSpecial(sysm),
      setMonitor: () => this.#system.setMonitor(),
      takeMonitor: () => this.#system.takeMonitor(),
      system: (action, args) => this.#act(action, args),
    };
  }

  #act(action: SystemAction, args: readonly number[]): number {
    const { cpu, exceptions } = this;
    const system = this.#system;
    switch (action) {
      case "svc":
        if (!exceptions.canPreempt(exception.svCall)) this.#escalateSvc();
        else exceptions.setPending(exception.svCall, true);
        return sequential;
      case "bkpt":
        return this.#bkpt(args[0]!);
      case "undefined":
      case "secure":
        throw new Fault("undefined");
      case "coprocessor":
        throw new Fault(this.#traits.version === 6 ? "undefined" : "no-coprocessor");
      case "divide-by-zero":
        if (system.trapsDivideByZero) throw new Fault("divide-by-zero");
        return sequential;
      case "cps":
        system.changeMasks(args[0]!, args[1]!);
        return sequential;
      case "msr":
        system.writeSpecial(args[0]!, args[1]!, args[2]!);
        return sequential;
      case "clrex":
        system.clearMonitor();
        return sequential;
      case "wfi":
        this.#runner.sleeping = true;
        this.#runner.attend();
        return sequential;
      case "wfe":
        if (system.event) system.event = false;
        else {
          this.#runner.sleeping = true;
          this.#runner.attend();
        }
        return sequential;
      case "sev":
        system.event = true;
        return sequential;
      case "stack-check":
      case "it":
      case "dmb":
      case "dsb":
      case "isb":
      case "nop":
      case "yield":
        return sequential;
      default:
        throw new Error(`thumbelina defect: system action ${action satisfies never} of ${cpu.ipsr}`);
    }
  }

  /** SVC at a priority where SVCall cannot run becomes a HardFault (B1.5.15). */
  #escalateSvc(): void {
    this.#system.recordEscalation();
    this.exceptions.setPending(exception.hardFault, true);
  }

  #bkpt(immediate: number): number {
    if (immediate !== 0xab) {
      const address = this.#currentAddress();
      this.#stoodOnBkpt = address;
      throw new StopHere({ kind: "bkpt", address, immediate });
    }
    const { exit } = semihost({
      cpu: this.cpu,
      readMemory: (address, bytes) => this.peek(address, bytes),
      writeWord: (address, value) => this.#port.store(address, value, 4, true),
      onOutput: (bytes) => this.onSemihosting(bytes),
      clockHz: this.board.clockHz,
    });
    if (exit !== undefined) this.#runner.requestStop({ kind: "exit", status: exit });
    return sequential;
  }

  #currentAddress(): number {
    return this.#runner.currentAddress;
  }
}
