// CLOCKS (RP2040 Datasheet 2.15.7): generators of clk_ref 0x30, clk_sys 0x3C, clk_peri 0x48, clk_usb 0x54, clk_adc 0x60, clk_rtc 0x6C, each
// CTRL, DIV, SELECTED. ref and sys are glitchless: SELECTED is one-hot and follows SRC once the new source runs; a source that does
// not run leaves it where it was (silicon: the clock stops). Sets the World's clocks: ref, core, uart0, uart1, adc, usb, rtc, i2c0, i2c1.
// Fault: fault.clocks never switches.

import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const at = { ref: 0x30, sys: 0x3c, peri: 0x48, usb: 0x54, adc: 0x60, rtc: 0x6c } as const;
const refAux = ["pll_usb", "gpin0", "gpin1", ""];
const sysAux = ["pll_sys", "pll_usb", "rosc", "xosc", "gpin0", "gpin1", "", ""];
const periAux = ["core", "pll_sys", "pll_usb", "rosc", "xosc", "gpin0", "gpin1", ""];
const otherAux = ["pll_usb", "pll_sys", "rosc", "xosc", "gpin0", "gpin1", "", ""];
const enable = 1 << 11;

export class Clocks extends Rp2040Peripheral {
  /** SRC in use of the glitchless generators. */
  readonly #selected = { ref: 0, sys: 0 };

  constructor(ports: PeripheralPorts) {
    super(ports);
    const change = { write: () => this.#change() };
    for (const base of Object.values(at)) {
      this.bank.add(base, change);
      this.bank.add(base + 4, { reset: 0x100, ...change });
      this.bank.add(base + 8, { read: () => 1 });
    }
    this.bank.add(at.ref + 8, { read: () => 1 << this.#selected.ref });
    this.bank.add(at.sys + 8, { read: () => 1 << this.#selected.sys });
    for (const source of ["rosc", "xosc", "pll_sys", "pll_usb"]) ports.world.onClock(source, () => this.#change());
    ports.world.onSignal("fault.clocks", () => this.#change());
  }

  protected override clear(): void {
    super.clear();
    this.#selected.ref = this.#selected.sys = 0;
    this.#change();
  }

  #clock(name: string): number {
    return name === "" ? 0 : this.ports.world.clock(name);
  }

  #refSource(src: number): number {
    const aux = refAux[(this.bank.get(at.ref) >> 5) & 3]!;
    return this.#clock(["rosc", aux, "xosc", ""][src]!);
  }

  #sysSource(src: number): number {
    return src === 0 ? this.#clock("ref") : this.#clock(sysAux[(this.bank.get(at.sys) >> 5) & 7]!);
  }

  #change(): void {
    const { world } = this.ports;
    const frozen = world.signal("fault.clocks") !== 0;
    const wanted = { ref: this.bank.get(at.ref) & 3, sys: this.bank.get(at.sys) & 1 };
    if (!frozen && this.#refSource(wanted.ref) > 0) this.#selected.ref = wanted.ref;
    const ref = this.#refSource(this.#selected.ref) || world.clock("rosc");
    world.setClock("ref", ref / ((this.bank.get(at.ref + 4) >> 8) & 3 || 4));
    if (!frozen && this.#sysSource(wanted.sys) > 0) this.#selected.sys = wanted.sys;
    const sys = this.#sysSource(this.#selected.sys);
    if (sys === 0)
      this.ports.note("clk_sys: its source stopped; silicon hangs here, the simulation goes on with clk_ref");
    const core = (sys || world.clock("ref")) / this.#fraction(at.sys);
    for (const name of ["core", "i2c0", "i2c1"]) world.setClock(name, core);
    this.#outputs();
  }

  #outputs(): void {
    const { world } = this.ports;
    const peri = this.#enabled(at.peri) ? this.#clock(periAux[(this.bank.get(at.peri) >> 5) & 7]!) : 0;
    for (const name of ["uart0", "uart1"]) world.setClock(name, peri);
    for (const name of ["usb", "adc"] as const) {
      const source = this.#enabled(at[name]) ? this.#clock(otherAux[(this.bank.get(at[name]) >> 5) & 7]!) : 0;
      world.setClock(name, source / ((this.bank.get(at[name] + 4) >> 8) & 3 || 4));
    }
    const rtc = this.#enabled(at.rtc) ? this.#clock(otherAux[(this.bank.get(at.rtc) >> 5) & 7]!) : 0;
    world.setClock("rtc", rtc / this.#fraction(at.rtc));
  }

  #enabled(base: number): boolean {
    return (this.bank.get(base) & enable) !== 0;
  }

  /** INT.FRAC; an integer part of 0 divides by 65536 (2.15.3.3). */
  #fraction(base: number): number {
    const divider = this.bank.get(base + 4);
    return (divider >>> 8 || 65536) + (divider & 0xff) / 256;
  }
}
