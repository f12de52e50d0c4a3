// A GPIO port of STM32F4 and L4 (RM0390 7.4, RM0432 8.5): MODER 0 (input, output, alternate, analog), OTYPER 4, PUPDR 0xC, IDR 0x10, ODR
// 0x14, BSRR 0x18, AFRL 0x20, AFRH 0x24, BRR 0x28. Pins count through the ports: PA0 is 0, PB0 16.
//
// Options: port (0: A), mode and pull (reset values), functions ("2:7:usart2.tx …": pin, alternate function, signal), supply (a signal of
// the World without which pins from 2 on are not connected: VDDIO2 of port G, RM0432 5.1.4). An alternate function that the table does
// not have connects nothing. Lines of I2C must be open-drain. Levels driven are signals of the World, `pin.N`; the pins to which an I2C
// controller was last routed stay on its bus: SDA reads low while somebody holds it, and a rising SCL clocks it.

import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const mode = { output: 1, alternate: 2 } as const;
const pins = [...Array(16).keys()];

export class Stm32Gpio extends Stm32Peripheral {
  readonly #first: number;
  /** `pin:function` → signal. */
  readonly #functions: ReadonlyMap<string, string>;
  /** I2C signals to which pins have been routed since reset. */
  readonly #lines = new Map<number, string>();
  readonly #routed: (string | undefined)[] = [];
  readonly #said = new Set<string>();

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.#first = 16 * this.option("port", 0);
    const rows = String(ports.options["functions"] ?? "").split(" ");
    this.#functions = new Map(
      rows.filter(Boolean).map((row) => {
        const [pin = "", which = "", signal = ""] = row.split(":");
        return [`${pin}:${which}`, signal];
      }),
    );
    const { bank } = this;
    const changed = { write: () => this.#changed() };
    bank.add(0, { reset: this.option("mode", 0), ...changed });
    bank.add(4, changed);
    bank.add(0xc, { reset: this.option("pull", 0), ...changed });
    bank.add(0x10, { read: () => this.#inputs(), quiet: true });
    bank.add(0x14, changed);
    bank.add(0x18, { read: () => 0, write: (value) => this.#drive(value & 0xffff, value >>> 16) });
    bank.add(0x20, changed);
    bank.add(0x24, changed);
    bank.add(0x28, { read: () => 0, write: (value) => this.#drive(0, value & 0xffff) });
    const supply = ports.options["supply"];
    if (supply) ports.world.onSignal(String(supply), (valid) => (valid ? this.#changed() : this.#disconnect()));
  }

  protected override clear(): void {
    super.clear();
    this.#lines.clear();
    this.#said.clear();
    this.#routed.length = 0;
    this.#changed();
  }

  #mode(pin: number): number {
    return (this.bank.get(0) >>> (2 * pin)) & 3;
  }

  #openDrain(pin: number): boolean {
    return ((this.bank.get(4) >>> pin) & 1) !== 0;
  }

  /** Set wins (RM0390 7.4.7). */
  #drive(set: number, clear: number): void {
    this.bank.set(0x14, (this.bank.get(0x14) & ~clear) | set);
    this.#changed();
  }

  #supplied(pin: number): boolean {
    const supply = this.ports.options["supply"];
    return supply === undefined || pin < 2 || this.ports.world.signal(String(supply)) !== 0;
  }

  #disconnect(): void {
    for (const pin of pins.slice(2)) this.ports.world.route(this.#first + pin, undefined);
    this.#routed.length = 0;
  }

  #signalOf(pin: number): string | undefined {
    if (this.#mode(pin) !== mode.alternate) return undefined;
    const which = (this.bank.get(pin < 8 ? 0x20 : 0x24) >>> (4 * (pin & 7))) & 15;
    const signal = this.#functions.get(`${pin}:${which}`);
    if (signal && !this.#supplied(pin)) return this.#refuse(`pin ${pin} is ${signal}, but its supply is not valid`);
    if (signal?.startsWith("i2c") && !this.#openDrain(pin))
      return this.#refuse(`pin ${pin} is ${signal}, but not open-drain`);
    return signal;
  }

  #refuse(words: string): undefined {
    if (!this.#said.has(words)) this.ports.note(`${this.ports.name}: ${words}`);
    this.#said.add(words);
  }

  /** What the pin is driven to; an open line is pulled, or 0. */
  #level(pin: number): number {
    const output = (this.bank.get(0x14) >>> pin) & 1;
    const open = this.#mode(pin) !== mode.output || (output === 1 && this.#openDrain(pin));
    return open ? (((this.bank.get(0xc) >>> (2 * pin)) & 3) === 1 ? 1 : 0) : output;
  }

  #changed(): void {
    const { world } = this.ports;
    for (const pin of pins) {
      const number = this.#first + pin;
      const signal = this.#signalOf(pin);
      if (signal !== this.#routed[pin]) world.route(number, signal);
      this.#routed[pin] = signal;
      if (signal?.startsWith("i2c")) this.#lines.set(pin, signal);
      const level = this.#level(pin);
      const rises = level > world.signal(`pin.${number}`);
      world.setSignal(`pin.${number}`, level);
      const [bus = "", role] = (this.#lines.get(pin) ?? "").split(".");
      if (rises && role === "scl" && this.#mode(pin) === mode.output) world.i2c(bus).clock(1);
    }
  }

  #inputs(): number {
    let levels = 0;
    for (const pin of pins) {
      const [bus = "", role] = (this.#lines.get(pin) ?? "").split(".");
      const held = role === "sda" && this.ports.world.i2c(bus).held;
      if (!held) levels |= this.#level(pin) << pin;
    }
    return levels;
  }
}
