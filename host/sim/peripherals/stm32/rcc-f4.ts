// RCC of the STM32F4 (RM0390 6.3, RM0383 6.3): CR 0, PLLCFGR 4, CFGR 8, reset registers 0x10–0x24, enable registers 0x30–0x44, CSR 0x74, PLLI2SCFGR
// 0x84, DCKCFGR 0x8C.
//
//   HSI 16 MHz ─┬───────────────► SW 0 ─┐
//   HSE ────────┼───────────────► SW 1 ─┼─ HPRE ─► core ─ PPRE1 ─► APB1     timers: twice their bus where it is divided
//               ├ /M · N /P PLL ─► SW 2 ─┘               └ PPRE2 ─► APB2
//               └ /M · N /R PLLI2S ─► I2S on APB1 (clock `i2s.apb1`; other sources of it are not modelled)
//
// Options: hseHz, hseExternal 1 (a clock on OSC_IN: starts with HSEBYP only), apb1MaxHz, apb2MaxHz. What the core may run at is PWR's
// business (signal `pwr.maxHz`). A source that stops under SYSCLK leaves the simulation on HSI, with a note: silicon stands still.

import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { addEnables, ahbDivider, apbDivider, type EnableRegister, publishClocks, Source } from "./clock-tree.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const hsiHz = 16e6;
const at = { cr: 0, pll: 4, cfgr: 8, csr: 0x74, pllI2s: 0x84, select: 0x8c } as const;
const resetFlags: Readonly<Record<ResetCause, number>> = {
  "power-on": 0x0e000000, // POR, PIN, BOR
  pin: 1 << 26,
  watchdog: (1 << 29) | (1 << 26),
  software: (1 << 28) | (1 << 26),
  lockup: 1 << 26,
};

/** RM0390 6.3.10, 6.3.13, 6.3.14. */
const enables: readonly EnableRegister[] = [
  {
    offset: 0x30,
    reset: 0x00100000,
    bits: {
      ...Object.fromEntries([..."abcdefgh"].map((port, bit) => [`gpio${port}`, [bit, "ahb"] as const])),
      dma1: [21, "ahb"],
      dma2: [22, "ahb"],
    },
  },
  {
    offset: 0x40,
    bits: {
      tim2: [0, "apb1.timers"],
      tim3: [1, "apb1.timers"],
      tim4: [2, "apb1.timers"],
      tim5: [3, "apb1.timers"],
      spi2: [14, "apb1"],
      usart2: [17, "apb1"],
      usart3: [18, "apb1"],
      i2c1: [21, "apb1"],
      i2c2: [22, "apb1"],
      i2c3: [23, "apb1"],
      pwr: [28, "apb1"],
    },
  },
  { offset: 0x44, bits: { usart1: [4, "apb2"], usart6: [5, "apb2"], adc1: [8, "apb2"] } },
];

export class RccF4 extends Stm32Peripheral {
  readonly #hsi: Source;
  readonly #hse: Source;
  readonly #pll: Source;
  readonly #pllI2s: Source;
  readonly #lsi: Source;
  /** SWS: 0 HSI, 1 HSE, 2 PLL. */
  #selected = 0;
  #flags = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { world } = ports;
    const change = () => this.#change();
    // start-up times: STM32F446xC/E datasheet 6.3.9, 6.3.10, 6.3.11 (typical)
    this.#hsi = new Source(world, "hsi", 2.2e-6, change);
    this.#hse = new Source(world, "hse", this.option("hseExternal", 0) ? 10e-6 : 2e-3, change);
    this.#pll = new Source(world, "pll", 75e-6, change);
    this.#pllI2s = new Source(world, "plli2s", 75e-6, change);
    this.#lsi = new Source(world, "lsi", 15e-6, change);
    const { bank } = this;
    bank.add(at.cr, { reset: 0x83, read: () => this.#control(), write: change, quiet: true });
    bank.add(at.pll, { reset: 0x24003010, write: (value, old) => this.#checkWrite("PLL", 1 << 24, value ^ old) });
    bank.add(at.pllI2s, { reset: 0x20003000, write: () => this.#checkWrite("PLLI2S", 1 << 26) });
    bank.add(at.select, { write: change });
    bank.add(at.cfgr, {
      read: () => (this.bank.get(at.cfgr) & ~12) | (this.#selected << 2),
      write: change,
      quiet: true,
    });
    bank.add(at.csr, { read: () => this.#status(), write: (value) => this.#setStatus(value), quiet: true });
    addEnables(bank, enables, ports, change);
    world.onSignal("fault.rcc", change);
    world.onSignal("pwr.maxHz", change);
    world.setClock(ports.name, hsiHz);
  }

  override reset(cause: ResetCause): void {
    super.reset(cause);
    for (const source of [this.#hse, this.#pll, this.#pllI2s, this.#lsi]) source.clear(false);
    this.#hsi.clear(true);
    this.#flags = cause === "power-on" ? resetFlags[cause] : this.#flags | resetFlags[cause];
    this.#selected = 0;
    this.#change();
  }

  #control(): number {
    const ready = (this.#hsi.ready ? 2 : 0) | (this.#hse.ready ? 1 << 17 : 0) | (this.#pll.ready ? 1 << 25 : 0);
    return (this.bank.get(at.cr) & 0x050d00f9) | ready | (this.#pllI2s.ready ? 1 << 27 : 0);
  }

  #status(): number {
    const lsi = this.#lsi.ready || this.ports.world.signal("iwdg.running") ? 2 : 0;
    return (this.bank.get(at.csr) & 1) | lsi | this.#flags;
  }

  #setStatus(value: number): void {
    if (value & (1 << 24)) this.#flags = 0;
    this.#lsi.wanted = (value & 1) !== 0;
  }

  get #hseHz(): number {
    return this.option("hseHz", 0);
  }

  /** Of both PLLs. */
  get #pllSource(): { readonly source: Source; readonly hz: number } {
    return this.bank.get(at.pll) & (1 << 22)
      ? { source: this.#hse, hz: this.#hseHz }
      : { source: this.#hsi, hz: hsiHz };
  }

  get #pllHz(): number {
    const value = this.bank.get(at.pll);
    return ((this.#pllSource.hz / (value & 63)) * ((value >> 6) & 511)) / (2 * (((value >> 16) & 3) + 1));
  }

  get #pllI2sHz(): number {
    const value = this.bank.get(at.pllI2s);
    const divider = (value & 63) * ((value >> 28) & 7);
    return divider === 0 ? 0 : (this.#pllSource.hz * ((value >> 6) & 511)) / divider;
  }

  /** Neither is set anew while it is on; their source not while either is (6.3.2). */
  #checkWrite(name: string, on: number, changed = 0): void {
    const control = this.bank.get(at.cr);
    if (control & on) this.ports.note(`rcc: ${name}CFGR is written while the ${name} is on`);
    else if (changed & (1 << 22) && control & (1 << 26))
      this.ports.note("rcc: PLLSRC is changed while the PLLI2S is on");
  }

  #change(): void {
    const control = this.bank.get(at.cr);
    const bypassed = (control & (1 << 18)) !== 0;
    this.#hsi.wanted = (control & 1) !== 0 || this.#selected === 0;
    const clocked = this.#hseHz > 0 && (!this.option("hseExternal", 0) || bypassed);
    this.#hse.wanted = (control & (1 << 16)) !== 0 && clocked;
    const { source } = this.#pllSource;
    for (const [name, pll, on, register] of [
      ["PLL", this.#pll, 1 << 24, at.pll],
      ["PLLI2S", this.#pllI2s, 1 << 26, at.pllI2s],
    ] as const) {
      if (control & on && source.ready) this.#checkVco(name, this.bank.get(register));
      pll.wanted = (control & on) !== 0 && source.ready;
    }
    const sources = [this.#hsi, this.#hse, this.#pll];
    const wanted = this.bank.get(at.cfgr) & 3;
    if (sources[wanted]?.ready && !this.ports.world.signal("fault.rcc")) this.#selected = wanted;
    if (!sources[this.#selected]!.ready)
      this.ports.note("rcc: SYSCLK's source stopped; silicon stands still here, the simulation goes on with HSI");
    const hz = sources[this.#selected]!.ready ? [hsiHz, this.#hseHz, this.#pllHz][this.#selected]! : hsiHz;
    this.#publish(hz);
  }

  /** RM0390 6.3.2: 1 to 2 MHz in, 100 to 432 MHz out of the VCO. */
  #checkVco(name: string, value: number): void {
    const input = this.#pllSource.hz / (value & 63);
    const vco = input * ((value >> 6) & 511);
    if (input < 0.95e6 || input > 2.1e6 || vco < 100e6 || vco > 432e6)
      this.ports.note(
        `rcc: ${name} of ${input / 1e6} MHz and a VCO of ${vco / 1e6} MHz; 1 to 2 and 100 to 432 are allowed`,
      );
  }

  #publish(hz: number): void {
    const { world, note } = this.ports;
    const value = this.bank.get(at.cfgr);
    const core = hz / ahbDivider((value >> 4) & 15);
    const prescalers = [apbDivider((value >> 10) & 7), apbDivider((value >> 13) & 7)] as const;
    const [apb1, apb2] = [core / prescalers[0], core / prescalers[1]];
    const limits = [
      ["core", core, world.signal("pwr.maxHz")],
      ["APB1", apb1, this.option("apb1MaxHz", 0)],
      ["APB2", apb2, this.option("apb2MaxHz", 0)],
    ] as const;
    for (const [name, has, most] of limits)
      if (most && has > most) note(`rcc: ${name} at ${has / 1e6} MHz, ${most / 1e6} MHz are allowed as things are set`);
    publishClocks(this.bank, enables, world, { core, apb1, apb2, prescalers });
    world.setClock("flash", core);
    const ofI2s = !(value & (1 << 23)) && !(this.bank.get(at.select) & (3 << 25)) && this.#pllI2s.ready;
    world.setClock("i2s.apb1", ofI2s ? this.#pllI2sHz : 0);
  }
}
