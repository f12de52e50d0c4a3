// DMA of the STM32L4 (RM0432 11.6): ISR 0, IFCR 4; channel c (from 1) at 8 + 0x14 (c − 1): CCR, CNDTR, CPAR, CMAR. Four flags a channel: 0 GIF,
// 1 TCIF, 2 HTIF, 3 TEIF; clearing GIF clears all.
//
//   CCR  0 EN  1 TCIE  2 HTIE  3 TEIE  4 DIR  5 CIRC  6 PINC  7 MINC  9:8 PSIZE  11:10 MSIZE  13:12 PL  14 MEM2MEM
//
// A channel moves one item for each that its request offers; which that is, DMAMUX says (signal `dmamux1.x`). A wider peripheral's upper bits are dropped
// (11.4.7). Memory to memory is not modelled. Option: first, the multiplexer's channel of channel 1. Fault: inject(name), nothing moves.

import type { Width } from "../../bus.ts";
import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const channels = [0, 1, 2, 3, 4, 5, 6];
const bit = {
  enable: 1,
  toPeripheral: 16,
  circular: 32,
  peripheralSteps: 64,
  memorySteps: 128,
  toMemory: 1 << 14,
} as const;
const flag = { any: 1, complete: 2, half: 4 } as const;
const enables = 0xe;
/** DMAREQ_ID (12.3.2, STM32L4Rxxx), as far as a model offers requests. */
const requests: Readonly<Record<number, string>> = { 36: "dreq.sai1.a" };

interface Channel {
  flags: number;
  /** CNDTR when it was switched on. */
  reload: number;
  done: number;
}

export class DmaL4 extends Stm32Peripheral {
  readonly #channels: Channel[] = channels.map(() => ({ flags: 0, reload: 0, done: 0 }));
  #serving = false;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    const { world } = ports;
    bank.add(0, { read: () => this.#status(), quiet: true });
    bank.add(4, { read: () => 0, write: (value) => this.#clearFlags(value) });
    for (const index of channels) {
      const base = 8 + 0x14 * index;
      bank.add(base, { write: (value, old) => this.#control(index, value, old) });
      for (const [offset, mask] of [[4, 0xffff] as const, [8, -1] as const, [12, -1] as const])
        bank.add(base + offset, {
          ...(offset === 4 ? { read: () => this.#left(index), quiet: true } : {}),
          // read-only while the channel is on (11.6.4 to 11.6.6)
          write: (value, old) => bank.set(base + offset, this.#enabled(index) ? old : value & mask),
        });
      world.onSignal(`dmamux1.${this.option("first", 0) + index}`, () => this.#serve());
    }
    for (const signal of Object.values(requests)) world.onSignal(signal, (level) => level > 0 && this.#serve());
    world.onSignal(`fault.${ports.name}`, () => this.#serve());
  }

  protected override clear(): void {
    super.clear();
    for (const [index, channel] of this.#channels.entries()) {
      Object.assign(channel, { flags: 0, reload: 0, done: 0 });
      this.#update(index);
    }
  }

  #at(index: number, register: number): number {
    return this.bank.get(8 + 0x14 * index + register);
  }

  #enabled(index: number): boolean {
    return (this.#at(index, 0) & bit.enable) !== 0;
  }

  #left(index: number): number {
    const { reload, done } = this.#channels[index]!;
    return this.#enabled(index) || done > 0 ? reload - done : this.#at(index, 4);
  }

  #status(): number {
    return this.#channels.reduce((all, { flags }, i) => all | ((flags && flags | flag.any) << (4 * i)), 0) >>> 0;
  }

  #clearFlags(value: number): void {
    for (const [index, channel] of this.#channels.entries()) {
      const named = (value >>> (4 * index)) & 15;
      channel.flags &= named & flag.any ? 0 : ~named;
      this.#update(index);
    }
  }

  #control(index: number, value: number, old: number): void {
    const channel = this.#channels[index]!;
    const [was, is] = [(old & bit.enable) !== 0, (value & bit.enable) !== 0];
    // while it is on, only interrupts and EN may change (11.6.3)
    const kept = was && is ? (old & ~enables) | (value & enables) : value & 0x7fff;
    this.bank.set(8 + 0x14 * index, kept);
    if (is && !was) {
      if (value & bit.toMemory) this.ports.note(`${this.ports.name}: memory to memory is not modelled`);
      channel.reload = this.#at(index, 4);
      channel.done = 0;
      this.#serve();
    }
    this.#update(index);
  }

  #update(index: number): void {
    this.ports.irq(index, (this.#at(index, 0) & this.#channels[index]!.flags & enables) !== 0);
  }

  /** A move may raise or lower requests: it looks again until nothing moves. */
  #serve(): void {
    if (this.#serving || this.ports.world.signal(`fault.${this.ports.name}`)) return;
    this.#serving = true;
    try {
      while (channels.some((index) => this.#move(index)));
    } finally {
      this.#serving = false;
    }
  }

  #move(index: number): boolean {
    const { world } = this.ports;
    const control = this.#at(index, 0);
    const channel = this.#channels[index]!;
    const signal = requests[world.signal(`dmamux1.${this.option("first", 0) + index}`)];
    const waits = control & bit.enable && channel.done < channel.reload;
    if (!waits || !signal || world.signal(signal) <= 0) return false;
    this.#item(index, control);
    channel.done++;
    if (channel.done === channel.reload >> 1) channel.flags |= flag.half;
    if (channel.done === channel.reload) {
      channel.flags |= flag.complete;
      if (control & bit.circular) channel.done = 0;
    }
    this.#update(index);
    return true;
  }

  #item(index: number, control: number): void {
    const sizes: readonly Width[] = [1, 2, 4, 4];
    const [peripheralSize, memorySize] = [sizes[(control >> 8) & 3]!, sizes[(control >> 10) & 3]!];
    const { done } = this.#channels[index]!;
    const peripheral = this.#at(index, 8) + (control & bit.peripheralSteps ? done * peripheralSize : 0);
    const memory = this.#at(index, 12) + (control & bit.memorySteps ? done * memorySize : 0);
    const { readBus, writeBus } = this.ports;
    if (control & bit.toPeripheral) writeBus(peripheral, readBus(memory, memorySize), peripheralSize);
    else writeBus(memory, readBus(peripheral, peripheralSize), memorySize);
  }
}
