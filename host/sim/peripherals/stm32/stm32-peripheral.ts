// What every peripheral of an STM32 behind a bus has in common: without its clock (RCC …ENR; the World's clock of its name is then 0) it
// reads 0 and ignores writes, and while RCC …RSTR holds it (signal `reset.<name>`) it is as after reset (RM0390 6.3, RM0432 6.4).

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts, ResetCause } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

export abstract class Stm32Peripheral implements Peripheral {
  readonly bytes: number = 0x400;
  protected readonly bank = new RegisterBank();
  #said = false;

  constructor(readonly ports: PeripheralPorts) {
    ports.world.onSignal(`reset.${ports.name}`, (held) => held && this.clear());
  }

  /** Registers and state as after reset; pins and interrupts released. */
  protected clear(): void {
    this.bank.reset();
  }

  reset(_cause: ResetCause): void {
    this.#said = false;
    this.clear();
  }

  get on(): boolean {
    const { world, name } = this.ports;
    return world.clock(name) > 0 && world.signal(`reset.${name}`) === 0;
  }

  protected option(name: string, otherwise: number): number {
    return Number(this.ports.options[name] ?? otherwise);
  }

  read(offset: number, width: Width): number {
    return this.on ? this.bank.read(offset, width) : 0;
  }

  quiet(offset: number): boolean {
    return this.bank.quiet(offset);
  }

  write(offset: number, value: number, width: Width): void {
    if (this.on) this.bank.write(offset, value, width);
    else if (!this.#said) {
      this.#said = true;
      this.ports.note(`${this.ports.name}: written while its clock is off or it is held in reset; nothing happens`);
    }
  }
}
