// The System Control Space at 0xE000E000 as a table of word registers (DDI 0403E B3.2; v6-M: DDI 0419E B3.2): fault status, vector
// table, priorities, NVIC banks, CPACR and lazy stacking; SysTick, MPU and DWT are files of their own and hang in the same table.
// Sub-word accesses are word accesses with a byte mask, so that write-one-to-clear bits outside it stay.

import type { Width } from "./bus.ts";
import type { CoreTraits } from "./core-traits.ts";
import type { Cpu } from "./cpu.ts";
import type { Cycles } from "./cycle-counter.ts";
import { type Exceptions, exception } from "./exceptions.ts";
import { Fault, type FaultKind } from "./faults.ts";
import { FloatControl } from "./float-control.ts";
import type { Mpu } from "./mpu.ts";
import { nvicRegisters } from "./nvic-registers.ts";
import type { SysTick } from "./sys-tick.ts";
import { handlerControl, interruptState, priorityRegister } from "./system-handlers.ts";

export interface SystemRegister {
  read(): number;
  /** `value` has the written bytes, `mask` says which. */
  write?(value: number, mask: number): void;
}

export interface SystemPorts {
  readonly cpu: Cpu;
  readonly traits: CoreTraits;
  readonly exceptions: Exceptions;
  readonly mpu: Mpu;
  readonly sysTick: SysTick | undefined;
  readonly cycles: Cycles;
  readonly vectorTableAtReset: number;
  readonly onReset: () => void;
  /** CPACR, CONTROL or lazy state changed: floating-point instructions must look again. */
  readonly onFloatChange: () => void;
  readonly onTrapChange: (trapUnaligned: boolean) => void;
}

const sub = (number: number) => ({ shift: 8 * (number % 4), offset: 0xd18 + (number & ~3) - 4 });

export class SystemControl {
  readonly #p: SystemPorts;
  readonly #registers = new Map<number, SystemRegister>();
  vectorTable: number;
  #systemControl = 0;
  #configuration = 0;
  cfsr = 0;
  hfsr = 0;
  #faultAddress = { memory: 0, bus: 0 };
  readonly float: FloatControl;
  #lazyFaultPending: FaultKind | undefined;
  /** WFE's event register. */
  event = false;
  #exclusive = false;

  constructor(ports: SystemPorts) {
    this.#p = ports;
    this.float = new FloatControl(ports.traits, ports.onFloatChange);
    this.vectorTable = ports.vectorTableAtReset;
    this.#addRegisters();
    for (const [offset, register] of nvicRegisters(ports.exceptions, ports.traits))
      this.#registers.set(offset, register);
    this.reset();
  }

  reset(): void {
    const { traits, vectorTableAtReset } = this.#p;
    this.vectorTable = vectorTableAtReset;
    this.#systemControl = this.cfsr = this.hfsr = 0;
    this.#configuration = traits.version === 6 ? 0x208 : traits.version === 8 ? 0x201 : 0x200;
    this.float.reset();
    this.#faultAddress = { memory: 0, bus: 0 };
    this.event = this.#exclusive = false;
    this.#lazyFaultPending = undefined;
    this.#p.onTrapChange(false);
    this.#p.onFloatChange();
  }

  get alignsStack(): boolean {
    return (this.#configuration & 0x200) !== 0;
  }

  get nonBaseThread(): boolean {
    return this.#p.traits.version !== 6 && (this.#configuration & 1) !== 0;
  }

  get trapsDivideByZero(): boolean {
    return (this.#configuration & 16) !== 0;
  }

  get sleepOnExit(): boolean {
    return (this.#systemControl & 2) !== 0;
  }

  get sevOnPend(): boolean {
    return (this.#systemControl & 16) !== 0;
  }

  // ---- exclusive monitor: one core, so "did nothing come between" is all it must know

  setMonitor(): void {
    this.#exclusive = true;
  }

  takeMonitor(): boolean {
    const was = this.#exclusive;
    this.#exclusive = false;
    return was;
  }

  clearMonitor(): void {
    this.#exclusive = false;
  }

  afterReturn(_toThread: boolean): void {
    this.#exclusive = false;
    this.event = true; // B1.5.18: an exception return sets the event register
    this.#p.onFloatChange();
  }

  // ---- faults

  /** A fault while stacking is noted and its exception pends; the entry goes on (B1.5.14). */
  noteStackingFault(kind: FaultKind): void {
    const fault = new Fault(kind);
    this.cfsr |= fault.status;
    const { exceptions } = this.#p;
    exceptions.setPending(exceptions.isEnabled(fault.exception) ? fault.exception : exception.hardFault, true);
    this.#lazyFaultPending = kind;
  }

  get lastStackingFault(): FaultKind | undefined {
    return this.#lazyFaultPending;
  }

  recordFault(fault: Fault): void {
    if (this.#p.traits.version === 6) return;
    this.cfsr |= fault.status;
    if (fault.address !== undefined && fault.exception === 4) this.#faultAddress.memory = fault.address;
    if (fault.address !== undefined && fault.exception === 5) this.#faultAddress.bus = fault.address;
    if (fault.kind === "vector-fetch") this.hfsr |= 2;
  }

  recordEscalation(): void {
    if (this.#p.traits.version !== 6) this.hfsr |= 1 << 30;
  }

  // ---- access from the bus

  read(offset: number, width: Width): number {
    const word = this.#registers.get(offset & ~3)?.read() ?? 0;
    const shifted = word >>> (8 * (offset & 3));
    return width === 4 ? word : shifted & (width === 2 ? 0xffff : 0xff);
  }

  write(offset: number, value: number, width: Width): void {
    const shift = 8 * (offset & 3);
    const mask = width === 4 ? -1 : (width === 2 ? 0xffff : 0xff) << shift;
    this.#registers.get(offset & ~3)?.write?.((value << shift) & mask, mask);
  }

  #addRegisters(): void {
    const { traits, mpu, sysTick, cycles, exceptions } = this.#p;
    const add = (offset: number, register: SystemRegister) => this.#registers.set(offset, register);
    const merged = (get: () => number, set: (value: number) => void, writable = -1): SystemRegister => ({
      read: get,
      write: (value, mask) => set((get() & ~(mask & writable)) | (value & writable)),
    });
    if (sysTick)
      for (let i = 0; i < 16; i += 4)
        add(0x010 + i, { read: () => sysTick.read(i), write: (value) => sysTick.write(i, value) });
    add(0xd00, { read: () => traits.cpuid });
    add(0xd04, interruptState(this.#p));
    const vtorMask = traits.vtorMask;
    if (vtorMask)
      add(
        0xd08,
        merged(
          () => this.vectorTable,
          (value) => (this.vectorTable = (value & vtorMask) >>> 0),
        ),
      );
    add(0xd0c, { read: () => 0xfa050000 | (exceptions.priorityGroup << 8), write: (value) => this.#writeAirCr(value) });
    add(
      0xd10,
      merged(
        () => this.#systemControl,
        (value) => (this.#systemControl = value),
        0x16,
      ),
    );
    add(0xd14, this.#configurationRegister());
    for (const number of [4, 8, 12]) add(sub(number).offset, priorityRegister(this.#p, number));
    add(0xd24, handlerControl(this.#p));
    if (traits.version !== 6) this.#addFaultRegisters(add);
    for (const [offset, register] of this.float.registers()) add(offset, register);
    for (let i = 0; i < 0x40; i += 4)
      add(0xd90 + i, { read: () => mpu.read(i), write: (value) => mpu.write(i, value >>> 0) });
    add(0xdf0, { read: () => 0 });
    add(
      0xdfc,
      merged(
        () => cycles.demcr,
        (value) => (cycles.demcr = value),
      ),
    );
    if (traits.version !== 6)
      add(0xf00, { read: () => 0, write: (value) => exceptions.setPending(16 + (value & 0x1ff), true) });
  }

  #configurationRegister(): SystemRegister {
    const { traits, onTrapChange } = this.#p;
    const writable = traits.version === 6 ? 0 : traits.version === 8 ? 0x51a : 0x31b;
    return {
      read: () => this.#configuration,
      write: (value, mask) => {
        this.#configuration = (this.#configuration & ~(mask & writable)) | (value & writable);
        onTrapChange((this.#configuration & 8) !== 0);
      },
    };
  }

  #addFaultRegisters(add: (offset: number, register: SystemRegister) => void): void {
    add(0xd28, { read: () => this.cfsr, write: (value) => (this.cfsr &= ~value) });
    add(0xd2c, { read: () => this.hfsr, write: (value) => (this.hfsr &= ~value) });
    add(0xd34, { read: () => this.#faultAddress.memory, write: (value) => (this.#faultAddress.memory = value) });
    add(0xd38, { read: () => this.#faultAddress.bus, write: (value) => (this.#faultAddress.bus = value) });
  }

  #writeAirCr(value: number): void {
    if (value >>> 16 !== 0x05fa) return;
    if (this.#p.traits.version !== 6) this.#p.exceptions.priorityGroup = (value >>> 8) & 7;
    if (value & 4) this.#p.onReset();
  }
}
