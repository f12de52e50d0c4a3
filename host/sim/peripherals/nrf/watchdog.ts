// WDT (nRF52840 PS 6.36, nRF51 RM 21): START 0, TIMEOUT 0x100, RUNSTATUS 0x400, REQSTATUS 0x404, CRV 0x504, RREN 0x508, CONFIG 0x50C, RR[n]
// 0x600. Runs out (CRV + 1) / 32768 s after the last reload, which needs every enabled RR; with the interrupt enabled the reset comes two
// ticks after TIMEOUT, whatever happens. Once started its configuration is locked, and only power, pin and its own reset stop it: a software reset does not.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts, ResetCause } from "../peripheral.ts";
import { NrfBlock } from "./block.ts";

const timeout = 0x100;
const reloadValue = 0x6e524635;
const tick = 1 / 32768;
const locked = new Set([0x504, 0x508, 0x50c]);

export class NrfWatchdog implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  #running = false;
  #deadline = 0;
  #requested = 0;
  /** TIMEOUT was raised; the deadline is that of the reset. */
  #biting = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#block = new NrfBlock((high) => ports.irq(0, high));
    const { bank } = this.#block;
    this.#block.task(0, () => this.#start());
    bank.add(0x400, { read: () => (this.#running ? 1 : 0) });
    bank.add(0x404, { read: () => (this.#running ? bank.get(0x508) & ~this.#requested : 0) });
    bank.add(0x504, { reset: 0xffffffff });
    bank.add(0x508, { reset: 1 });
    bank.add(0x50c, { reset: 1 });
    for (let n = 0; n < 8; n++) bank.add(0x600 + 4 * n, { read: () => 0, write: (value) => this.#reload(n, value) });
  }

  reset(cause: ResetCause): void {
    this.#cancel();
    if (this.#running && (cause === "software" || cause === "lockup")) return this.#arm();
    this.#running = this.#biting = false;
    this.#block.reset();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    const { world } = this.#p;
    // it starts the RC oscillator where nothing else runs (PS 6.36)
    if (world.clock("lfclk") === 0) world.setClock("lfclk", 32768);
    this.#restart();
  }

  #restart(): void {
    this.#requested = 0;
    const ticks = Math.max(15, this.#block.bank.get(0x504)) + 1;
    this.#deadline = this.#p.world.seconds() + ticks * tick;
    this.#arm();
  }

  #arm(): void {
    this.#cancel();
    this.#cancel = this.#p.world.after(this.#deadline - this.#p.world.seconds(), () => this.#expire());
  }

  #expire(): void {
    if (this.#biting || !this.#block.interruptEnabled(timeout)) return this.#p.resetChip("watchdog");
    this.#biting = true;
    this.#deadline += 2 * tick;
    this.#arm();
    this.#block.raise(timeout);
  }

  #reload(n: number, value: number): void {
    if (!this.#running || value >>> 0 !== reloadValue || this.#biting) return;
    const needed = this.#block.bank.get(0x508) & 0xff;
    this.#requested |= (1 << n) & needed;
    if (this.#requested === needed) this.#restart();
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    if (this.#running && locked.has(offset & ~3))
      this.#p.note(`${this.#p.name}: its configuration is locked while it runs`);
    else this.#block.write(offset, value, width);
  }
}
