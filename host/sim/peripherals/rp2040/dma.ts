// DMA (RP2040 Datasheet 2.5.7): 12 channels of 0x40 bytes; four aliases of READ_ADDR, WRITE_ADDR, TRANS_COUNT, CTRL in different orders, the
// last of each triggers (2.5.2.1). INTR 0x400, INTE0 0x404, INTF0, INTS0, INTE1 0x414 …, MULTI_CHAN_TRIGGER 0x430, CHAN_ABORT 0x444.
//
//   CTRL  0 EN  3:2 DATA_SIZE  4 INCR_READ  5 INCR_WRITE  9:6 RING_SIZE  10 RING_SEL  14:11 CHAIN_TO  20:15 TREQ  21 IRQ_QUIET  24 BUSY
//
// A channel moves one element for each that its request signal offers (`dreq.adc` …); unpaced (TREQ 0x3F) it moves all, a cycle an
// element. Timers as requests, BSWAP and the sniffer are not modelled. Fault: fault.dma, nothing moves.

import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const channels = 12;
const bit = { enable: 1, incrementRead: 16, incrementWrite: 32, quiet: 1 << 21, busy: 1 << 24 } as const;
const unpaced = 0x3f;
/** Table 120 (2.5.3.1), as far as a model offers them. */
const requests: Readonly<Record<number, string>> = {
  20: "dreq.uart0.tx",
  21: "dreq.uart0.rx",
  22: "dreq.uart1.tx",
  23: "dreq.uart1.rx",
  36: "dreq.adc",
};
/** Which register each word of a channel is (2.5.7): 0 read, 1 write, 2 count, 3 control; the last of a row triggers. */
const layout = [0, 1, 2, 3, 3, 0, 1, 2, 3, 2, 0, 1, 3, 1, 2, 0];

interface Channel {
  read: number;
  write: number;
  /** To be loaded at the next trigger. */
  reload: number;
  count: number;
  control: number;
  busy: boolean;
  cancel: () => void;
}

export class Dma extends Rp2040Peripheral {
  readonly #channels: Channel[] = [];
  #raw = 0;
  #serving = false;

  constructor(ports: PeripheralPorts) {
    super(ports);
    for (let index = 0; index < channels; index++) {
      this.#channels.push({ read: 0, write: 0, reload: 0, count: 0, control: 0, busy: false, cancel: () => {} });
      for (const [word, which] of layout.entries())
        this.bank.add(0x40 * index + 4 * word, {
          read: () => this.#get(index, which),
          write: (value) => this.#set(index, which, value, (word & 3) === 3),
        });
    }
    this.bank.add(0x400, { read: () => this.#raw, write: (value) => this.#acknowledge(value) });
    for (const base of [0x404, 0x414]) {
      this.bank.add(base, { write: () => this.#update() });
      this.bank.add(base + 4, { write: () => this.#update() });
      this.bank.add(base + 8, { read: () => this.#status(base), write: (value) => this.#acknowledge(value) });
    }
    this.bank.add(0x430, { write: (value) => this.#each(value, (index) => this.#trigger(index)) });
    this.bank.add(0x444, { read: () => 0, write: (value) => this.#each(value, (index) => this.#abort(index)) });
    this.bank.add(0x448, { read: () => channels });
    for (const signal of Object.values(requests)) ports.world.onSignal(signal, (level) => level > 0 && this.#serve());
    ports.world.onSignal("fault.dma", () => this.#serve());
  }

  protected override clear(): void {
    super.clear();
    for (const channel of this.#channels) {
      channel.cancel();
      Object.assign(channel, { read: 0, write: 0, reload: 0, count: 0, control: 0, busy: false });
    }
    this.#raw = 0;
    this.#update();
  }

  #each(mask: number, act: (index: number) => void): void {
    for (let index = 0; index < channels; index++) if ((mask >>> index) & 1) act(index);
  }

  #get(index: number, which: number): number {
    const { read, write, count, control, busy } = this.#channels[index]!;
    return [read, write, count, control | (busy ? bit.busy : 0)][which]!;
  }

  #set(index: number, which: number, value: number, triggers: boolean): void {
    const channel = this.#channels[index]!;
    if (which === 0) channel.read = value;
    else if (which === 1) channel.write = value;
    else if (which === 2) channel.reload = value;
    else channel.control = value & 0x00ffffff;
    if (!triggers) return;
    // A null trigger ends a chain of control blocks (2.5.2.3).
    if (value === 0) this.#finished(index, true);
    else this.#trigger(index);
  }

  #trigger(index: number): void {
    const channel = this.#channels[index]!;
    if ((channel.control & bit.enable) === 0 || channel.busy) return;
    channel.count = channel.reload;
    channel.busy = true;
    if (channel.count === 0) this.#done(index);
    else this.#serve();
  }

  #abort(index: number): void {
    const channel = this.#channels[index]!;
    channel.cancel();
    channel.busy = false;
    channel.count = 0;
  }

  /** Moves what can be moved now; a move may raise or lower requests, so it looks again until nothing moves. */
  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#channels.some((channel, index) => this.#move(channel, index)));
    } finally {
      this.#serving = false;
    }
  }

  #move(channel: Channel, index: number): boolean {
    const { world } = this.ports;
    if (!channel.busy || channel.count === 0 || world.signal("fault.dma")) return false;
    const treq = (channel.control >> 15) & 63;
    if (treq === unpaced) return this.#moveAll(channel, index);
    if (world.signal(requests[treq] ?? "") <= 0) return false;
    this.#element(channel);
    if (channel.count === 0) this.#done(index);
    return true;
  }

  #moveAll(channel: Channel, index: number): boolean {
    const { count } = channel;
    while (channel.count > 0) this.#element(channel);
    channel.cancel = this.ports.world.after(count / this.ports.world.clock("core"), () => this.#done(index));
    return true;
  }

  #element(channel: Channel): void {
    const { control } = channel;
    const width = ([1, 2, 4, 4] as const)[(control >> 2) & 3]!;
    this.ports.writeBus(channel.write, this.ports.readBus(channel.read, width), width);
    channel.count--;
    const ringBits = (control >> 6) & 15;
    const ringsWrite = (control & (1 << 10)) !== 0;
    if (control & bit.incrementRead) channel.read = step(channel.read, width, ringsWrite ? 0 : ringBits);
    if (control & bit.incrementWrite) channel.write = step(channel.write, width, ringsWrite ? ringBits : 0);
  }

  #done(index: number): void {
    const channel = this.#channels[index]!;
    channel.busy = false;
    this.#finished(index, false);
    const chain = (channel.control >> 11) & 15;
    if (chain !== index && chain < channels) this.#trigger(chain);
  }

  /** IRQ_QUIET: only a null trigger interrupts. */
  #finished(index: number, nullTrigger: boolean): void {
    const quiet = (this.#channels[index]!.control & bit.quiet) !== 0;
    if (quiet !== nullTrigger) return;
    this.#raw |= 1 << index;
    this.#update();
  }

  #acknowledge(value: number): void {
    this.#raw &= ~value;
    this.#update();
  }

  #status(base: number): number {
    return (this.#raw & this.bank.get(base)) | this.bank.get(base + 4);
  }

  #update(): void {
    this.ports.irq(0, this.#status(0x404) !== 0);
    this.ports.irq(1, this.#status(0x414) !== 0);
  }
}

/** The next address; in a ring of 2^bits bytes the bits above stay. */
function step(address: number, width: number, ringBits: number): number {
  const next = (address + width) >>> 0;
  if (ringBits === 0) return next;
  const mask = (1 << ringBits) - 1;
  return ((address & ~mask) | (next & mask)) >>> 0;
}
