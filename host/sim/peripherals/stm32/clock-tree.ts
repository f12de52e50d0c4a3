// What the clock controllers of the STM32 families share: sources that take time to start, prescalers, and the enable and reset bits of
// peripherals. Publishes the World's clocks: core, apb1, apb2, their timers', and one by each peripheral's name (0: off).
//
//   inject("hse"), ("hsi"), ("msi"), ("pll")   that source never starts, or stops          inject("rcc")   SYSCLK never switches

import type { World } from "../../world.ts";
import type { PeripheralPorts } from "../peripheral.ts";
import type { RegisterBank } from "../register-bank.ts";

/** An oscillator or PLL: wanted, and ready a while later. */
export class Source {
  #wanted = false;
  #ready = false;
  #cancel = () => {};

  constructor(
    readonly world: World,
    readonly name: string,
    readonly startSeconds: number,
    readonly onChange: () => void,
  ) {
    world.onSignal(`fault.${name}`, (broken) => {
      if (broken) this.#stop();
      else if (this.#wanted) this.#start();
    });
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** As after reset: off, or running since long. */
  clear(running: boolean): void {
    this.#cancel();
    this.#wanted = running;
    this.#ready = running && this.world.signal(`fault.${this.name}`) === 0;
  }

  set wanted(on: boolean) {
    if (on === this.#wanted) return;
    this.#wanted = on;
    if (on) this.#start();
    else this.#stop();
  }

  #start(): void {
    this.#cancel();
    if (this.world.signal(`fault.${this.name}`)) return;
    this.#cancel = this.world.after(this.startSeconds, () => {
      this.#ready = true;
      this.onChange();
    });
  }

  #stop(): void {
    this.#cancel();
    if (!this.#ready) return;
    this.#ready = false;
    this.onChange();
  }
}

/** HPRE: 0xxx none, then 2, 4, 8, 16, 64 … 512. */
export function ahbDivider(field: number): number {
  return field < 8 ? 1 : 2 ** (field - 7 + (field >= 12 ? 1 : 0));
}

/** PPRE: 0xx none, then 2, 4, 8, 16. */
export function apbDivider(field: number): number {
  return field < 4 ? 1 : 2 ** (field - 3);
}

export type Bus = "ahb" | "apb1" | "apb2" | "apb1.timers" | "apb2.timers";

/** An enable register; its reset register lies 0x20 below. */
export interface EnableRegister {
  readonly offset: number;
  readonly reset?: number;
  readonly bits: Readonly<Record<string, readonly [bit: number, bus: Bus]>>;
}

/** Adds the enable and reset registers to the controller's bank. */
export function addEnables(
  bank: RegisterBank,
  rows: readonly EnableRegister[],
  { world }: PeripheralPorts,
  onChange: () => void,
): void {
  for (const { offset, reset = 0, bits } of rows) {
    bank.add(offset, { reset, write: onChange });
    bank.add(offset - 0x20, {
      write: (value) => {
        for (const [name, [bit]] of Object.entries(bits)) world.setSignal(`reset.${name}`, (value >>> bit) & 1);
      },
    });
  }
}

export interface BusClocks {
  readonly core: number;
  readonly apb1: number;
  readonly apb2: number;
  /** PPRE fields: a timer's clock is twice its bus's where that is divided (RM0390 6.2, RM0432 6.2). */
  readonly prescalers: readonly [apb1: number, apb2: number];
}

/** `kernel` names peripherals whose clock is not their bus's. */
export function publishClocks(
  bank: RegisterBank,
  rows: readonly EnableRegister[],
  world: World,
  { core, apb1, apb2, prescalers }: BusClocks,
  kernel: (name: string) => number | undefined = () => undefined,
): void {
  const hz: Readonly<Record<Bus, number>> = {
    ahb: core,
    apb1,
    apb2,
    "apb1.timers": prescalers[0] > 1 ? 2 * apb1 : apb1,
    "apb2.timers": prescalers[1] > 1 ? 2 * apb2 : apb2,
  };
  world.setClock("core", core);
  for (const [name, value] of Object.entries(hz)) world.setClock(name, value);
  for (const { offset, bits } of rows)
    for (const [name, [bit, bus]] of Object.entries(bits)) {
      const on = (bank.get(offset) >>> bit) & 1;
      world.setClock(name, on ? (kernel(name) ?? hz[bus]) : 0);
    }
}
