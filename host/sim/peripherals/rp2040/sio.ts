// SIO (RP2040 Datasheet 2.3.1.7): CPUID 0, GPIO_IN 4, GPIO_OUT 0x10 (SET 0x14, CLR 0x18, XOR 0x1C), GPIO_OE 0x20 …, divider 0x60–0x78,
// spinlocks 0x100. No aliases: it has its own. A pin reads what SIO drives; undriven, what somebody else does (signal `pin.N`: 1 low, 2
// high), an I2C bus whose SDA is held, or its pull-up. A rising SCL under SIO clocks the bus: that is how a stuck bus is freed.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";
import { pinCount } from "./pins.ts";

const sioFunction = 5;
const pinMask = 0x3fffffff;

export class Sio implements Peripheral {
  readonly bytes = 0x1000;
  readonly #bank = new RegisterBank();
  #output = 0;
  #enable = 0;
  #locks = 0;
  #dividend = 0;
  #divisor = 0;
  #quotient = 0;
  #remainder = 0;

  constructor(readonly ports: PeripheralPorts) {
    const bank = this.#bank;
    bank.add(0, { read: () => 0 });
    bank.add(4, { read: () => this.#inputs(), quiet: true });
    const banked = (base: number, get: () => number, set: (value: number) => void) => {
      bank.add(base, { read: get, write: set });
      bank.add(base + 4, { write: (value) => set(get() | value) });
      bank.add(base + 8, { write: (value) => set(get() & ~value) });
      bank.add(base + 12, { write: (value) => set(get() ^ value) });
    };
    banked(
      0x10,
      () => this.#output,
      (value) => this.#drive(value, this.#enable),
    );
    banked(
      0x20,
      () => this.#enable,
      (value) => this.#drive(this.#output, value),
    );
    bank.add(0x50, { read: () => 2 }); // the FIFO to the other core: room, nothing to read
    bank.add(0x5c, { read: () => this.#locks });
    this.#addDivider();
    for (let lock = 0; lock < 32; lock++)
      bank.add(0x100 + 4 * lock, {
        read: () => this.#claim(1 << lock),
        write: () => {
          this.#locks &= ~(1 << lock);
        },
      });
  }

  reset(): void {
    this.#bank.reset();
    this.#output = this.#enable = this.#locks = 0;
    this.#dividend = this.#divisor = this.#quotient = this.#remainder = 0;
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

  #claim(bit: number): number {
    if (this.#locks & bit) return 0;
    this.#locks |= bit;
    return bit;
  }

  // ---- pins

  #selected(pin: number): boolean {
    return this.ports.world.signal(`funcsel.${pin}`) === sioFunction;
  }

  /** The level on a pin's wire. */
  #level(pin: number): 0 | 1 {
    const { world } = this.ports;
    const bit = 1 << pin;
    if (this.#selected(pin) && this.#enable & bit) return this.#output & bit ? 1 : 0;
    const outside = world.signal(`pin.${pin}`);
    if (outside) return outside === 2 ? 1 : 0;
    if ((pin & 1) === 0 && world.i2c(`i2c${(pin >> 1) & 1}`).held) return 0;
    return world.signal(`pad.${pin}`) & 8 ? 1 : 0;
  }

  #inputs(): number {
    let value = 0;
    for (let pin = 0; pin < pinCount; pin++) if (this.#level(pin)) value |= 1 << pin;
    return value;
  }

  #drive(output: number, enable: number): void {
    const changed = ((this.#output ^ output) & enable) | (this.#enable ^ enable);
    const clocks: number[] = [];
    for (let pin = 1; pin < pinCount; pin += 2)
      if ((changed >>> pin) & 1 && this.#selected(pin) && this.#level(pin) === 0) clocks.push(pin);
    this.#output = output & pinMask;
    this.#enable = enable & pinMask;
    for (const pin of clocks) if (this.#level(pin) === 1) this.ports.world.i2c(`i2c${(pin >> 1) & 1}`).clock(1);
  }

  // ---- divider (2.3.1.5): results after 8 cycles, here at once

  #addDivider(): void {
    const operand = (offset: number, signed: boolean, set: (value: number) => void) =>
      this.#bank.add(offset, {
        write: (value) => {
          set(value);
          this.#divide(signed);
        },
      });
    for (const [base, signed] of [
      [0x60, false],
      [0x68, true],
    ] as const) {
      operand(base, signed, (value) => (this.#dividend = value));
      operand(base + 4, signed, (value) => (this.#divisor = value));
    }
    this.#bank.add(0x70, { read: () => this.#quotient, write: (value) => (this.#quotient = value) });
    this.#bank.add(0x74, { read: () => this.#remainder, write: (value) => (this.#remainder = value) });
    this.#bank.add(0x78, { read: () => 1 });
  }

  #divide(signed: boolean): void {
    const [a, b] = signed ? [this.#dividend | 0, this.#divisor | 0] : [this.#dividend >>> 0, this.#divisor >>> 0];
    // Division by zero gives all ones (signed: −1 or 1) and the dividend as remainder.
    this.#quotient = b === 0 ? (signed && a < 0 ? 1 : 0xffffffff) : Math.trunc(a / b) >>> 0;
    this.#remainder = (b === 0 ? a : a % b) >>> 0;
  }
}
