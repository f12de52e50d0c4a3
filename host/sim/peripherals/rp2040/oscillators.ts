// XOSC (RP2040 Datasheet 2.16.7): CTRL 0 (ENABLE 23:12 = 0xFAB), STATUS 4 (31 STABLE, 12 ENABLED), STARTUP 0xC (DELAY · 256 cycles).
// PLL (2.18.4): CS 0 (31 LOCK, REFDIV), PWR 4 (5 VCOPD, 3 POSTDIVPD, 0 PD), FBDIV_INT 8, PRIM 0xC; VCO 750–1600 MHz, reference at
// least 5 MHz. ROSC (2.17.8): runs from power-on at about 6.5 MHz. Each sets the World's clock of its name.
// Faults: fault.xosc never becomes stable, fault.pll_sys / fault.pll_usb never lock.

import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

/** Not in the datasheet; of the order that the SDK's start-up shows on silicon. */
const lockSeconds = 60e-6;

export class CrystalOscillator extends Rp2040Peripheral {
  #stable = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(0, { write: () => this.#change() });
    this.bank.add(4, { read: () => this.#status(), write: () => {}, quiet: true });
    this.bank.add(0xc, { reset: 0xc4 });
    ports.world.onSignal("fault.xosc", () => this.#change());
  }

  get #enabled(): boolean {
    return this.bank.get(0) >>> 12 === 0xfab;
  }

  #status(): number {
    return (this.#stable ? 0x80000000 : 0) | (this.#enabled ? 0x1000 : 0);
  }

  protected override clear(): void {
    super.clear();
    this.#change();
  }

  #change(): void {
    const { world, options } = this.ports;
    this.#cancel();
    if (!this.#enabled || world.signal("fault.xosc")) return this.#set(false);
    if (this.#stable) return;
    const cycles = 256 * (this.bank.get(0xc) & 0x3fff) * (this.bank.get(0xc) & (1 << 20) ? 4 : 1);
    this.#cancel = world.after(cycles / Number(options["hz"]), () => this.#set(true));
  }

  #set(stable: boolean): void {
    this.#stable = stable;
    this.ports.world.setClock("xosc", stable ? Number(this.ports.options["hz"]) : 0);
  }
}

export class RingOscillator extends Rp2040Peripheral {
  #random = 1;

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(0, { reset: 0xaa0 });
    this.bank.add(0x18, { read: () => 0x80001000 });
    this.bank.add(0x1c, {
      read: () => (this.#random = (Math.imul(this.#random, 1103515245) + 12345) >>> 0) >>> 31,
    });
  }

  protected override clear(): void {
    super.clear();
    this.ports.world.setClock("rosc", 6.5e6);
  }
}

export class Pll extends Rp2040Peripheral {
  #locked = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(0, {
      reset: 1,
      read: () => (this.#locked ? 0x80000000 : 0) | this.bank.get(0),
      quiet: true,
      write: () => this.#change(),
    });
    this.bank.add(4, { reset: 0x2d, write: () => this.#change() });
    this.bank.add(8, { write: () => this.#change() });
    this.bank.add(0xc, { reset: 0x77000, write: () => this.#change() });
    ports.world.onClock("xosc", () => this.#change());
    ports.world.onSignal(`fault.${ports.name}`, () => this.#change());
  }

  protected override clear(): void {
    super.clear();
    this.#change();
  }

  get #vco(): number {
    const reference = this.ports.world.clock("xosc") / (this.bank.get(0) & 63);
    return reference * (this.bank.get(8) & 0xfff);
  }

  #change(): void {
    const { world, name } = this.ports;
    const on = (this.bank.get(4) & 0x21) === 0 && world.clock("xosc") > 0 && this.bank.get(8) > 0;
    if (!on || world.signal(`fault.${name}`)) {
      this.#cancel();
      this.#cancel = () => {};
      this.#locked = false;
      return world.setClock(name, 0);
    }
    if (this.#locked) return this.#output();
    this.#cancel();
    this.#cancel = world.after(lockSeconds, () => this.#lock());
  }

  #lock(): void {
    const vco = this.#vco;
    if (vco < 750e6 || vco > 1600e6)
      this.ports.note(`${this.ports.name}: a VCO of ${vco / 1e6} MHz does not lock (750 to 1600)`);
    else {
      this.#locked = true;
      this.#output();
    }
  }

  #output(): void {
    const postdividers = this.bank.get(0xc);
    const by = ((postdividers >> 16) & 7) * ((postdividers >> 12) & 7);
    const open = (this.bank.get(4) & 8) === 0 && by > 0;
    this.ports.world.setClock(this.ports.name, open ? this.#vco / by : 0);
  }
}
