// DMA of the STM32F4 (RM0390 9.5): LISR 0, HISR 4, LIFCR 8, HIFCR 0xC; stream s at 0x10 + 0x18 s: CR, NDTR, PAR, M0AR, M1AR, FCR. Flags of a stream at
// bits 0, 6, 16, 22 of its register: 3 TEIF, 4 HTIF, 5 TCIF.
//
//   CR  0 EN  2 TEIE  3 HTIE  4 TCIE  7:6 DIR  8 CIRC  9 PINC  10 MINC  12:11 PSIZE  14:13 MSIZE  18 DBM  19 CT  27:25 CHSEL
//
// A stream moves one item for each that its request offers (`dreq.adc1`). With DBM it goes from one block to the other (CT), for ever. From peripheral
// to memory and back, without FIFO and bursts; memory to memory is not modelled. Fault: inject(name), nothing moves.

import type { Width } from "../../bus.ts";
import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const streams = [0, 1, 2, 3, 4, 5, 6, 7];
const bit = { enable: 1, circular: 1 << 8, fromMemory: 1 << 6, double: 1 << 18, second: 1 << 19 } as const;
const flag = { half: 16, complete: 32 } as const;
const flagShifts = [0, 6, 16, 22];
const settable = 0x0feffffe;
/** Tables 28 and 29 (9.3.3), as far as a model offers requests: stream and channel → signal. */
const requests: Readonly<Record<string, string>> = {
  "dma1 3 0": "dreq.spi2",
  "dma2 0 0": "dreq.adc1",
  "dma2 4 0": "dreq.adc1",
};

interface Stream {
  flags: number;
  /** NDTR when it was switched on. */
  reload: number;
  done: number;
}

export class DmaF4 extends Stm32Peripheral {
  readonly #streams: Stream[] = streams.map(() => ({ flags: 0, reload: 0, done: 0 }));
  #serving = false;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    for (const half of [0, 1]) {
      bank.add(4 * half, { read: () => this.#status(half), quiet: true });
      bank.add(8 + 4 * half, { read: () => 0, write: (value) => this.#clearFlags(half, value) });
    }
    for (const stream of streams) {
      const base = 0x10 + 0x18 * stream;
      bank.add(base, { write: (value, old) => this.#control(stream, value, old) });
      bank.add(base + 4, {
        read: () => this.#left(stream),
        write: (value, old) => bank.set(base + 4, this.#enabled(stream) ? old : value & 0xffff),
        quiet: true,
      });
      bank.add(base + 0x14, { reset: 0x21 });
    }
    for (const signal of new Set(Object.values(requests)))
      ports.world.onSignal(signal, (level) => level > 0 && this.#serve());
    ports.world.onSignal(`fault.${ports.name}`, () => this.#serve());
  }

  protected override clear(): void {
    super.clear();
    for (const [index, stream] of this.#streams.entries()) {
      Object.assign(stream, { flags: 0, reload: 0, done: 0 });
      this.#update(index);
    }
  }

  #at(stream: number, register: number): number {
    return this.bank.get(0x10 + 0x18 * stream + register);
  }

  #enabled(stream: number): boolean {
    return (this.#at(stream, 0) & bit.enable) !== 0;
  }

  #left(stream: number): number {
    const { reload, done } = this.#streams[stream]!;
    return this.#enabled(stream) || done > 0 ? reload - done : this.#at(stream, 4);
  }

  #status(half: number): number {
    return flagShifts.reduce((all, shift, i) => all | (this.#streams[4 * half + i]!.flags << shift), 0) >>> 0;
  }

  #clearFlags(half: number, value: number): void {
    for (const [i, shift] of flagShifts.entries()) {
      this.#streams[4 * half + i]!.flags &= ~(value >>> shift) & 0x3d;
      this.#update(4 * half + i);
    }
  }

  #control(index: number, value: number, old: number): void {
    const base = 0x10 + 0x18 * index;
    const stream = this.#streams[index]!;
    const [was, is] = [(old & bit.enable) !== 0, (value & bit.enable) !== 0];
    // while it is on, only interrupts and EN may change
    this.bank.set(base, was && is ? (old & ~0x1e) | (value & 0x1e) : value & (settable | 1));
    if (is && !was) {
      if (stream.flags) this.ports.note(`${this.ports.name}: stream ${index} is switched on with flags standing`);
      stream.reload = this.#at(index, 4);
      stream.done = 0;
      this.#serve();
    } else if (!is && was) stream.flags |= flag.complete;
    this.#update(index);
  }

  #update(index: number): void {
    const control = this.#at(index, 0);
    const { flags } = this.#streams[index]!;
    this.ports.irq(
      index,
      ((control & 16) !== 0 && (flags & flag.complete) !== 0) || ((control & 8) !== 0 && (flags & flag.half) !== 0),
    );
  }

  /** A move may raise or lower requests: it looks again until nothing moves. */
  #serve(): void {
    if (this.#serving || this.ports.world.signal(`fault.${this.ports.name}`)) return;
    this.#serving = true;
    try {
      while (streams.some((index) => this.#move(index)));
    } finally {
      this.#serving = false;
    }
  }

  #move(index: number): boolean {
    const control = this.#at(index, 0);
    const signal = requests[`${this.ports.name} ${index} ${(control >> 25) & 7}`];
    if (!(control & bit.enable) || !signal || this.ports.world.signal(signal) <= 0) return false;
    this.#item(index, control);
    const stream = this.#streams[index]!;
    stream.done++;
    if (stream.done === stream.reload >> 1) stream.flags |= flag.half;
    if (stream.done === stream.reload) this.#complete(index);
    this.#update(index);
    return true;
  }

  #item(index: number, control: number): void {
    const sizes: readonly Width[] = [1, 2, 4, 4];
    const [peripheralSize, memorySize] = [sizes[(control >> 11) & 3]!, sizes[(control >> 13) & 3]!];
    const { done } = this.#streams[index]!;
    const block = this.#at(index, control & bit.second && control & bit.double ? 0x10 : 0x0c);
    const memory = block + (control & (1 << 10) ? done * memorySize : 0);
    const peripheral = this.#at(index, 8) + (control & (1 << 9) ? done * peripheralSize : 0);
    const { readBus, writeBus } = this.ports;
    if (control & bit.fromMemory) writeBus(peripheral, readBus(memory, memorySize), peripheralSize);
    else writeBus(memory, readBus(peripheral, peripheralSize), memorySize);
  }

  #complete(index: number): void {
    const stream = this.#streams[index]!;
    const base = 0x10 + 0x18 * index;
    const control = this.#at(index, 0);
    stream.flags |= flag.complete;
    if (control & bit.double) this.bank.set(base, control ^ bit.second);
    if (control & (bit.double | bit.circular)) stream.done = 0;
    else this.bank.set(base, control & ~bit.enable);
  }
}
