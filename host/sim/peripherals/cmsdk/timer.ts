// CMSDK APB timer (Arm DDI 0479D 4.1): CTRL 0 (0 enable, 3 interrupt), VALUE 4, RELOAD 8, INTSTATUS/INTCLEAR 0xC. Counts down at the core's
// clock; interrupts on the way from 1 to 0, stays at 0 for one tick and goes on from RELOAD; with RELOAD 0 it stays at 0.
//
//   start, …, 1, 0, RELOAD, …, 1, 0, RELOAD, …        zero k times: start + k · (RELOAD + 1) ticks after the load

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";
import { Ticker } from "../ticker.ts";

export class CmsdkTimer implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #bank = new RegisterBank();
  readonly #ticker: Ticker;
  /** VALUE when the ticker was at 0. */
  #start = 0;
  #status = 0;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#ticker = new Ticker(ports.world, "core");
    this.#bank.add(0x0, { write: (value) => this.#control(value) });
    this.#bank.add(0x4, { read: () => this.#value(), write: (value) => this.#load(value) });
    this.#bank.add(0x8, { write: (value) => this.#reload(value) });
    this.#bank.add(0xc, { read: () => this.#status, write: (value) => this.#set(this.#status & ~value) });
  }

  reset(): void {
    this.#cancel();
    this.#ticker.reset();
    this.#bank.reset();
    this.#start = 0;
    this.#set(0);
  }

  #set(status: number): void {
    this.#status = status & 1;
    this.#p.irq(0, this.#status !== 0);
  }

  get #period(): number {
    return this.#bank.get(8) + 1;
  }

  #value(): number {
    const elapsed = this.#ticker.count;
    if (elapsed <= this.#start) return this.#start - elapsed;
    const reload = this.#bank.get(8);
    return reload === 0 ? 0 : reload - ((elapsed - this.#start - 1) % this.#period);
  }

  #control(value: number): void {
    this.#ticker.running = (value & 1) !== 0;
    this.#arm();
  }

  #load(value: number): void {
    this.#start = value;
    this.#ticker.count = 0;
    this.#arm();
  }

  /** Takes effect at once on VALUE only where the counter stands at 0 (as QEMU: always); drivers write VALUE too. */
  #reload(value: number): void {
    this.#load(value);
  }

  #arm(): void {
    this.#cancel();
    this.#cancel = () => {};
    if (!this.#ticker.running) return;
    const elapsed = this.#ticker.count;
    const reload = this.#bank.get(8);
    const rounds = Math.floor((elapsed - this.#start) / this.#period) + 1;
    if (elapsed >= this.#start && reload === 0) return;
    const next = elapsed < this.#start ? this.#start : this.#start + rounds * this.#period;
    this.#cancel = this.#ticker.at(next, () => {
      if (this.#bank.get(0) & 8) this.#set(1);
      this.#arm();
    });
  }

  read(offset: number, width: Width): number {
    if (offset >= 0xfd0)
      return [0x04, 0, 0, 0, 0x22, 0xb8, 0x1b, 0, 0x0d, 0xf0, 0x05, 0xb1][(offset - 0xfd0) >> 2] ?? 0;
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}
