// An I2C target of 256 registers: the first byte written is the register, others go in; reads go on from there.

import type { I2cTarget } from "../../host/sim/sim.ts";

export class RegisterTarget implements I2cTarget {
  readonly registers = new Uint8Array(256);
  /** Bytes seen, as a dialogue: S start, R repeated or reading, hex bytes, P stop. */
  dialogue = "";
  silent = false;
  #pointer = 0;
  #first = false;

  constructor(readonly address: number) {}

  start(reading: boolean): boolean {
    this.dialogue += reading ? "R" : "S";
    this.#first = !reading;
    return !this.silent;
  }

  write(byte: number): boolean {
    this.dialogue += byte.toString(16).padStart(2, "0");
    if (this.#first) this.#pointer = byte;
    else this.registers[this.#pointer++ & 255] = byte;
    this.#first = false;
    return true;
  }

  read(): number {
    this.dialogue += "..";
    return this.registers[this.#pointer++ & 255]!;
  }

  stop(): void {
    this.dialogue += "P ";
  }
}
