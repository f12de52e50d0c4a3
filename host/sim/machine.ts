// A Machine is a board that runs: core, memories, peripherals, one image. In: a Board, an Image; out: bytes on UARTs, cycles, and
// the reason it stopped. Everything is deterministic: the same image and inputs give the same cycles, whatever engine runs it.

import type { Board, Uart } from "../board/board.ts";
import type { Image } from "../image/image.ts";
import type { Core } from "../isa/isa.ts";
import type { Range, Width } from "./bus.ts";
import { type Cpu, clockSlot, slot } from "./cpu.ts";
import { simError } from "./errors.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Exceptions } from "./exceptions.ts";
import { type FaultReport, reportFault } from "./fault-report.ts";
import type { Fault } from "./faults.ts";
import { loadImage, startOf } from "./load.ts";
import { makeUart } from "./peripherals/make-uart.ts";
import type { UartDevice } from "./peripherals/uart.ts";
import { Processor } from "./processor.ts";
import type { Tracer } from "./runner.ts";
import { semihost } from "./semihosting.ts";
import { StopHere, type StopReason } from "./stop-reason.ts";
import { Watches, type Watchpoint, type WriteListener } from "./watch.ts";

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

export class Machine {
  readonly core: Core;
  readonly cpu: Cpu;
  readonly exceptions: Exceptions;
  /** Host code may schedule what happens at a cycle. */
  readonly events: EventQueue;
  /** The last faults, newest last. */
  readonly faults: FaultReport[] = [];
  onUart: (uart: string, byte: number) => void = () => {};
  onSemihosting: (bytes: Uint8Array) => void = () => {};
  onException: (number: number, entered: boolean) => void = () => {};

  readonly #processor: Processor;
  readonly #uarts = new Map<string, UartDevice>();
  readonly #breakpoints = new Set<number>();
  readonly #tracers = new Set<Tracer>();
  readonly #watches: Watches;
  #image: Image | undefined;
  #stoodOnBkpt = -1;

  constructor(
    readonly board: Board,
    { memoryTiming = true, translate = true }: MachineOptions = {},
  ) {
    if (board.flashOnly) throw simError("flash-only", { board: board.name });
    const processor = new Processor({
      ...{ board, memoryTiming, translate },
      devices: (exceptions) => board.chip.uarts.map((uart) => this.#uart(uart, exceptions)),
      onException: (number, entered) => this.onException(number, entered),
      onFault: (fault, pc, taken) => this.#noteFault(fault, pc, taken),
      onReset: () => this.reset(),
      bkpt: (immediate) => this.#bkpt(immediate),
      isBreakpoint: (address) => this.#breakpoints.has(address),
    });
    this.#processor = processor;
    this.core = processor.core;
    this.cpu = processor.cpu;
    this.exceptions = processor.exceptions;
    this.events = processor.events;
    this.#watches = new Watches(
      (watcher) => processor.watch(watcher),
      (reason) => processor.runner.requestStop(reason),
    );
    for (const { memory, data } of processor.bus.ranges) if (memory?.kind === "flash") data!.fill(0xff);
  }

  // ---- program and state

  /** Puts the image into memory and resets. */
  load(image: Image): void {
    loadImage(this.#processor.bus, image, this.board.name);
    this.#image = image;
    this.#processor.code.drop();
    this.reset();
  }

  reset(): void {
    for (const uart of this.#uarts.values()) uart.reset();
    this.#stoodOnBkpt = -1;
    this.#processor.reset(startOf(this.#processor.bus, this.board, this.#image));
  }

  get image(): Image | undefined {
    return this.#image;
  }

  get cycles(): number {
    return this.cpu.clock[clockSlot.cycles]!;
  }

  get instructions(): number {
    return this.cpu.clock[clockSlot.instructions]!;
  }

  /** Address of the next instruction. */
  get pc(): number {
    return this.#processor.runner.pc >>> 0;
  }

  set pc(address: number) {
    this.#processor.runner.pc = address & ~1;
    this.cpu.it = 0;
    this.#processor.runner.flushPipeline();
  }

  /** R0–R15; 13 is the stack pointer in use. */
  getRegister(index: number): number {
    return index === slot.pc ? this.pc : this.cpu.x[index]! >>> 0;
  }

  setRegister(index: number, value: number): void {
    if (index === slot.pc) this.pc = value;
    else this.cpu.x[index] = index === slot.sp ? value & ~3 : value;
  }

  /** Bytes of memory (a copy), without side effects. */
  peek(address: number, bytes: number): Uint8Array {
    const { data, offset } = this.#memory(address, bytes);
    return data.slice(offset, offset + bytes);
  }

  /** Writes memory as a debugger does: flash too. */
  poke(address: number, bytes: Uint8Array): void {
    const { data, offset } = this.#memory(address, bytes.length);
    data.set(bytes, offset);
    this.#processor.code.written(address, bytes.length);
  }

  #memory(address: number, bytes: number): { data: Uint8Array; offset: number } {
    const range = this.#processor.bus.find(address >>> 0);
    if (!range?.data || address + bytes > range.base + range.bytes) throw simError("no-memory", { address, bytes });
    return { data: range.data, offset: address - range.base };
  }

  /** Reads memory or a device's register, with the device's side effects. */
  busRead(address: number, width: Width): number {
    return this.#processor.port.load(address, width, true) >>> 0;
  }

  // ---- running

  step(): StopReason {
    this.#leaveBkpt();
    return this.#processor.runner.run(Number.POSITIVE_INFINITY, true);
  }

  run({ cycles = Number.POSITIVE_INFINITY, until = [] }: RunOptions = {}): StopReason {
    const added = until.filter((address) => !this.#breakpoints.has(address & ~1));
    for (const address of added) this.addBreakpoint(address);
    this.#leaveBkpt();
    const reason = this.#processor.runner.run(this.cycles + cycles);
    for (const address of added) this.removeBreakpoint(address);
    return reason;
  }

  /** Going on from a BKPT that stopped the run means: after it. */
  #leaveBkpt(): void {
    if (this.#stoodOnBkpt === this.pc) this.pc = this.pc + 2;
    this.#stoodOnBkpt = -1;
  }

  /** From a callback: ends the run after the current instruction. */
  stop(): void {
    this.#processor.runner.requestStop({ kind: "stopped" });
  }

  /** Called before every instruction, with the cycle it starts at; translation is off while anybody traces. Returns the end. */
  trace(tracer: Tracer): () => void {
    this.#tracers.add(tracer);
    this.#installTracers();
    return () => {
      this.#tracers.delete(tracer);
      this.#installTracers();
    };
  }

  #installTracers(): void {
    const tracers = [...this.#tracers];
    const all: Tracer = (op, cycles) => {
      for (const tracer of tracers) tracer(op, cycles);
    };
    this.#processor.trace(tracers.length > 1 ? all : tracers[0]);
  }

  addBreakpoint(address: number): void {
    this.#breakpoints.add((address & ~1) >>> 0);
    this.#processor.code.drop();
  }

  removeBreakpoint(address: number): void {
    this.#breakpoints.delete((address & ~1) >>> 0);
    this.#processor.code.drop();
  }

  /** Stops the run after an access; returns the function that removes it. */
  addWatchpoint(watchpoint: Watchpoint): () => void {
    return this.#watches.addPoint(watchpoint);
  }

  /** Calls back for every store into a range; returns the function that ends it. */
  onWrite(address: number, bytes: number, listener: WriteListener): () => void {
    return this.#watches.addListener(address, bytes, listener);
  }

  /** Bytes arrive at a UART (default: the console). */
  send(bytes: Uint8Array, uart = this.board.console?.uart ?? ""): void {
    const device = this.#uarts.get(uart);
    if (!device) throw simError("no-uart", { name: uart, known: [...this.#uarts.keys()] });
    for (const byte of bytes) device.receive(byte);
  }

  // ---- what the parts below ask for

  #uart({ name, model, base, irq, transmitIrq }: Uart, exceptions: Exceptions): Range {
    const device = makeUart(model, {
      onByte: (byte) => this.onUart(name, byte),
      irq: (high) => exceptions.setLine(irq, high),
      transmitIrq: (high) => transmitIrq !== undefined && exceptions.setLine(transmitIrq, high),
      readMemory: (address, bytes) => this.peek(address, bytes),
      writeMemory: (address, bytes) => this.poke(address, bytes),
    });
    this.#uarts.set(name, device);
    return { base, bytes: device.bytes, writable: true, device };
  }

  #noteFault(fault: Fault, pc: number, taken: number | "lockup"): void {
    const { bus, code, system } = this.#processor;
    const source = { cpu: this.cpu, bus, code, image: this.#image, status: system };
    this.faults.push(reportFault(source, fault, pc, taken));
    if (this.faults.length > 16) this.faults.shift();
  }

  #bkpt(immediate: number): void {
    const { runner, port } = this.#processor;
    if (immediate !== 0xab) {
      this.#stoodOnBkpt = runner.currentAddress;
      throw new StopHere({ kind: "bkpt", address: runner.currentAddress, immediate });
    }
    const { exit } = semihost({
      cpu: this.cpu,
      readMemory: (address, bytes) => this.peek(address, bytes),
      writeWord: (address, value) => port.store(address, value, 4, true),
      onOutput: (bytes) => this.onSemihosting(bytes),
      clockHz: this.board.clockHz,
    });
    if (exit !== undefined) runner.requestStop({ kind: "exit", status: exit });
  }
}
