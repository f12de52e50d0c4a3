// TIMER (RP2040 Datasheet 4.6.5): 64 bits of microseconds (ticks of WATCHDOG.TICK). TIMELR 0xC latches the high half into TIMEHR 8;
// TIMERAWH 0x24, TIMERAWL 0x28; writing TIMELW 4 then TIMEHW 0 sets it. ALARM0…3 0x10: written, it is armed, and fires when the low
// half is equal. ARMED 0x20 (write 1: disarm), PAUSE 0x30, INTR 0x34 (write 1: clear), INTE 0x38, INTF 0x3C, INTS 0x40.

import type { PeripheralPorts } from "../peripheral.ts";
import { Ticker } from "../ticker.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const two32 = 2 ** 32;

export class Timer extends Rp2040Peripheral {
  readonly #ticker: Ticker;
  #raw = 0;
  #armed = 0;
  #latchedHigh = 0;
  #writtenLow = 0;
  readonly #cancels: (() => void)[] = [() => {}, () => {}, () => {}, () => {}];

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.#ticker = new Ticker(ports.world, "tick");
    const { bank } = this;
    const low = () => this.#ticker.count % two32;
    const high = () => Math.floor(this.#ticker.count / two32);
    bank.add(0, { write: (value) => (this.#ticker.count = value * two32 + this.#writtenLow) });
    bank.add(4, { write: (value) => (this.#writtenLow = value) });
    bank.add(8, { read: () => this.#latchedHigh });
    bank.add(0xc, {
      read: () => {
        this.#latchedHigh = high();
        return low();
      },
    });
    for (let i = 0; i < 4; i++) bank.add(0x10 + 4 * i, { write: (value) => this.#arm(i, value) });
    bank.add(0x20, { read: () => this.#armed, write: (value) => this.#disarm(value) });
    bank.add(0x24, { read: high, quiet: true });
    bank.add(0x28, { read: low, quiet: true });
    bank.add(0x30, { write: (value) => (this.#ticker.running = (value & 1) === 0) });
    bank.add(0x34, { read: () => this.#raw, write: (value) => this.#acknowledge(value) });
    bank.add(0x38, { write: () => this.#update() });
    bank.add(0x3c, { write: () => this.#update() });
    bank.add(0x40, { read: () => this.#status, quiet: true });
  }

  protected override clear(): void {
    super.clear();
    for (const cancel of this.#cancels) cancel();
    this.#ticker.reset();
    this.#ticker.running = true;
    this.#raw = this.#armed = 0;
    this.#update();
  }

  get #status(): number {
    return ((this.#raw & this.bank.get(0x38)) | this.bank.get(0x3c)) & 15;
  }

  #update(): void {
    for (let i = 0; i < 4; i++) this.ports.irq(i, ((this.#status >> i) & 1) !== 0);
  }

  #acknowledge(value: number): void {
    this.#raw &= ~value;
    this.#update();
  }

  #disarm(value: number): void {
    for (let i = 0; i < 4; i++) if ((value >> i) & 1) this.#cancels[i]!();
    this.#armed &= ~value;
  }

  #arm(index: number, at: number): void {
    const { count } = this.#ticker;
    this.#cancels[index]!();
    this.#armed |= 1 << index;
    // Equality is looked for at ticks to come: a moment just passed is a whole turn away.
    const ahead = (at - (count % two32) + two32) % two32 || two32;
    this.#cancels[index] = this.#ticker.at(count + ahead, () => {
      this.#armed &= ~(1 << index);
      this.#raw |= 1 << index;
      this.#update();
    });
  }
}
