// The core's data port: loads and stores of instructions. A word in main RAM or flash takes the fast path; everything else
// (devices, unaligned, other memories, MPU on, somebody watching) the slow one, which checks in the architecture's order:
// alignment, system region and privilege, MPU, bus. Unaligned accesses are split into bytes, as the bus sees them.

import type { Bus, Range, Width } from "./bus.ts";
import type { Cpu } from "./cpu.ts";
import { Fault } from "./faults.ts";
import type { Mpu } from "./mpu.ts";

export interface Window {
  readonly base: number;
  readonly bytes: number;
  readonly words: Int32Array;
  readonly halves: Uint16Array;
  readonly bytesView: Uint8Array;
}

export interface Watcher {
  onRead?(address: number, width: Width, value: number): void;
  onWrite?(address: number, width: Width, value: number): void;
}

export interface PortOptions {
  readonly cpu: Cpu;
  readonly bus: Bus;
  readonly mpu: Mpu;
  readonly ram: Range;
  readonly flash: Range;
  readonly unalignedFaults: boolean;
  /** Cycles of an access that is split in two (pipeline.unaligned). */
  readonly unalignedCycles: number;
  /** Wait states of a data read from memory that has them; undefined: none. */
  readonly readWaits?: (address: number) => number;
  /** Called after a store into memory that may hold decoded code; true if it hit some. */
  readonly onCodeWrite: (address: number, width: number) => boolean;
}

export class Port {
  readonly #cpu: Cpu;
  readonly #bus: Bus;
  readonly #mpu: Mpu;
  readonly #options: PortOptions;
  /** Fast windows; their `bytes` are 0 while the slow path must see every access. */
  readonly #ram: Window;
  readonly #flash: Window;
  #ramBytes = 0;
  #flashBytes = 0;
  /** One mark for each halfword of RAM that was decoded; undefined while no code ran there. */
  codeMarks: Uint8Array | undefined;
  watcher: Watcher | undefined;
  trapUnaligned = false;

  constructor(options: PortOptions) {
    this.#options = options;
    this.#cpu = options.cpu;
    this.#bus = options.bus;
    this.#mpu = options.mpu;
    this.#ram = windowOf(options.ram);
    this.#flash = windowOf(options.flash);
    this.refresh();
  }

  /** The slow path must be taken always: translated code must not run. */
  get guarded(): boolean {
    return this.#mpu.enabled || this.watcher !== undefined;
  }

  /** Call when the MPU, the watcher or the timing changes. */
  refresh(): void {
    this.#ramBytes = this.guarded ? 0 : this.#ram.bytes;
    this.#flashBytes = this.guarded || this.#options.readWaits ? 0 : this.#flash.bytes;
  }

  get windows(): { readonly ram: Window; readonly flash: Window } {
    return { ram: this.#ram, flash: this.#flash };
  }

  load4(address: number): number {
    const ram = (address - this.#ram.base) >>> 0;
    if (ram < this.#ramBytes && (ram & 3) === 0) return this.#ram.words[ram >>> 2]!;
    const flash = (address - this.#flash.base) >>> 0;
    if (flash < this.#flashBytes && (flash & 3) === 0) return this.#flash.words[flash >>> 2]!;
    return this.load(address, 4, this.#cpu.privileged);
  }

  load2(address: number): number {
    const ram = (address - this.#ram.base) >>> 0;
    if (ram < this.#ramBytes && (ram & 1) === 0) return this.#ram.halves[ram >>> 1]!;
    const flash = (address - this.#flash.base) >>> 0;
    if (flash < this.#flashBytes && (flash & 1) === 0) return this.#flash.halves[flash >>> 1]!;
    return this.load(address, 2, this.#cpu.privileged);
  }

  load1(address: number): number {
    const ram = (address - this.#ram.base) >>> 0;
    if (ram < this.#ramBytes) return this.#ram.bytesView[ram]!;
    const flash = (address - this.#flash.base) >>> 0;
    if (flash < this.#flashBytes) return this.#flash.bytesView[flash]!;
    return this.load(address, 1, this.#cpu.privileged);
  }

  store4(address: number, value: number): void {
    const ram = (address - this.#ram.base) >>> 0;
    if (ram < this.#ramBytes && (ram & 3) === 0) {
      this.#ram.words[ram >>> 2] = value;
      const marks = this.codeMarks;
      if (marks && (marks[ram >>> 1]! | marks[(ram >>> 1) + 1]!) !== 0) this.#options.onCodeWrite(address, 4);
    } else this.store(address, value, 4, this.#cpu.privileged);
  }

  store2(address: number, value: number): void {
    const ram = (address - this.#ram.base) >>> 0;
    if (ram < this.#ramBytes && (ram & 1) === 0) {
      this.#ram.halves[ram >>> 1] = value;
      if (this.codeMarks && this.codeMarks[ram >>> 1] !== 0) this.#options.onCodeWrite(address, 2);
    } else this.store(address, value, 2, this.#cpu.privileged);
  }

  store1(address: number, value: number): void {
    const ram = (address - this.#ram.base) >>> 0;
    if (ram < this.#ramBytes) {
      this.#ram.bytesView[ram] = value;
      if (this.codeMarks && this.codeMarks[ram >>> 1] !== 0) this.#options.onCodeWrite(address, 1);
    } else this.store(address, value, 1, this.#cpu.privileged);
  }

  /** LDM, LDRD, VLDR, exclusive and ordered accesses: never unaligned, on any core. */
  loadAligned(address: number, width: Width): number {
    if ((address & (width - 1)) !== 0) throw new Fault("unaligned", address);
    return width === 4 ? this.load4(address) : width === 2 ? this.load2(address) : this.load1(address);
  }

  storeAligned(address: number, value: number, width: Width): void {
    if ((address & (width - 1)) !== 0) throw new Fault("unaligned", address);
    if (width === 4) this.store4(address, value);
    else if (width === 2) this.store2(address, value);
    else this.store1(address, value);
  }

  load(address: number, width: Width, privileged: boolean): number {
    if ((address & (width - 1)) !== 0) return this.#loadSplit(address, width, privileged);
    this.#check(address, privileged, false);
    return this.#read(address, width);
  }

  /** Vectors are read by the default map, past the MPU (DDI 0403E B3.5.1, DDI 0419E B3.5.1). */
  loadVector(address: number): number {
    return this.#read(address, 4);
  }

  #read(address: number, width: Width): number {
    const value = this.#bus.read(address, width);
    const waits = this.#options.readWaits?.(address >>> 0) ?? 0;
    if (waits !== 0) this.#cpu.clock[0]! += waits;
    this.watcher?.onRead?.(address >>> 0, width, value);
    return value;
  }

  store(address: number, value: number, width: Width, privileged: boolean): void {
    if ((address & (width - 1)) !== 0) return this.#storeSplit(address, value, width, privileged);
    this.#check(address, privileged, true);
    this.#bus.write(address, value, width);
    this.#afterStore(address >>> 0, value, width);
  }

  /** For translated code: [0] is 1 when the access is the interpreter's business (and nothing was done), [1] extra cycles. */
  readonly outcome = new Int32Array(4);

  /** `now`: the cycle of the access; the clock itself stands at the beginning of the region. */
  tryLoad(address: number, width: Width, now: number): number {
    const range = this.#plainRange(address, width);
    if (!range) return this.#tryDevice(address, width, now);
    if ((address & (width - 1)) === 0) this.outcome[1] = this.#options.readWaits?.(address >>> 0) ?? 0;
    return this.#bus.readPlain(range, address >>> 0, width);
  }

  tryStore(address: number, value: number, width: Width): void {
    const range = this.#plainRange(address, width);
    if (!range) return;
    if (!range.writable) {
      this.outcome[0] = 1;
      return;
    }
    this.#bus.writePlain(range, address >>> 0, value, width);
    // The store may have hit the very code that runs: the interpreter repeats it and goes on from there.
    if (this.#options.onCodeWrite(address >>> 0, width)) this.outcome[0] = 1;
  }

  #tryDevice(address: number, width: Width, now: number): number {
    const range = this.#bus.find(address >>> 0);
    const offset = (address >>> 0) - (range?.base ?? 0);
    if ((address & (width - 1)) !== 0 || !range?.device?.quiet?.(offset)) return 0;
    const { clock } = this.#cpu;
    const start = clock[0]!;
    clock[0] = now;
    const value = range.device.read(offset, width);
    clock[0] = start;
    this.outcome[0] = 0;
    return value | 0;
  }

  tryLoadAligned(address: number, width: Width, now: number): number {
    if ((address & (width - 1)) === 0) return this.tryLoad(address, width, now);
    this.outcome[0] = 1;
    return 0;
  }

  tryStoreAligned(address: number, value: number, width: Width): void {
    if ((address & (width - 1)) === 0) this.tryStore(address, value, width);
    else this.outcome[0] = 1;
  }

  #plainRange(address: number, width: Width): Range | undefined {
    const { outcome } = this;
    outcome[0] = outcome[1] = 0;
    const range = this.#bus.find(address >>> 0);
    const split = (address & (width - 1)) !== 0;
    const faults = split && (this.#options.unalignedFaults || this.trapUnaligned);
    if (!range?.view || (address >>> 0) + width > range.base + range.bytes || faults) {
      outcome[0] = 1;
      return undefined;
    }
    if (split) outcome[1] = this.#options.unalignedCycles * (width === 4 && (address & 1) !== 0 ? 2 : 1);
    return range;
  }

  #afterStore(address: number, value: number, width: Width): void {
    this.#options.onCodeWrite(address, width);
    this.watcher?.onWrite?.(address, width, value & (width === 4 ? -1 : width === 2 ? 0xffff : 0xff));
  }

  #splitCost(address: number, width: Width): void {
    if (this.#options.unalignedFaults || this.trapUnaligned) throw new Fault("unaligned", address);
    // DDI 0403E A3.2.1: unaligned accesses to Device or Strongly-ordered memory (the system region too) fault.
    if (address >>> 29 === 7) throw new Fault("unaligned", address);
    this.#cpu.clock[0]! += this.#options.unalignedCycles * (width === 4 && (address & 1) !== 0 ? 2 : 1);
  }

  #loadSplit(address: number, width: Width, privileged: boolean): number {
    this.#splitCost(address, width);
    let value = 0;
    for (let i = 0; i < width; i++) {
      this.#check(address + i, privileged, false);
      value |= this.#bus.read(address + i, 1) << (8 * i);
    }
    this.watcher?.onRead?.(address >>> 0, width, value);
    return value;
  }

  #storeSplit(address: number, value: number, width: Width, privileged: boolean): void {
    this.#splitCost(address, width);
    for (let i = 0; i < width; i++) this.#check(address + i, privileged, true);
    for (let i = 0; i < width; i++) this.#bus.write(address + i, (value >>> (8 * i)) & 0xff, 1);
    this.#afterStore(address >>> 0, value, width);
  }

  #check(address: number, privileged: boolean, write: boolean): void {
    // The private peripheral bus is for privileged code only (DDI 0403E B3.1.1).
    if (!privileged && address >>> 20 === 0xe00) throw new Fault("data-bus", address >>> 0);
    if (this.#mpu.enabled && !this.#mpu.allows(address >>> 0, privileged, write ? "write" : "read"))
      throw new Fault("data-violation", address >>> 0);
  }
}

function windowOf(range: Range): Window {
  const data = range.data!;
  return {
    base: range.base,
    bytes: range.bytes,
    words: new Int32Array(data.buffer),
    halves: new Uint16Array(data.buffer),
    bytesView: data,
  };
}
