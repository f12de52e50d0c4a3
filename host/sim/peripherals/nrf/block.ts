// The registers that every nRF peripheral has in the same places (nRF52840 PS 6.1, nRF51 RM 10), over a RegisterBank for the rest:
//
//   0x000 tasks     writing 1 starts; read 0           0x200 SHORTS    event → task, by bit
//   0x100 events    set by hardware, cleared by 0      0x300 INTEN     0x304 set, 0x308 clear; bit n is the event at 0x100 + 4n
//
// The interrupt line is high while an enabled event is set.

import type { Device, Width } from "../../bus.ts";
import { RegisterBank } from "../register-bank.ts";

export interface Short {
  readonly bit: number;
  readonly event: number;
  readonly task: number;
}

export class NrfBlock implements Device {
  readonly bank = new RegisterBank();
  readonly #tasks = new Map<number, () => void>();
  readonly #events = new Set<number>();
  readonly #shorts: readonly Short[];
  readonly #irq: (high: boolean) => void;
  #enabled = 0;

  constructor(irq: (high: boolean) => void, shorts: readonly Short[] = []) {
    this.#irq = irq;
    this.#shorts = shorts;
  }

  task(offset: number, run: () => void): void {
    this.#tasks.set(offset, run);
  }

  reset(): void {
    this.bank.reset();
    this.#events.clear();
    this.#enabled = 0;
    this.#update();
  }

  happened(event: number): boolean {
    return this.#events.has(event);
  }

  interruptEnabled(event: number): boolean {
    return ((this.#enabled >>> ((event - 0x100) / 4)) & 1) !== 0;
  }

  raise(event: number): void {
    this.#events.add(event);
    this.#update();
    const shorts = this.bank.get(0x200);
    for (const short of this.#shorts)
      if (short.event === event && (shorts >>> short.bit) & 1) this.#tasks.get(short.task)?.();
  }

  #update(): void {
    let high = false;
    for (const event of this.#events) if (this.interruptEnabled(event)) high = true;
    this.#irq(high);
  }

  read(offset: number, width: Width): number {
    const at = offset & ~3;
    if (at < 0x100) return 0;
    if (at < 0x200) return this.#events.has(at) ? 1 : 0;
    if (at >= 0x300 && at <= 0x308) return this.#enabled;
    return this.bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    const at = offset & ~3;
    if (at < 0x100) {
      if (value & 1) this.#tasks.get(at)?.();
    } else if (at < 0x200) {
      if ((value & 1) === 0) this.#events.delete(at);
    } else if (at === 0x300) this.#enabled = value >>> 0;
    else if (at === 0x304) this.#enabled = (this.#enabled | value) >>> 0;
    else if (at === 0x308) this.#enabled = (this.#enabled & ~value) >>> 0;
    else this.bank.write(offset, value, width);
    this.#update();
  }
}

/** Pin that a PSEL register selects; undefined: disconnected (bit 31). Two forms: nRF51 has 0xFFFF_FFFF for none. */
export function selectedPin(psel: number): number | undefined {
  return psel >>> 31 ? undefined : psel & 0x3f;
}

/** Routes a signal as PSEL says; call with the old value too. */
export function routeSelected(
  world: { route(pin: number, signal: string | undefined): void },
  signal: string,
  psel: number,
  old: number,
): void {
  const before = selectedPin(old);
  const now = selectedPin(psel);
  if (before !== undefined) world.route(before, undefined);
  if (now !== undefined) world.route(now, signal);
}
