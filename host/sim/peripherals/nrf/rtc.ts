// RTC (nRF52840 PS 6.22, nRF51 RM 18): a 24-bit counter of the low-frequency clock / (PRESCALER + 1). It counts only while that clock runs.
//
//   START 0, STOP 4, CLEAR 8, TRIGOVRFLW 0xC; TICK 0x100, OVRFLW 0x104, COMPARE[n] 0x140; EVTEN 0x340; COUNTER 0x504, PRESCALER 0x508, CC 0x540
//
// Events are made where INTEN or EVTEN enables them.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { Ticker } from "../ticker.ts";
import { NrfBlock } from "./block.ts";

const modulus = 2 ** 24;
const event = { tick: 0x100, overflow: 0x104, compare: 0x140 } as const;

export class NrfRtc implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  readonly #ticker: Ticker;
  readonly #cancel = new Map<number, () => void>();
  #routed = 0;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#block = new NrfBlock((high) => ports.irq(0, high));
    this.#ticker = new Ticker(ports.world, "lfclk");
    const { bank } = this.#block;
    this.#block.task(0x000, () => this.#run(true));
    this.#block.task(0x004, () => this.#run(false));
    this.#block.task(0x008, () => this.#set(0));
    this.#block.task(0x00c, () => this.#set(0xfffff0));
    bank.add(0x340, { read: () => this.#routed, write: (value) => this.#route(value) });
    bank.add(0x344, { read: () => this.#routed, write: (value) => this.#route(this.#routed | value) });
    bank.add(0x348, { read: () => this.#routed, write: (value) => this.#route(this.#routed & ~value) });
    bank.add(0x504, { read: () => this.#ticker.count % modulus });
    bank.add(0x508, { write: (value, old) => this.#prescale(value, old) });
    for (let n = 0; n < 4; n++) bank.add(0x540 + 4 * n, { write: () => this.#armAll() });
  }

  reset(): void {
    for (const cancel of this.#cancel.values()) cancel();
    this.#ticker.reset();
    this.#block.reset();
    this.#routed = 0;
  }

  #route(value: number): void {
    this.#routed = value >>> 0;
    this.#armAll();
  }

  #run(on: boolean): void {
    this.#ticker.divider = (this.#block.bank.get(0x508) & 0xfff) + 1;
    this.#ticker.running = on;
    this.#armAll();
  }

  #set(count: number): void {
    this.#ticker.count = count;
    this.#armAll();
  }

  #prescale(value: number, old: number): void {
    if (!this.#ticker.running) return;
    this.#block.bank.set(0x508, old);
    if (value !== old) this.#p.note(`${this.#p.name}: PRESCALER is written while the counter runs`);
  }

  #wanted(offset: number): boolean {
    return this.#block.interruptEnabled(offset) || ((this.#routed >>> ((offset - 0x100) / 4)) & 1) !== 0;
  }

  #armAll(): void {
    this.#arm(event.tick, () => 1);
    this.#arm(event.overflow, (now) => modulus - (now % modulus));
    for (let n = 0; n < 4; n++)
      this.#arm(event.compare + 4 * n, (now) => {
        const left = ((this.#block.bank.get(0x540 + 4 * n) & 0xffffff) - (now % modulus) + modulus) % modulus;
        return left || modulus;
      });
  }

  #arm(offset: number, left: (now: number) => number): void {
    this.#cancel.get(offset)?.();
    this.#cancel.delete(offset);
    if (!this.#ticker.running || !this.#wanted(offset)) return;
    const now = this.#ticker.count;
    this.#cancel.set(
      offset,
      this.#ticker.at(now + left(now), () => {
        this.#block.raise(offset);
        this.#arm(offset, left);
      }),
    );
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
    if (offset >= 0x300 && offset <= 0x308) this.#armAll();
  }
}
