// XIP_SSI (RP2040 Datasheet 4.10.13): CTRLR0 0, CTRLR1 4, SSIENR 8, BAUDR 0x14, SPI_CTRLR0 0xF4. Stored and read back: execute in place is
// the memory's timing in the chip file; enabling it (signal `ssi.enabled`) makes the flash readable again. XIP_CTRL (2.6.3.6): CTRL 0,
// FLUSH 4, STAT 8.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

export class Ssi implements Peripheral {
  readonly bytes = 0x100;
  readonly #bank = new RegisterBank();

  constructor(ports: PeripheralPorts) {
    this.#bank.add(8, { reset: 0, write: (value) => ports.world.setSignal("ssi.enabled", value & 1) });
    this.#bank.add(0x28, { read: () => 0x0e }); // SR: TX FIFO empty and not full, not busy
  }

  reset(): void {
    this.#bank.reset();
  }

  read(offset: number, width: Width): number {
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}

export class XipControl implements Peripheral {
  readonly bytes = 0x4000;
  readonly #bank = new RegisterBank();

  constructor(_ports: PeripheralPorts) {
    this.#bank.add(0, { reset: 3 });
    this.#bank.add(4, { read: () => 0, write: () => {} });
    this.#bank.add(8, { read: () => 3 });
  }

  reset(): void {
    this.#bank.reset();
  }

  read(offset: number, width: Width): number {
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}
