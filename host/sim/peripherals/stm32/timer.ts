// General-purpose timer, counting up (RM0390 17.4, RM0432 38.4): CR1 0 (CEN, 1 UDIS, 2 URS), CR2 4 (6:4 MMS), DIER 0xC, SR 0x10 (zeros clear),
// EGR 0x14, CNT 0x24, PSC 0x28, ARR 0x2C, CCR1–4 0x34. Bit 0 of DIER, SR, EGR is the update, bits 1–4 compare. Counts the World's clock
// of its name / (PSC + 1), also while the core sleeps. PSC is taken over at an update; ARR at once. A compare comes when the counter
// steps onto CCR, not when CCR is written with the count of the moment. It is an event where somebody waits, else found at a look.
//
// Options: bits (16, 32). With MMS = 2 every update is a step of the signal `<name>.trgo`.

import type { PeripheralPorts } from "../peripheral.ts";
import { Ticker } from "../ticker.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const enabled = 1;
const noUpdate = 2;
const overflowOnly = 4;
const channels = [0, 1, 2, 3, 4];
const at = { cr1: 0, cr2: 4, dier: 0x0c, sr: 0x10, egr: 0x14, cnt: 0x24, psc: 0x28, arr: 0x2c, ccr1: 0x34 } as const;

export class Stm32Timer extends Stm32Peripheral {
  readonly #ticker: Ticker;
  readonly #cancel: (() => void)[] = [];
  /** Counts, not wrapped, of the next update (0) and the next compares (1–4). */
  readonly #next: number[] = [];
  #flags = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.#ticker = new Ticker(ports.world, ports.name);
    const { bank } = this;
    const mask = 2 ** this.option("bits", 16) - 1;
    bank.add(at.cr1, { write: (value) => this.#run((value & enabled) !== 0) });
    bank.add(at.cr2, { write: () => this.#arm() });
    bank.add(at.dier, { write: () => this.#arm() });
    bank.add(at.sr, { read: () => this.#status(), write: (value) => this.#clearFlags(value) });
    bank.add(at.egr, { read: () => 0, write: (value) => this.#generate(value) });
    bank.add(at.cnt, { read: () => this.#value, write: (value) => this.#setCount(value & mask), quiet: true });
    bank.add(at.psc, { write: (value) => bank.set(at.psc, value & 0xffff) });
    bank.add(at.arr, {
      reset: mask,
      write: (value, old) => {
        bank.set(at.arr, value & mask);
        this.#setCount(this.#ticker.count % (old + 1));
      },
    });
    for (const n of channels.slice(1))
      bank.add(at.ccr1 + 4 * (n - 1), {
        write: (value) => {
          bank.set(at.ccr1 + 4 * (n - 1), value & mask);
          this.#arm(n);
        },
      });
  }

  protected override clear(): void {
    super.clear();
    for (const cancel of this.#cancel) cancel?.();
    this.#next.fill(Number.POSITIVE_INFINITY);
    this.#ticker.reset();
    this.#flags = 0;
    this.#arm();
    this.#update();
  }

  get #modulus(): number {
    return this.bank.get(at.arr) + 1;
  }

  get #value(): number {
    return this.#ticker.count % this.#modulus;
  }

  #run(on: boolean): void {
    this.#settle();
    if (on && !this.#ticker.running && this.#ticker.count === 0) this.#takePrescaler();
    this.#ticker.running = on;
    this.#arm();
  }

  /** Before the first update a counter runs undivided on silicon: whoever sets PSC makes an update (EGR.UG) first. */
  #takePrescaler(): void {
    if (this.#ticker.divider !== this.bank.get(at.psc) + 1)
      this.ports.note(`${this.ports.name}: PSC is set but not taken over (EGR.UG) when the counter starts`);
  }

  #setCount(value: number): void {
    this.#settle();
    this.#next.fill(Number.POSITIVE_INFINITY);
    this.#ticker.count = value;
    this.#arm();
  }

  #generate(value: number): void {
    this.#settle();
    if (value & 1) {
      this.#ticker.divider = this.bank.get(at.psc) + 1;
      this.#setCount(0);
      if ((this.bank.get(at.cr1) & overflowOnly) === 0) this.#raise(0);
    }
    for (const n of channels.slice(1)) if ((value >> n) & 1) this.#raise(n);
  }

  // ---- events

  #raise(channel: number): void {
    this.#flags |= 1 << channel;
    const { world, name } = this.ports;
    if (channel === 0 && this.#triggers) world.setSignal(`${name}.trgo`, world.signal(`${name}.trgo`) + 1);
    this.#update();
  }

  get #triggers(): boolean {
    return ((this.bank.get(at.cr2) >> 4) & 7) === 2;
  }

  #update(): void {
    this.ports.irq(0, (this.#flags & this.bank.get(at.dier) & 0x1f) !== 0);
  }

  #arm(only?: number): void {
    this.#settle();
    for (const n of only === undefined ? channels : [only]) {
      this.#cancel[n]?.();
      this.#next[n] = Number.POSITIVE_INFINITY;
      if (!this.#ticker.running) continue;
      const target = n === 0 ? 0 : this.bank.get(at.ccr1 + 4 * (n - 1));
      if (target >= this.#modulus) continue;
      const now = this.#ticker.count;
      const left = (target - (now % this.#modulus) + this.#modulus) % this.#modulus;
      this.#next[n] = now + (left || this.#modulus);
      const waits = (this.bank.get(at.dier) >> n) & 1 || (n === 0 && this.#triggers);
      if (waits) this.#cancel[n] = this.#ticker.at(this.#next[n]!, () => this.#reached(n));
    }
    this.#update();
  }

  #reached(channel: number): void {
    this.#next[channel] = Number.POSITIVE_INFINITY;
    const control = this.bank.get(at.cr1);
    if (channel === 0 && (control & noUpdate) === 0) this.#takeOver();
    if (channel > 0 || (control & noUpdate) === 0) this.#raise(channel);
    this.#arm(channel);
  }

  #takeOver(): void {
    const divider = this.bank.get(at.psc) + 1;
    if (divider !== this.#ticker.divider) this.#ticker.divider = divider;
  }

  /** Events for which nobody waited. */
  #settle(): void {
    const never = Number.POSITIVE_INFINITY;
    for (const n of channels) if (this.#ticker.count >= (this.#next[n] ?? never)) this.#reached(n);
  }

  #status(): number {
    this.#settle();
    return this.#flags;
  }

  #clearFlags(value: number): void {
    this.#settle();
    this.#flags &= value;
    this.#update();
  }
}
