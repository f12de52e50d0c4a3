// GPIO (nRF52840 PS 6.9, nRF51 RM 14): ports of 32 pins, 0x300 apart. OUT 0x504, OUTSET, OUTCLR, IN 0x510, DIR 0x514, DIRSET, DIRCLR,
// PIN_CNF[n] 0x700 (0 output, 1 input disconnected, 3:2 pull, 10:8 drive). Levels driven are signals of the World, `pin.N`.
// Pins of an I2C controller (`i2c` names them) see the bus: SDA is low while somebody holds it, and a rising SCL is a clock.

import type { Device, Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

const stride = 0x300;

class Port implements Device {
  readonly bank = new RegisterBank();
  #out = 0;

  constructor(
    readonly ports: PeripheralPorts,
    readonly first: number,
  ) {
    const { bank } = this;
    bank.add(0x504, { read: () => this.#out, write: (value) => this.#drive(value) });
    bank.add(0x508, { read: () => this.#out, write: (value) => this.#drive(this.#out | value) });
    bank.add(0x50c, { read: () => this.#out, write: (value) => this.#drive(this.#out & ~value) });
    bank.add(0x510, { read: () => this.#in() });
    bank.add(0x514, { read: () => this.#directions(), write: (value) => this.#direct(value, -1) });
    bank.add(0x518, { read: () => this.#directions(), write: (value) => this.#direct(value, value) });
    bank.add(0x51c, { read: () => this.#directions(), write: (value) => this.#direct(0, value) });
    for (let pin = 0; pin < 32; pin++) bank.add(0x700 + 4 * pin, { reset: 2, write: () => this.#changed(pin) });
  }

  reset(): void {
    this.bank.reset();
    this.#out = 0;
  }

  #configuration(pin: number): number {
    return this.bank.get(0x700 + 4 * pin);
  }

  #directions(): number {
    let all = 0;
    for (let pin = 0; pin < 32; pin++) all |= (this.#configuration(pin) & 1) << pin;
    return all;
  }

  #direct(value: number, mask: number): void {
    for (let pin = 0; pin < 32; pin++)
      if ((mask >>> pin) & 1) {
        this.bank.set(0x700 + 4 * pin, (this.#configuration(pin) & ~1) | ((value >>> pin) & 1));
        this.#changed(pin);
      }
  }

  #drive(value: number): void {
    const changed = this.#out ^ value;
    this.#out = value >>> 0;
    for (let pin = 0; pin < 32; pin++) if ((changed >>> pin) & 1) this.#changed(pin);
  }

  /** What the pin is driven to; an open line is pulled, or 0. */
  #level(pin: number): number {
    const configuration = this.#configuration(pin);
    const high = (this.#out >>> pin) & 1;
    const pulledUp = ((configuration >> 2) & 3) === 3;
    // drives 6 and 7 leave a high to the pull-up
    const open = (configuration & 1) === 0 || (high === 1 && ((configuration >> 8) & 7) >= 6);
    return open ? (pulledUp ? 1 : 0) : high;
  }

  #changed(pin: number): void {
    const { world } = this.ports;
    const number = this.first + pin;
    const name = `pin.${number}`;
    const before = world.signal(name);
    const level = this.#level(pin);
    world.setSignal(name, level);
    if (level > before)
      for (const bus of this.#buses()) if (world.pinOf(`${bus}.scl`) === number) world.i2c(bus).clock(1);
  }

  #buses(): readonly string[] {
    return String(this.ports.options["i2c"] ?? "")
      .split(" ")
      .filter(Boolean);
  }

  #in(): number {
    const { world } = this.ports;
    let levels = 0;
    for (let pin = 0; pin < 32; pin++) if ((this.#configuration(pin) & 2) === 0) levels |= this.#level(pin) << pin;
    for (const bus of this.#buses()) {
      const data = world.pinOf(`${bus}.sda`);
      const pin = typeof data === "number" ? data - this.first : -1;
      if (pin >= 0 && pin < 32 && world.i2c(bus).held) levels &= ~(1 << pin);
    }
    return levels;
  }

  read(offset: number, width: Width): number {
    return this.bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.bank.write(offset, value, width);
  }
}

export class NrfGpio implements Peripheral {
  readonly bytes = 0x1000;
  readonly #ports: readonly Port[];

  constructor(ports: PeripheralPorts) {
    const count = Number(ports.options["ports"] ?? 1);
    this.#ports = [...Array(count).keys()].map((n) => new Port(ports, 32 * n));
  }

  reset(): void {
    for (const port of this.#ports) port.reset();
  }

  /** Port n answers from n · 0x300 + 0x504 to n · 0x300 + 0x77F. */
  #at(offset: number): { port: Port; offset: number } | undefined {
    for (const [n, port] of this.#ports.entries()) {
      const own = offset - n * stride;
      if (own >= 0x504 && own < 0x780) return { port, offset: own };
    }
    return undefined;
  }

  read(offset: number, width: Width): number {
    const found = this.#at(offset);
    return found ? found.port.read(found.offset, width) : 0;
  }

  write(offset: number, value: number, width: Width): void {
    const found = this.#at(offset);
    found?.port.write(found.offset, value, width);
  }
}
