// What every APB and AHB peripheral of the RP2040 has in common (RP2040 Datasheet 2.1.2, 2.1.4, 2.14): its registers appear four times,
//
//   +0x0000 as they are   +0x1000 XOR   +0x2000 set bits   +0x3000 clear bits
//
// a narrow write reaches the whole register, its data repeated; and while RESETS holds the peripheral (signal `reset.<name>`), it
// reads 0 and ignores writes.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts, ResetCause } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

export abstract class Rp2040Peripheral implements Peripheral {
  readonly bytes: number = 0x4000;
  protected readonly bank = new RegisterBank();

  #held: boolean;

  constructor(readonly ports: PeripheralPorts) {
    const reset = `reset.${ports.name}`;
    this.#held = ports.world.signal(reset) !== 0;
    ports.world.onSignal(reset, (held) => {
      this.#held = held !== 0;
      if (this.#held) this.clear();
    });
  }

  /** Registers and state as after reset; pins and interrupts released. */
  protected clear(): void {
    this.bank.reset();
  }

  reset(_cause: ResetCause): void {
    this.clear();
  }

  get held(): boolean {
    return this.#held;
  }

  read(offset: number, width: Width): number {
    return this.held ? 0 : this.bank.read(offset & 0xfff, width);
  }

  quiet(offset: number): boolean {
    return this.held || this.bank.quiet(offset & 0xfff);
  }

  write(offset: number, value: number, width: Width): void {
    if (this.held) return;
    const word = width === 4 ? value : width === 2 ? (value & 0xffff) * 0x10001 : (value & 0xff) * 0x1010101;
    const at = offset & 0xffc;
    const old = this.bank.get(at);
    const values = [word, old ^ word, old | word, old & ~word];
    this.bank.writeMasked(at, values[(offset >> 12) & 3]!, -1);
  }
}
