// TIMER (nRF52840 PS 6.30, nRF51 RM 17) in timer mode: counts "pclk16m" / 2^PRESCALER, also while the core sleeps.
//
//   START 0, STOP 4, COUNT 8, CLEAR 0xC, SHUTDOWN 0x10, CAPTURE[n] 0x40; COMPARE[n] 0x140; SHORTS: n clear, 8 + n stop
//   MODE 0x504, BITMODE 0x508 (0 16, 1 8, 2 24, 3 32 bits), PRESCALER 0x510 (0–9), CC[n] 0x540
//
// A compare event comes when the counter steps onto CC, not when CC is written with the count of the moment. It is scheduled where an
// interrupt or a short waits for it, else found when the program looks.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { Ticker } from "../ticker.ts";
import { NrfBlock, type Short } from "./block.ts";

const bits = [16, 8, 24, 32];
const channels = 6;

const shorts: readonly Short[] = [...Array(channels).keys()].flatMap((n) => [
  { bit: n, event: 0x140 + 4 * n, task: 0x00c },
  { bit: 8 + n, event: 0x140 + 4 * n, task: 0x004 },
]);

export class NrfTimer implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  readonly #ticker: Ticker;
  readonly #cancel: (() => void)[] = [];
  /** Counts at which the counter steps onto CC[n], not wrapped. */
  readonly #next: number[] = [];
  readonly #channels: number;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#channels = Number(ports.options["channels"] ?? 4);
    this.#block = new NrfBlock((high) => ports.irq(0, high), shorts);
    this.#ticker = new Ticker(ports.world, "pclk16m");
    for (let n = 0; n < this.#channels; n++) this.#next.push(Number.POSITIVE_INFINITY);
    this.#block.task(0x000, () => this.#run(true));
    this.#block.task(0x004, () => this.#run(false));
    this.#block.task(0x008, () => this.#count());
    this.#block.task(0x00c, () => this.#clear());
    this.#block.task(0x010, () => this.#run(false));
    this.#block.bank.add(0x508, { write: () => this.#note("BITMODE") });
    this.#block.bank.add(0x510, { reset: 4, write: () => this.#note("PRESCALER") });
    for (let n = 0; n < this.#channels; n++) {
      this.#block.task(0x040 + 4 * n, () => this.#capture(n));
      this.#block.bank.add(0x540 + 4 * n, { write: () => this.#arm(n) });
    }
  }

  reset(): void {
    this.#ticker.reset();
    this.#block.reset();
    for (let n = 0; n < this.#channels; n++) this.#arm(n);
  }

  get #modulus(): number {
    return 2 ** bits[this.#block.bank.get(0x508) & 3]!;
  }

  get #value(): number {
    return this.#ticker.count % this.#modulus;
  }

  #note(register: string): void {
    if (this.#ticker.running) this.#p.note(`${this.#p.name}: ${register} is changed while the timer runs`);
  }

  #run(on: boolean): void {
    if ((this.#block.bank.get(0x504) & 3) !== 0) return;
    if (on) this.#ticker.divider = 2 ** Math.min(9, this.#block.bank.get(0x510) & 15);
    this.#ticker.running = on;
    for (let n = 0; n < this.#channels; n++) this.#arm(n);
  }

  #clear(): void {
    this.#ticker.count = 0;
    for (let n = 0; n < this.#channels; n++) this.#arm(n);
  }

  #capture(n: number): void {
    this.#settle();
    this.#block.bank.set(0x540 + 4 * n, this.#value);
    this.#arm(n);
  }

  /** Counter mode. */
  #count(): void {
    if ((this.#block.bank.get(0x504) & 3) === 0) return;
    this.#ticker.count = this.#value + 1;
    for (let n = 0; n < this.#channels; n++)
      if (this.#value === this.#block.bank.get(0x540 + 4 * n) % this.#modulus) this.#block.raise(0x140 + 4 * n);
  }

  /** Finds the next time at which the counter steps onto CC[n]. */
  #arm(n: number): void {
    this.#cancel[n]?.();
    this.#next[n] = Number.POSITIVE_INFINITY;
    if (!this.#ticker.running) return;
    const now = this.#ticker.count;
    const left = (this.#block.bank.get(0x540 + 4 * n) - (now % this.#modulus) + this.#modulus) % this.#modulus;
    this.#next[n] = now + (left || this.#modulus);
    const awaited = this.#block.interruptEnabled(0x140 + 4 * n) || (this.#block.bank.get(0x200) >>> n) & 0x101;
    if (awaited) this.#cancel[n] = this.#ticker.at(this.#next[n]!, () => this.#reached(n));
  }

  #reached(n: number): void {
    this.#block.raise(0x140 + 4 * n);
    this.#arm(n);
  }

  /** Events that nobody waited for. */
  #settle(): void {
    for (let n = 0; n < this.#channels; n++) if (this.#ticker.count >= this.#next[n]!) this.#reached(n);
  }

  read(offset: number, width: Width): number {
    if (offset >= 0x140 && offset < 0x158) this.#settle();
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    const awaits = offset === 0x200 || offset === 0x304;
    if (awaits || (offset >= 0x140 && offset < 0x158)) this.#settle();
    this.#block.write(offset, value, width);
    if (awaits) for (let n = 0; n < this.#channels; n++) this.#arm(n);
  }
}
