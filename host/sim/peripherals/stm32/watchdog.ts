// IWDG (RM0390 21.4, RM0432 47.4): KR 0 (0x5555 opens PR and RLR, 0xAAAA reloads, 0xCCCC starts), PR 4, RLR 8, SR 0xC (0 PVU, 1 RVU: five LSI
// cycles after a write). Runs from LSI (option lsiHz) and starts it (signal `iwdg.running`); nothing but a reset stops it. Bites
// (RLR + 1) · 4 · 2^PR / LSI after the last reload. Not behind a bus clock.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

const key = { open: 0x5555, reload: 0xaaaa, start: 0xcccc } as const;
const updateCycles = 5;

export class Stm32Watchdog implements Peripheral {
  readonly bytes = 0x400;
  readonly #p: PeripheralPorts;
  readonly #bank = new RegisterBank();
  #open = false;
  #running = false;
  #busyUntil = 0;
  #updates = 0;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#bank.add(0, { read: () => 0, write: (value) => this.#key(value & 0xffff) });
    this.#bank.add(4, { write: (value, old) => this.#set(4, value & 7, old, 1) });
    this.#bank.add(8, { reset: 0xfff, write: (value, old) => this.#set(8, value & 0xfff, old, 2) });
    this.#bank.add(0xc, { read: () => (this.#p.world.seconds() < this.#busyUntil ? this.#updates : 0), quiet: true });
  }

  reset(): void {
    this.#cancel();
    this.#bank.reset();
    this.#open = this.#running = false;
    this.#busyUntil = this.#updates = 0;
  }

  get #lsiHz(): number {
    return Number(this.#p.options["lsiHz"] ?? 32000);
  }

  #key(value: number): void {
    this.#open = value === key.open;
    if (value === key.start) {
      this.#running = true;
      this.#p.world.setSignal("iwdg.running", 1);
    }
    if (value === key.start || value === key.reload) this.#reload();
  }

  #set(register: number, value: number, old: number, busy: number): void {
    if (!this.#open) this.#p.note(`${this.#p.name}: PR and RLR are locked; write 0x5555 to KR first`);
    this.#bank.set(register, this.#open ? value : old);
    if (!this.#open) return;
    const now = this.#p.world.seconds();
    this.#updates = busy | (now < this.#busyUntil ? this.#updates : 0);
    this.#busyUntil = now + updateCycles / this.#lsiHz;
  }

  #reload(): void {
    if (!this.#running) return;
    this.#cancel();
    const cycles = (this.#bank.get(8) + 1) * 4 * 2 ** Math.min(6, this.#bank.get(4));
    this.#cancel = this.#p.world.after(cycles / this.#lsiHz, () => this.#p.resetChip("watchdog"));
  }

  read(offset: number, width: Width): number {
    return this.#bank.read(offset, width);
  }

  quiet(offset: number): boolean {
    return this.#bank.quiet(offset);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}
