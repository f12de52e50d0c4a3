// A Machine is a board that runs: core, memories, peripherals, one image. In: a Board, an Image; out: bytes on UARTs, cycles, and
// the reason it stopped. Everything is deterministic: the same image and inputs give the same cycles, whatever engine runs it.

import type { Board } from "../board/board.ts";
import type { Image } from "../image/image.ts";
import type { Core } from "../isa/isa.ts";
import type { Width } from "./bus.ts";
import { ChipDevices } from "./chip-devices.ts";
import { type Cpu, clockSlot, slot } from "./cpu.ts";
import { simError } from "./errors.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Exceptions } from "./exceptions.ts";
import { type FaultReport, reportFault } from "./fault-report.ts";
import type { Fault } from "./faults.ts";
import type { FlashOperation } from "./flash-array.ts";
import { loadImage, startOf } from "./load.ts";
import type { MachineNote, MachineOptions, RunOptions } from "./machine-options.ts";
import type { ResetCause } from "./peripherals/peripheral.ts";
import { Processor } from "./processor.ts";
import type { Tracer } from "./runner-ports.ts";
import { semihost } from "./semihosting.ts";
import { StopHere, type StopReason } from "./stop-reason.ts";
import type { UsbConsole } from "./usb/usb-console.ts";
import { Watches, type Watchpoint, type WriteListener } from "./watch.ts";
import type { Feed, I2cTarget, World } from "./world.ts";

export class Machine {
  readonly core: Core;
  readonly cpu: Cpu;
  readonly exceptions: Exceptions;
  /** Host code may schedule what happens at a cycle. */
  readonly events: EventQueue;
  /** The host at the other end of a USB console; undefined: the console is a UART. */
  readonly usbConsole: UsbConsole | undefined;
  /** The last faults, newest last. */
  readonly faults: FaultReport[] = [];
  /** The last 100 broken rules of the hardware: flash written twice, a console at the wrong speed. */
  readonly notes: MachineNote[] = [];
  onUart: (uart: string, byte: number) => void = () => {};
  onSemihosting: (bytes: Uint8Array) => void = () => {};
  onException: (number: number, entered: boolean) => void = () => {};
  /** The chip was reset, by whom; the program starts again. */
  onReset: (cause: ResetCause) => void = () => {};
  /** Sees flash operations before they happen; fewer bytes than asked for: the power is cut in the middle, and the run ends. */
  flashGuard: (operation: FlashOperation) => number | undefined = () => undefined;

  readonly #processor: Processor;
  readonly #chip: ChipDevices;
  #resetCause: ResetCause = "software";
  readonly #breakpoints = new Set<number>();
  readonly #tracers = new Set<Tracer>();
  readonly #watches: Watches;
  #image: Image | undefined;
  #stoodOnBkpt = -1;

  constructor(
    readonly board: Board,
    { memoryTiming = true, translate = true, wiring = "ignored", usbHost = true }: MachineOptions = {},
  ) {
    if (board.flashOnly) throw simError("flash-only", { board: board.name });
    let chip: ChipDevices | undefined;
    const processor = new Processor({
      ...{ board, memoryTiming, translate },
      chip: (made) => (chip = this.#makeChip(made, wiring === "checked", usbHost)),
      onException: (number, entered) => this.onException(number, entered),
      onFault: (fault, pc, taken) => this.#noteFault(fault, pc, taken),
      onReset: () => this.reset(this.#resetCause),
      bkpt: (immediate) => this.#bkpt(immediate),
      isBreakpoint: (address) => this.#breakpoints.has(address),
    });
    this.#processor = processor;
    this.#chip = chip!;
    ({ core: this.core, cpu: this.cpu, exceptions: this.exceptions, events: this.events } = processor);
    this.usbConsole = chip!.usbConsole;
    this.#watches = new Watches(
      (watcher) => processor.watch(watcher),
      (reason) => processor.runner.requestStop(reason),
    );
  }

  #makeChip(processor: Processor, checkedLines: boolean, usbHost: boolean): ChipDevices {
    return new ChipDevices({
      ...{ board: this.board, processor, checkedLines, usbHost },
      onByte: (uart, byte) => this.onUart(uart, byte),
      onReset: (cause) => this.requestReset(cause),
      note: (text) => {
        this.notes.push({ seconds: this.#chip.world.seconds(), text });
        if (this.notes.length > 100) this.notes.shift();
      },
      flashGuard: (operation) => this.flashGuard(operation),
      onPowerCut: () => processor.runner.requestStop({ kind: "power-cut" }),
      onBootLoader: () => processor.runner.requestStop({ kind: "boot-loader" }),
    });
  }

  // ---- program and state

  /** Puts the image into memory and switches on. */
  load(image: Image): void {
    loadImage(this.#processor.bus, image, this.board.name);
    this.#image = image;
    this.#processor.code.drop();
    this.reset("power-on");
  }

  /** Memories keep their contents; after "power-on" only flash is to be relied on (powerCycle scrambles RAM). */
  reset(cause: ResetCause = "pin"): void {
    this.#resetCause = "software"; // AIRCR.SYSRESETREQ, unless a device says otherwise
    this.#stoodOnBkpt = -1;
    this.#processor.reset(startOf(this.#processor.bus, this.board, this.#image));
    this.#chip.reset(cause);
    this.onReset(cause);
  }

  /** From a callback or a device. */
  requestReset(cause: ResetCause): void {
    this.#resetCause = cause;
    this.#processor.runner.resetRequested = true;
    this.#processor.runner.attend();
  }

  /** Power off and on: flash stays, RAM does not. */
  powerCycle(): void {
    this.#chip.scrambleMemory();
    this.#processor.code.drop();
    this.reset("power-on");
  }

  // ---- the world around the board

  get world(): World {
    return this.#chip.world;
  }

  /** Puts a target on an I2C bus; returns the function that unplugs it. */
  plug(bus: string, target: I2cTarget): () => void {
    return this.world.i2c(bus).attach(target);
  }

  /** What a sensor's input sees; undefined: nothing is connected. */
  feed(input: string, feed: Feed | undefined): void {
    this.#chip.world.setFeed(input, feed);
  }

  /** A defect of a device, as its model names them (`xosc`: never starts; `dma`: stalls …); level 0 mends it. */
  inject(fault: string, level = 1): void {
    this.world.setSignal(`fault.${fault}`, level);
  }

  get image(): Image | undefined {
    return this.#image;
  }

  get cycles(): number {
    return this.cpu.clock[clockSlot.cycles]!;
  }

  get sleptCycles(): number {
    return this.#processor.runner.sleptCycles;
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
    return this.#chip.readMemory(address, bytes);
  }

  /** Writes memory as a debugger does: flash too. */
  poke(address: number, bytes: Uint8Array): void {
    this.#chip.writeMemory(address, bytes);
  }

  /** Reads memory or a device's register, with the device's side effects. */
  busRead(address: number, width: Width): number {
    return this.#processor.port.load(address, width, true) >>> 0;
  }

  busWrite(address: number, value: number, width: Width): void {
    this.#processor.port.store(address, value, width, true);
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
    this.#chip.send(bytes, uart);
  }

  #noteFault(fault: Fault, pc: number, taken: number | "lockup"): void {
    const { bus, code, system } = this.#processor;
    const source = { cpu: this.cpu, bus, code, image: this.#image, status: system };
    this.faults.push(reportFault(source, fault, pc, taken));
    if (this.faults.length > 16) this.faults.shift();
  }

  #bkpt(immediate: number): void {
    const { runner, port } = this.#processor;
    if (this.#chip.callRom(runner.currentAddress >>> 0)) return;
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
